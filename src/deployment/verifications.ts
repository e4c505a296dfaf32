/**
 * After a deployment: watches CloudTrail for its events and records what was found. Late arrival is normal, so a watch
 * may take a while, survives a reload, and can be begun again by hand.
 */
import { isCancelled } from '../base/cancellation.ts';
import { type Clock, HOUR, MINUTE } from '../base/clock.ts';
import type { Disposable } from '../base/disposables.ts';
import { describeError, type Log } from '../base/log.ts';
import { UserError } from '../base/userError.ts';
import type { SessionOf } from '../trail/regionReader.ts';
import type { StoredEvent } from '../trail/storedEvent.ts';
import { storedEvents, type WatchInput, watchDeployment } from '../trail/watchDeployment.ts';
import type { Deployment, Verification } from './deployment.ts';
import type { Deployments } from './deployments.ts';

export interface VerificationsInput extends WatchInput {
  readonly deployments: Pick<Deployments, 'get' | 'list' | 'expectedTrail' | 'recordVerification'>;
  /** Whose eyes read CloudTrail in the deployment's account; undefined when nobody can. */
  readonly reader: (deployment: Deployment) => SessionOf | undefined;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
}

export interface Verifications extends Disposable {
  /** Watches one deployment; a second call joins the first. Never rejects: what stopped it is in the summary. */
  watch(deploymentId: string): Promise<void>;
  /** Goes on with what an earlier window has not finished. */
  resume(): void;
  /** What the trail has for it, without asking AWS; none for one that AWS never began. */
  trailOf(deploymentId: string): readonly StoredEvent[];
}

/** CloudTrail says minutes, not guaranteed; then a person may ask again. */
const WATCH_FOR = 20 * MINUTE;
const RESUME_WITHIN = 24 * HOUR;

export function createVerifications(input: VerificationsInput): Verifications {
  const closing = new AbortController();
  const running = new Map<string, Promise<void>>();
  const watch = (id: string): Promise<void> => {
    const known = running.get(id);
    if (known !== undefined) return known;
    const work = verifyOne(input, id, closing.signal).finally(() => running.delete(id));
    running.set(id, work);
    return work;
  };
  return {
    watch,
    resume() {
      for (const { id } of input.deployments
        .list()
        .filter(deployment => isUnfinished(deployment, input.clock.now()))) {
        void watch(id);
      }
    },
    trailOf(id) {
      const [deployment, expected] = [input.deployments.get(id), input.deployments.expectedTrail(id)];
      return deployment && expected ? storedEvents(input, { accountId: deployment.accountId, expected }) : [];
    },
    dispose: () => closing.abort(),
  };
}

async function verifyOne(input: VerificationsInput, id: string, signal: AbortSignal): Promise<void> {
  const { deployments, clock } = input;
  const deployment = deployments.get(id);
  const expected = deployments.expectedTrail(id);
  if (!deployment || !expected) return;
  const session = input.reader(deployment);
  const record = (verification: Verification): void => deployments.recordVerification(id, verification);
  if (!session)
    return record({ state: 'waiting', summary: 'No profile can read CloudTrail in this account.' });
  const { agent, onBehalfOf, accountId, region } = deployment;
  try {
    await watchDeployment(input, {
      accountId,
      region,
      session,
      expected: { ...expected, agent, ...(onBehalfOf === undefined ? {} : { onBehalfOf }) },
      until: clock.now() + WATCH_FOR,
      signal,
      onState: ({ state, summary }, problem) =>
        record({ state, summary: problem ? `${summary}. ${problem.message}` : summary }),
    });
  } catch (error) {
    if (isCancelled(error) || signal.aborted) return;
    input.log.warn(`The verification of deployment ${id} stopped: ${describeError(error)}`);
    record({
      state: 'waiting',
      summary: `Not verified: ${error instanceof UserError ? error.message : 'see the log'}`,
    });
  }
}

function isUnfinished({ state, verification, endedAt }: Deployment, now: number): boolean {
  const reachedAws = !['noChanges', 'abandoned'].includes(state.status);
  const open = verification.state === 'none' || verification.state === 'waiting';
  return reachedAws && open && endedAt !== undefined && now - endedAt < RESUME_WITHIN;
}
