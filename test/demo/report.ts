// What the demo reports, and whether it is what was promised.
import type { Actor, Attribution } from '../../src/trail/attribution/attribution.ts';

export interface DemoReport {
  readonly deployment: {
    readonly id: string;
    readonly engine: string;
    readonly stack: string;
    readonly status: string;
    readonly identityArn: string;
    readonly sourceIdentity: string;
    readonly verification: string;
  };
  readonly events: readonly DemoEvent[];
  readonly statusBar: string;
  /** A path. */
  readonly screenshot: string;
  /** Milliseconds by step. */
  readonly timings: Readonly<Record<string, number>>;
}

export interface DemoEvent {
  readonly eventName: string;
  readonly eventSource: string;
  readonly actor: Actor;
  readonly onBehalfOf: string | undefined;
  readonly via: string | undefined;
  readonly reason: string;
  readonly strength: Attribution['strength'];
  readonly accessKeyId: string;
}

/** Every event of the deployment by the agent, for the user, and there are some. */
export function isAttributed({ deployment, events }: DemoReport): boolean {
  const byAgent = events.filter(
    ({ actor, onBehalfOf }) => actor.kind === 'agent' && onBehalfOf === deployment.sourceIdentity,
  );
  return deployment.status === 'succeeded' && events.length > 0 && byAgent.length === events.length;
}

export function table({ events, deployment }: DemoReport): string {
  const rows = events.map(event => [
    event.eventName,
    event.eventSource.replace('.amazonaws.com', ''),
    `${event.actor.kind} ${event.actor.name}${event.onBehalfOf ? ` for ${event.onBehalfOf}` : ''}${event.via ? ` via ${event.via}` : ''}`,
    event.strength,
    event.reason,
  ]);
  const head = ['Event', 'Service', 'Actor', 'Strength', 'Reason'];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map(row => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [
    `${deployment.stack}: ${deployment.status}, ${deployment.verification}`,
    '',
    line(head),
    ...rows.map(line),
  ].join('\n');
}
