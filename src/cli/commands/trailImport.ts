/** `no-wing trail import`: CloudTrail files, and folders of them, into the audit trail. */
import { stderr } from 'node:process';
import { isCancelled } from '../../base/cancellation.ts';
import type { ImportProgress } from '../../trail/import/importFiles.ts';
import type { Trail } from '../../trail/trail.ts';
import { type CommandLine, see, wrong } from '../commandLine.ts';
import type { Desk } from '../desk.ts';
import { EXIT } from '../exitCodes.ts';
import { requirePerson } from '../permitted.ts';
import { stoppable } from '../stoppable.ts';
import type { Answer } from '../surroundings.ts';

type Imported = { readonly folder: string } & Awaited<ReturnType<Trail['importFiles']>>;

/** @throws UserError `cli.usage`, `cli.refused.agent`, `trail.*` */
export async function run(desk: Desk, line: CommandLine): Promise<Answer> {
  if (line.operands.length === 0) throw wrong('Which files or folders?', see(line.name));
  requirePerson(desk.caller, 'change what the audit trail shows');
  const { trail } = await desk.features();
  const stopping = stoppable();
  const done: Imported[] = [];
  try {
    for (const folder of line.operands)
      done.push({ folder, ...(await trail.importFiles({ folder, signal: stopping.signal, onProgress })) });
  } catch (error) {
    if (isCancelled(error)) return stopped(done);
    throw error;
  } finally {
    clearLine();
    stopping.dispose();
  }
  return answer(done);
}

function stopped(done: readonly Imported[]): Answer {
  return {
    text: '',
    json: { stopped: true, folders: done },
    notes: ['Stopped. What was read is kept; the same command goes on from there.'],
    signal: 'SIGINT',
  };
}

function answer(done: readonly Imported[]): Answer {
  const problems = done.flatMap(each => each.problems);
  return {
    text: done.map(summary).join('\n'),
    json: { stopped: false, folders: done },
    notes: problems.map(({ name, problem }) => `no-wing: ${name}: ${problem}`),
    exitCode: problems.length === 0 ? EXIT.ok : EXIT.failed,
  };
}

function summary({ folder, units, already, events, added, digests }: Imported): string {
  const rest = [
    ...(already > 0 ? [`${already} files were there before`] : []),
    ...(digests > 0 ? [`${digests} digests were passed over`] : []),
  ];
  const read = `${folder}: ${added} new events of ${events}, in ${units} files`;
  return rest.length === 0 ? `${read}.` : `${read}; ${rest.join(', ')}.`;
}

/** For a person who watches: one line that changes. */
function onProgress({ bytes, ofBytes, events, eventsPerSecond, left }: ImportProgress): void {
  if (!stderr.isTTY) return;
  const percent = ofBytes === 0 ? 100 : Math.floor((bytes * 100) / ofBytes);
  const seconds = left === undefined ? '' : `, ${Math.ceil(left / 1000)} s left`;
  stderr.write(`${CLEAR}${percent} %: ${events} events, ${Math.round(eventsPerSecond)} a second${seconds}`);
}

const CLEAR = '\r\u001b[K';

function clearLine(): void {
  if (stderr.isTTY) stderr.write(CLEAR);
}
