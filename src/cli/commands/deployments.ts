/** `no-wing deployments`: what was deployed, by whom, and how it ended. */
import type { Deployment } from '../../deployment/deployment.ts';
import { aligned } from '../aligned.ts';
import { type CommandLine, see, wrong } from '../commandLine.ts';
import { deploymentData } from '../deploy/endings.ts';
import { plain } from '../deploy/planLines.ts';
import { deploymentsFor } from '../deploy/visibleDeployments.ts';
import type { Desk } from '../desk.ts';
import type { Answer } from '../surroundings.ts';

/** @throws UserError `cli.usage` */
export async function run(desk: Desk, line: CommandLine): Promise<Answer> {
  const { deployments } = await desk.features();
  const visible = deploymentsFor(desk, deployments);
  const [id] = line.operands;
  if (id === undefined) return listed(visible.filter(matching(line)), limitIn(line));
  const one = visible.find(deployment => deployment.id === id);
  if (!one) throw wrong('There is no deployment with this ID.', 'See: no-wing deployments');
  const events = line.has('events') ? deployments.events(id) : [];
  return {
    text: [...details(one), ...aligned(events.map(eventCells))].map(plain).join('\n'),
    json: { ...deploymentData(one), ...(line.has('events') ? { events } : {}) },
  };
}

function matching(line: CommandLine): (deployment: Deployment) => boolean {
  const [stack, environment, status] = ['stack', 'environment', 'status'].map(name => line.text(name));
  return deployment =>
    (stack === undefined || deployment.stackName === stack) &&
    (environment === undefined || deployment.environment === environment) &&
    (status === undefined || deployment.state.status === status);
}

const DEFAULT_LIMIT = 20;

function limitIn(line: CommandLine): number {
  const text = line.text('limit');
  const limit = text === undefined ? DEFAULT_LIMIT : Number(text);
  if (!Number.isInteger(limit) || limit < 1) throw wrong('--limit is a number from 1.', see('deployments'));
  return limit;
}

function listed(deployments: readonly Deployment[], limit: number): Answer {
  const shown = deployments.slice(0, limit);
  return {
    text: aligned(shown.map(cells)).map(plain).join('\n'),
    json: { deployments: shown.map(deploymentData), more: deployments.length > limit },
    notes: [
      ...(shown.length === 0 ? ['No deployment is like that.'] : []),
      ...(deployments.length > limit ? [`There are more: these are the newest ${limit}.`] : []),
    ],
  };
}

function cells(deployment: Deployment): string[] {
  const { id, startedAt, environment, stackName, agent, askedBy, operation, state } = deployment;
  const time = new Date(startedAt).toISOString();
  return [time, id, environment, stackName, operation, state.status, `${agent}, asked by ${askedBy.name}`];
}

function details(deployment: Deployment): string[] {
  const { state, verification, askedBy, agent, onBehalfOf, sourceName, engine } = deployment;
  const approval = 'approval' in state ? state.approval : undefined;
  return [
    cells(deployment).join('  '),
    `source: ${sourceName} (${engine})`,
    `asked by: ${askedBy.kind} ${askedBy.name}`,
    `agent: ${agent}${onBehalfOf === undefined ? '' : ` for ${onBehalfOf}`}`,
    `approved by: ${approval?.approvedBy ?? 'nobody'}`,
    `CloudTrail: ${verification.summary || 'not verified'}`,
    ...('failure' in state ? [`failed: ${state.failure.address ?? ''} ${state.failure.reason}`] : []),
    ...('reason' in state ? [`ended: ${state.reason}`] : []),
  ];
}

type Event = ReturnType<Awaited<ReturnType<Desk['features']>>['deployments']['events']>[number];

function eventCells({ at, address, type, status, reason = '' }: Event): string[] {
  return [new Date(at).toISOString(), address, type, status, reason];
}
