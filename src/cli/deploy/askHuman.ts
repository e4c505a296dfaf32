/**
 * Plans, and waits until a human in a window has decided. What is approved there is what the window has planned anew;
 * this process gives no order and has no way to.
 */
import { isCancelled } from '../../base/cancellation.ts';
import { type Clock, MINUTE, SECOND } from '../../base/clock.ts';
import { UserError } from '../../base/userError.ts';
import { type Deployment, hasEnded, isIn } from '../../deployment/deployment.ts';
import type { Deployments } from '../../deployment/deployments.ts';
import type { DeployRequest } from '../../deployment/engine.ts';
import type { CommandLine } from '../commandLine.ts';
import type { Desk } from '../desk.ts';
import { stoppable } from '../stoppable.ts';
import type { Answer } from '../surroundings.ts';
import { answerFor } from './endings.ts';
import { plain, planLines } from './planLines.ts';

/** Until a signal ends it. @throws UserError */
export async function askHumanUntilStopped(
  desk: Desk,
  line: CommandLine,
  request: DeployRequest,
): Promise<Answer> {
  const stopping = stoppable();
  try {
    return await askHuman(desk, line, request, stopping.signal);
  } finally {
    stopping.dispose();
  }
}

/** @throws UserError */
export async function askHuman(
  desk: Desk,
  line: CommandLine,
  request: DeployRequest,
  signal: AbortSignal,
): Promise<Answer> {
  const { deployments, clock } = await desk.features();
  const say = (text: string): void => {
    if (!line.json) desk.here.announce(text);
  };
  const planned = await deployments.plan(request, signal);
  if ('plan' in planned.state && planned.state.plan !== undefined)
    say(planLines(planned, planned.state.plan, desk.here.paint).join('\n'));
  if (!isIn(planned, 'awaitingApproval')) return answerFor(planned);
  say(`Waiting for a human: in VS Code, the Deployments view shows ${plain(planned.stackName)}. ${STOP}`);
  return answerFor(await untilDecided({ deployments, clock, say, signal }, planned.id));
}

const STOP = 'Ctrl-C takes the plan back.';

interface Wait {
  readonly deployments: Pick<Deployments, 'get' | 'events' | 'cancel'>;
  readonly clock: Clock;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

const LOOK_MS = 0.5 * SECOND;

async function untilDecided(wait: Wait, id: string): Promise<Deployment> {
  try {
    for (;;) {
      const now = found(wait, id);
      if (isIn(now, 'handedOver')) return await followed(wait, now.state.to);
      if (hasEnded(now)) return now;
      await wait.clock.sleep(LOOK_MS, wait.signal);
    }
  } catch (error) {
    if (!isCancelled(error) || !isIn(found(wait, id), 'awaitingApproval')) throw error;
    return await wait.deployments.cancel(id, 'discardPlan', () => undefined);
  }
}

/** A window begins at once with what it takes over; one that was closed meanwhile never will. */
const BEGIN_MS = MINUTE;

/** Ctrl-C ends the looking only: what a human has taken over is theirs. */
async function followed(wait: Wait, id: string): Promise<Deployment> {
  const since = wait.clock.now();
  let told = 0;
  for (;;) {
    const now = wait.deployments.get(id);
    if (now === undefined && wait.clock.now() - since > BEGIN_MS) throw windowGone();
    const events = wait.deployments.events(id);
    for (const { address, status, reason = '' } of events.slice(told))
      wait.say(plain(`  ${address} ${status} ${reason}`.trimEnd()));
    told = events.length;
    if (now && (hasEnded(now) || wait.signal.aborted)) return now;
    await wait.clock.sleep(LOOK_MS, wait.signal).catch(() => undefined);
    if (now === undefined && wait.signal.aborted) throw windowGone();
  }
}

function found({ deployments }: Wait, id: string): Deployment {
  const deployment = deployments.get(id);
  if (deployment) return deployment;
  throw new UserError('deployment.unknown', 'The deployment was removed from the list.', {
    hint: 'Plan again.',
  });
}

function windowGone(): UserError {
  return new UserError(
    'deployment.windowGone',
    'The window that took the deployment over was closed before it had planned it. Nothing was deployed.',
    { hint: 'Ask again: the same command.' },
  );
}
