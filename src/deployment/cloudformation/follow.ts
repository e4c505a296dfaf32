/**
 * Follows an operation to its end. The events are the truth about the end, since the stack's status may already be
 * that of somebody's next operation. Throttling and network loss are sat out, however long: AWS goes on meanwhile.
 */
import { SECOND } from '../../base/clock.ts';
import type { Failure } from '../deployment.ts';
import type { Outcome, Run, Watch } from '../engine.ts';
import type { DraftedStack } from '../plan.ts';
import { firstFailure, progressOf, type ResourceEvent } from '../resourceEvents.ts';
import { explain, type Fault, faultOf } from './awsFault.ts';
import type { CloudFormationApi } from './cloudFormation.ts';
import type { Pace } from './draft.ts';
import { nextPause } from './pause.ts';
import { newEvents } from './stackEvents.ts';
import { hasBegun } from './takeBack.ts';
import { orderToken, stopToken } from './tokens.ts';

/** The longest pause while AWS does not answer. */
const MAX_PAUSE_MS = 15 * SECOND;
/** A session that stays expired this many times in a row will not come back by itself. */
const MAX_EXPIRED = 10;
/** So many polls without news, and the stack itself is asked whether it has ended. */
const QUIET_POLLS = 10;

export async function follow(
  api: CloudFormationApi,
  plan: DraftedStack,
  run: Run,
  watch: Watch,
  pace: Pace,
): Promise<Outcome> {
  let failures = 0;
  let told: Fault | undefined;
  for (let quiet = 0; ; quiet++) {
    try {
      const news = await readNews(api, plan, run, watch);
      if (news > 0) quiet = 0;
      const outcome = await outcomeOf(api, plan, run, watch, quiet >= QUIET_POLLS);
      if (failures > 0) watch.say({ kind: 'notice', text: 'AWS answers again.' });
      failures = 0;
      told = undefined;
      if (outcome) return outcome;
    } catch (error) {
      failures = faultOf(error) === told ? failures + 1 : 1;
      sitOut(error, failures, plan, run, watch);
      told = faultOf(error);
    }
    await pace.clock.sleep(failures > 0 ? patiently(failures, pace) : nextPause(quiet, pace), run.signal);
  }
}

function patiently(failures: number, { pollMs }: Pace): number {
  return Math.min(pollMs * 2 ** Math.min(failures, 10), Math.max(pollMs, MAX_PAUSE_MS));
}

/** @returns how many events were new; -1 when the stack is gone. */
async function readNews(api: CloudFormationApi, plan: DraftedStack, run: Run, watch: Watch): Promise<number> {
  const operation = { stackId: plan.stackId, tokens: [orderToken(plan), stopToken(plan)] };
  const read = await newEvents(api, operation, watch.known(), run.signal);
  const before = [...watch.known()];
  const news = watch.record(untilEnd(read ?? []));
  for (const [index, event] of news.entries()) {
    watch.say(progressOf(plan, event, [...before, ...news.slice(0, index + 1)]));
  }
  return news.length;
}

function sitOut(error: unknown, failures: number, plan: DraftedStack, run: Run, watch: Watch): void {
  const fault = faultOf(error);
  const text = NOTICES[fault];
  if (text === undefined || (fault === 'expired' && failures >= MAX_EXPIRED)) {
    throw explain(error, `follow the deployment of stack ${plan.stackName}`, run.who);
  }
  if (fault === 'expired') run.renewSession?.();
  if (failures === 1) watch.say({ kind: 'notice', text });
}

const GOES_ON = 'The deployment goes on in AWS, and No Wing keeps asking.';

const NOTICES: Partial<Record<Fault, string>> = {
  throttled: `AWS asks for patience: too many calls in this account. ${GOES_ON}`,
  unreachable: `AWS cannot be reached. ${GOES_ON}`,
  expired: `The session has ended and is being renewed. ${GOES_ON}`,
};

const END =
  /^(?:(?:CREATE|UPDATE|IMPORT|DELETE)_COMPLETE|(?:UPDATE_|IMPORT_)?ROLLBACK_(?:COMPLETE|FAILED)|DELETE_FAILED)$/;

/** What comes after the end belongs to somebody's next operation. */
function untilEnd(events: readonly ResourceEvent[]): readonly ResourceEvent[] {
  const end = events.findIndex(event => event.isStack && END.test(event.status));
  return end < 0 ? events : events.slice(0, end + 1);
}

async function outcomeOf(
  api: CloudFormationApi,
  plan: DraftedStack,
  run: Run,
  watch: Watch,
  askStack: boolean,
): Promise<Outcome | undefined> {
  const end = watch.known().findLast(event => event.isStack && END.test(event.status));
  if (!(end || askStack)) return undefined;
  const stack = await api.stack(plan.stackId, run.signal);
  const status = end?.status ?? stack?.status ?? 'DELETE_COMPLETE';
  if (status.endsWith('_IN_PROGRESS')) return undefined;
  if (!(end || (await isExecuted(api, plan, run)))) return undefined;
  switch (status) {
    case 'CREATE_COMPLETE':
    case 'UPDATE_COMPLETE':
    case 'IMPORT_COMPLETE':
      return { kind: 'succeeded', outputs: stack?.outputs ?? [] };
    case 'DELETE_COMPLETE':
      return { kind: 'deleted' };
    default: {
      const failure = failureOf(watch.known(), end?.reason ?? stack?.statusReason);
      return { kind: status.endsWith('ROLLBACK_COMPLETE') ? 'rolledBack' : 'failed', failure };
    }
  }
}

async function isExecuted(api: CloudFormationApi, plan: DraftedStack, run: Run): Promise<boolean> {
  // A deletion that has not begun shows a stack that is at rest.
  if (plan.changeSetArn === undefined) return await hasBegun(api, plan.stackId, run);
  const status = (await api.changeSet(plan.changeSetArn, plan.stackId, run.signal))?.executionStatus;
  // Without its change set a stack can only be asked whether it has ended, which is what led here.
  return status === undefined || status === 'EXECUTE_COMPLETE' || status === 'EXECUTE_FAILED';
}

function failureOf(events: readonly ResourceEvent[], stackReason: string | undefined): Failure {
  return firstFailure(events) ?? { reason: stackReason ?? 'AWS gave no reason' };
}
