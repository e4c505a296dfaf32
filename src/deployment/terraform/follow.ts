/**
 * Follows an apply to its end by what it writes. It needs no connection to the process, so the window after this one
 * follows as well; a process that ended without a word is told as what it is, and nothing is applied again.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeError } from '../../base/log.ts';
import { errorMessage } from '../../base/userError.ts';
import type { Failure } from '../deployment.ts';
import type { Outcome, Run, Watch } from '../engine.ts';
import type { DraftedTerraform } from '../plan.ts';
import { progressOf } from '../resourceEvents.ts';
import { applyEnd, createLogReader, doneOf, type NumberedLine, resourceEvents } from './applyLog.ts';
import { isApplying } from './applyProcess.ts';
import { diagnosticText, explainErrors } from './faults.ts';
import { lockText } from './stateLock.ts';
import { type StateNow, stateNow } from './stateNow.ts';
import type { Diagnostic } from './toolLog.ts';
import {
  isBelow,
  isStopping,
  readText,
  removeToken,
  removeWork,
  rootOf,
  type WorkFolder,
  workFolderOf,
} from './workFolder.ts';
import type { Workshop } from './workshop.ts';

/** A file on this computer: looking costs little, the more so the longer nothing happens. */
const LOOK_MS = { first: 20, growth: 1.3, most: 250 };

/**
 * @param plan as it was recorded: for words alone.
 * @param here the same, when this window has drafted it: only then a program may be started for it.
 */
export async function follow(
  workshop: Workshop,
  plan: DraftedTerraform,
  here: DraftedTerraform | undefined,
  run: Run,
  watch: Watch,
): Promise<Outcome> {
  const folder = workFolderOf(workshop.directory, run.deploymentId);
  const { clock, pollMs } = workshop.pace;
  const read = createLogReader(folder.log);
  const lines: NumberedLine[] = [];
  for (let pause = LOOK_MS.first; ; pause = Math.min(pause * LOOK_MS.growth, LOOK_MS.most)) {
    // Asked first: what it wrote before its end is then read for certain.
    const goesOn = isApplying(folder, clock.now());
    const news = read();
    lines.push(...news);
    tell(plan, news, watch);
    if (news.length > 0) pause = LOOK_MS.first;
    if (!goesOn) return settle(workshop, { plan, here, folder }, run, watch, lines);
    await clock.sleep(Math.min(pollMs, pause), run.signal);
  }
}

function tell(plan: DraftedTerraform, lines: readonly NumberedLine[], watch: Watch): void {
  if (lines.length === 0) return;
  const before = [...watch.known()];
  const news = watch.record(resourceEvents(plan.deploymentId, lines));
  for (const [index, event] of news.entries()) {
    watch.say(progressOf(plan, event, [...before, ...news.slice(0, index + 1)]));
  }
}

interface Followed {
  readonly plan: DraftedTerraform;
  readonly here: DraftedTerraform | undefined;
  readonly folder: WorkFolder;
}

async function settle(
  workshop: Workshop,
  followed: Followed,
  run: Run,
  watch: Watch,
  lines: readonly NumberedLine[],
): Promise<Outcome> {
  const { plan, folder } = followed;
  const { isComplete, errors, outputs } = applyEnd(lines);
  removeToken(folder);
  const done = `${doneOf(plan, watch.known())} of ${plan.changes.length} changes are done`;
  if (isComplete) {
    removeWork(folder, 'secrets');
    return plan.action === 'delete' ? { kind: 'deleted' } : { kind: 'succeeded', outputs };
  }
  const kept = keptState(folder, plan);
  if (kept === '') removeAfterwards(folder, errors);
  if (isStopping(folder)) {
    return { kind: 'stopped', detail: `It was stopped: ${done}, and the state says so.${kept}` };
  }
  if (errors.length > 0)
    return { kind: 'failed', failure: failureOf(followed, run, errors, `${done}.${kept}`) };
  const reason = await died(workshop, followed, run, done);
  removeWork(folder, 'secrets');
  return { kind: 'failed', failure: { reason: `${reason}${kept}` } };
}

/** Without an error its state is asked for first, which needs the tool's data. */
function removeAfterwards(folder: WorkFolder, errors: readonly Diagnostic[]): void {
  if (errors.length > 0 || isStopping(folder)) removeWork(folder, 'secrets');
}

/** Terraform leaves the state beside the configuration when it cannot be written where it belongs. */
function keptState(folder: WorkFolder, plan: DraftedTerraform): string {
  // The record of a deployment may say anything.
  if (plan.root !== '' && !isBelow(plan.root)) return '';
  const path = join(rootOf(folder, plan), 'errored.tfstate');
  return existsSync(path)
    ? ` The state could not be written to ${plan.state}: it is kept in ${path}; bring it there with \`state push\` before anything else is planned.`
    : '';
}

function failureOf({ plan, here }: Followed, run: Run, errors: readonly Diagnostic[], done: string): Failure {
  const first = errors.find(({ address }) => address !== undefined) ?? errors[0];
  const explained = explainErrors(errors, '', {
    what: `deploy ${plan.stackName}`,
    who: run.who,
    changed: 'maybe',
  });
  const gone = here === undefined && explained.code === 'terraform.credentials';
  const address = first?.address;
  const type = plan.changes.find(change => change.address === address)?.type;
  const detail =
    first === undefined || explained.message.includes(diagnosticText(first))
      ? ''
      : ` (${diagnosticText(first)})`;
  return {
    ...(address === undefined ? {} : { address }),
    ...(type === undefined ? {} : { type }),
    reason: `${explained.message}${detail} ${done} ${gone ? WINDOW_GONE : (explained.hint ?? '')}`.trim(),
  };
}

const WINDOW_GONE =
  'The window that started it was closed, and with it what gave it its session. Plan again to see what is left to do.';

/** The process is gone, and said nothing: the computer or somebody ended it. */
async function died(workshop: Workshop, { here, folder }: Followed, run: Run, done: string): Promise<string> {
  const said = (readText(folder.errors) ?? '').trim().split('\n').at(-1) ?? '';
  const why = said === '' ? '' : ` (${said.slice(0, 200)})`;
  const ended = `Terraform ended in the middle, without saying how${why}: by its log ${done}`;
  if (here === undefined)
    return `${ended}. Its state was not looked at, since the window that planned it is gone. Plan again: the new plan shows what is left to do, or who holds the lock.`;
  try {
    return `${ended}. ${stateText(await stateNow(workshop, here, run, folder))} Plan again: the new plan shows what is left to do.`;
  } catch (error) {
    if (run.signal.aborted) throw error;
    workshop.log.warn(`The state of ${run.deploymentId} was not read: ${describeError(error)}`);
    return `${ended}. Its state could not be read: ${errorMessage(error)} Plan again to see what is left to do.`;
  }
}

function stateText({ serial, addresses, lock }: StateNow): string {
  const count = addresses === 1 ? '1 resource' : `${addresses} resources`;
  const locked =
    lock === undefined
      ? 'It is not locked.'
      : `It is locked by ${lockText(lock)}: unlock it yourself with \`force-unlock\` once you know that nothing runs; No Wing never does.`;
  return `The state has ${count} (serial ${serial}). ${locked}`;
}
