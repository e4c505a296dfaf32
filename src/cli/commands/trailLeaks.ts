/** `no-wing trail leaks`: where an agent acted as the user, as far as the audit trail of this computer tells. */
import type { Leak } from '../../trail/leaks/leakStore.ts';
import type { CommandLine } from '../commandLine.ts';
import type { Desk } from '../desk.ts';
import { EXIT } from '../exitCodes.ts';
import type { Answer } from '../surroundings.ts';

/** @throws UserError `store.*`, `trail.*` */
export async function run(desk: Desk, line: CommandLine): Promise<Answer> {
  const { leaks, leakIntake, trail } = await desk.features();
  await trail.upToDate();
  // What no window has looked at yet.
  await leakIntake.catchUp(new AbortController().signal);
  const all = leaks.list();
  const open = all.filter(isOpen);
  const shown = line.has('all') ? all : open;
  return {
    text: shown.flatMap(leakLines).join('\n'),
    json: { leaks: shown.map(leakData) },
    notes: open.length === 0 ? ['No leak is open.'] : [],
    exitCode: open.length === 0 ? EXIT.ok : EXIT.failed,
  };
}

function isOpen({ status }: Leak): boolean {
  return status !== 'acknowledged';
}

function leakLines({ severity, confidence, status, sentence, whatToDo, count, lastAt, acknowledged }: Leak) {
  const said = acknowledged ? [`    This is fine: ${acknowledged.reason}`] : [];
  return [
    `✖ ${severity}, ${confidence}, ${status}: ${sentence}`,
    `    ${count} ${count === 1 ? 'event' : 'events'}, the last one at ${new Date(lastAt).toISOString()}`,
    ...said,
    `    ${whatToDo}`,
  ].map(text => text.replace(/\p{Cc}/gu, ' '));
}

function leakData({ shapes: _, firstAt, lastAt, events, acknowledged, ...leak }: Leak) {
  return {
    ...leak,
    firstAt: new Date(firstAt).toISOString(),
    lastAt: new Date(lastAt).toISOString(),
    events: events.map(event => ({ ...event, time: new Date(event.time).toISOString() })),
    acknowledged: acknowledged
      ? { at: new Date(acknowledged.at).toISOString(), reason: acknowledged.reason }
      : null,
  };
}
