/** Where a stack's resources are not what its template says any more: somebody changed them beside it. */
import { MINUTE } from '../../base/clock.ts';
import { UserError } from '../../base/userError.ts';
import type { Drift, Run } from '../engine.ts';
import { isPassing } from './awsFault.ts';
import type { CloudFormationApi, DriftDetection } from './cloudFormation.ts';
import type { Pace } from './draft.ts';
import { nextPause } from './pause.ts';

const TIMEOUT_MS = 15 * MINUTE;

/** @throws UserError `deployment.noStack`, `deployment.driftTimedOut` */
export async function detectDrift(
  api: CloudFormationApi,
  stackNameOrId: string,
  run: Run,
  pace: Pace,
): Promise<Drift> {
  const stack = await api.stack(stackNameOrId, run.signal);
  if (stack === undefined) throw noStack(stackNameOrId, run);
  const { stackId } = stack;
  const detection = await ended(api, await api.detectDrift(stackId, run.signal), run, pace);
  return {
    stackId,
    status: detection.stackStatus,
    ...(detection.statusReason === undefined ? {} : { reason: detection.statusReason }),
    resources: await api.resourceDrifts(stackId, run.signal),
  };
}

async function ended(
  api: CloudFormationApi,
  detectionId: string,
  run: Run,
  pace: Pace,
): Promise<DriftDetection> {
  const until = pace.clock.now() + TIMEOUT_MS;
  for (let look = 0; ; look++) {
    const now = await unlessPassing(() => api.drift(detectionId, run.signal));
    if (now && now.status !== 'DETECTION_IN_PROGRESS') return now;
    if (pace.clock.now() > until) throw timedOut(run);
    await pace.clock.sleep(nextPause(look, pace), run.signal);
  }
}

async function unlessPassing<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isPassing(error)) return undefined;
    throw error;
  }
}

function noStack(name: string, { who }: Run): UserError {
  return new UserError('deployment.noStack', `There is no stack ${name} of ${who}.`, {
    hint: 'It may have been deleted. Check the account and the Region.',
  });
}

function timedOut({ who }: Run): UserError {
  return new UserError(
    'deployment.driftTimedOut',
    `AWS has not finished looking for drift for ${who} in 15 minutes.`,
    { hint: 'Try again later.' },
  );
}
