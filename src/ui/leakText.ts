/** What is shown of a leak: its row, and the document with its evidence. Pure. */
import { formatAccount } from '../base/arn.ts';
import type { LeakKind } from '../trail/leaks/leak.ts';
import type { Leak } from '../trail/leaks/leakStore.ts';
import { markdownText, oneLine } from './wording.ts';

export interface LeakRow {
  readonly label: string;
  readonly description: string;
  readonly spoken: string;
}

export const LEAK_TITLES: Readonly<Record<LeakKind, string>> = {
  agentAsUser: 'An agent acted as the user',
  foreignSession: "A session of the agent's role that No Wing did not start",
  unexpectedPlace: 'A session in two places at once',
  afterRevocation: 'An agent acted after it was stopped',
  mixedClients: 'A session in the hands of two programs',
};

/** Those that nobody has said are fine, as they are now. */
export function openLeaks(leaks: readonly Leak[]): Leak[] {
  return leaks.filter(({ status }) => status !== 'acknowledged');
}

export function leakRow(leak: Leak): LeakRow {
  const { kind, sentence, count, severity } = leak;
  const label = LEAK_TITLES[kind];
  const description = `${eventsText(count)} · ${oneLine(sentence)}`;
  return { label, description, spoken: `Leak, ${severity}: ${label}. ${description}` };
}

const HOW_SURE: Readonly<Record<Leak['confidence'], string>> = {
  certain: 'Certain: AWS itself recorded it.',
  likely: 'Likely: the caller says so of itself.',
  possible: 'Possible: a coincidence would look the same.',
};

/** @param time as the person's locale has it */
export function leakDocument(leak: Leak, time: (at: number) => string): string {
  const { kind, sentence, whatToDo, confidence, severity, count, events, acknowledged } = leak;
  const rows = events.map(
    ({ time: at, name, source, accountId, eventId }) =>
      `| ${time(at)} | ${markdownText(name)} | ${markdownText(source)} | ${formatAccount(accountId)} | ${markdownText(eventId)} |`,
  );
  const more =
    count > events.length
      ? [
          `The newest ${events.length} of ${count.toLocaleString()} are shown; **Show Events of Leak** on its row lists all.`,
          '',
        ]
      : [];
  return [
    `# ${LEAK_TITLES[kind]}`,
    '',
    markdownText(sentence),
    '',
    `**How sure:** ${HOW_SURE[confidence]}`,
    '',
    `**How bad:** ${severity}`,
    '',
    `**What to do:** ${markdownText(whatToDo)}`,
    '',
    ...(acknowledged
      ? [
          `**This is fine**, somebody said on ${time(acknowledged.at)}: ${markdownText(acknowledged.reason)}`,
          '',
        ]
      : []),
    `## ${eventsText(count)}, from ${time(leak.firstAt)} to ${time(leak.lastAt)}`,
    '',
    ...more,
    '| Time | Call | Service | Account | Event |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function eventsText(count: number): string {
  return count === 1 ? '1 event' : `${count.toLocaleString()} events`;
}
