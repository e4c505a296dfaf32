/**
 * Watches CloudTrail until it has what a deployment did. It keeps no state of its own: taken up again after a restart
 * with the same expectation, it goes on with what the store has.
 */
import { isCancelled, throwIfCancelled } from '../base/cancellation.ts';
import { type Clock, MINUTE, SECOND } from '../base/clock.ts';
import { UserError } from '../base/userError.ts';
import type { SessionOf } from './regionReader.ts';
import type { StoredEvent } from './storedEvent.ts';
import type { Trail } from './trail.ts';
import { trailRegions } from './trailRegions.ts';
import { type Expected, type Verification, verify } from './verification.ts';

export interface WatchAsk {
  readonly accountId: string;
  readonly region: string;
  readonly session: SessionOf;
  readonly expected: Expected;
  /** Milliseconds since the epoch; then the last state stands, and can be watched again. */
  readonly until: number;
  readonly signal: AbortSignal;
  /** @param problem - why the last look failed; the watch goes on. */
  readonly onState?: (verification: Verification<StoredEvent>, problem?: UserError) => void;
}

export interface WatchInput {
  readonly trail: Pick<Trail, 'lookUp' | 'deploymentEvents'>;
  readonly clock: Clock;
}

const FIRST_PAUSE = 15 * SECOND;
const LONGEST_PAUSE = 2 * MINUTE;
const GROWTH = 1.5;

/**
 * Ends when the deployment is verified or somebody else has interfered, or at the time limit.
 * @throws Cancelled; UserError `aws.denied`, `trail.otherAccount`: waiting does not mend those.
 */
export async function watchDeployment(input: WatchInput, ask: WatchAsk): Promise<Verification<StoredEvent>> {
  let pause = FIRST_PAUSE;
  for (;;) {
    const problem = await lookOnce(input, ask);
    const verification = verifyStored(input, ask);
    ask.onState?.(verification, problem);
    const left = ask.until - input.clock.now();
    if (verification.state !== 'waiting' || left <= 0) return verification;
    await input.clock.sleep(Math.min(pause, left), ask.signal);
    throwIfCancelled(ask.signal);
    pause = Math.min(pause * GROWTH, LONGEST_PAUSE);
  }
}

/** What the store has now, without asking AWS. */
export function verifyStored(
  input: WatchInput,
  ask: Pick<WatchAsk, 'accountId' | 'expected'>,
): Verification<StoredEvent> {
  return verify(ask.expected, storedEvents(input, ask), input.clock.now());
}

/** What of the store concerns the deployment: its own events, and others' that touch what it changed. */
export function storedEvents(
  { trail, clock }: { readonly trail: Pick<Trail, 'deploymentEvents'>; readonly clock: Pick<Clock, 'now'> },
  { accountId, expected }: Pick<WatchAsk, 'accountId' | 'expected'>,
): StoredEvent[] {
  const { deploymentId, sessionNames, accessKeyIds, startedAt, endedAt } = expected;
  const resourceNames = namesOf(expected);
  const period = { from: startedAt - MARGIN, to: (endedAt ?? clock.now()) + MARGIN };
  return trail.deploymentEvents({
    ...{ accountId, deploymentId, sessionNames, accessKeyIds, resourceNames },
    ...period,
  });
}

/** The stack first. */
function namesOf({ resourceNames = [], touched = [] }: Expected): string[] {
  return [...new Set([...resourceNames, ...touched.map(({ name }) => name)])];
}

/** AWS takes two look-ups a second; what others did to further resources is found when the trail is read. */
const MOST_NAMES = 10;

/** This computer's clock and AWS's may differ by what signatures allow. */
const MARGIN = 5 * MINUTE;

const HOPELESS = new Set(['aws.denied', 'trail.otherAccount']);

/** Global services are recorded in another Region; not being allowed to read that one leaves only their calls unseen. */
async function lookOnce({ trail }: WatchInput, ask: WatchAsk): Promise<UserError | undefined> {
  const regions = trailRegions([ask.region]);
  const results = await Promise.allSettled(regions.map(region => lookInRegion(trail, ask, region)));
  const problems = results.map((result): unknown =>
    result.status === 'rejected' ? result.reason : undefined,
  );
  for (const [index, problem] of problems.entries())
    if (problem !== undefined && !isPassing(problem, regions[index] === ask.region)) throw problem;
  return problems.find(problem => problem instanceof UserError);
}

function isPassing(problem: unknown, isOwnRegion: boolean): boolean {
  if (isCancelled(problem) || !(problem instanceof UserError)) return false;
  return !(isOwnRegion && HOPELESS.has(problem.code));
}

/** By session name, which forwarded access keeps; by access key only where there is no session name. */
async function lookInRegion(trail: WatchInput['trail'], ask: WatchAsk, region: string): Promise<void> {
  const { accountId, session, signal, expected } = ask;
  const { sessionNames, accessKeyIds, startedAt } = expected;
  const resourceNames = namesOf(expected).slice(0, MOST_NAMES);
  const sessions =
    sessionNames.length > 0
      ? sessionNames.map(roleSessionName => ({ roleSessionName }))
      : accessKeyIds.map(accessKeyId => ({ accessKeyId }));
  for (const by of [...sessions, ...resourceNames.map(resourceName => ({ resourceName }))])
    await trail.lookUp({ accountId, region, session, by, since: startedAt - MARGIN, signal });
}
