/** What is done about a stack besides deploying it, as a person asked, with the agent's session. */
import { UserError } from '../base/userError.ts';
import { agentSession } from './agentSession.ts';
import { whoAndWhere } from './deployment.ts';
import type { Drift, FailedStack, KnownStack, Run, StackCondition } from './engine.ts';
import type { Office } from './office.ts';

type Caring = Pick<Office, 'stackCare' | 'profile' | 'session'>;

export async function recoverFailedStack(
  office: Caring,
  deploymentId: string,
  stack: FailedStack,
  signal: AbortSignal,
): Promise<void> {
  await office.stackCare.recover(stack.stackId, stack.way, runFor(office, deploymentId, stack, signal));
}

export async function driftOf(
  office: Caring,
  deploymentId: string,
  stack: KnownStack,
  signal: AbortSignal,
): Promise<Drift> {
  return await office.stackCare.drift(stack.stackId, runFor(office, deploymentId, stack, signal));
}

export async function conditionOf(
  office: Caring,
  deploymentId: string,
  stack: KnownStack,
  signal: AbortSignal,
): Promise<StackCondition | undefined> {
  return await office.stackCare.condition(stack.stackId, runFor(office, deploymentId, stack, signal));
}

function runFor(
  { profile: profileOf, session }: Caring,
  deploymentId: string,
  { profileId, region }: KnownStack,
  signal: AbortSignal,
): Run {
  const profile = profileOf(profileId);
  if (profile === undefined) {
    throw new UserError('deployment.noProfile', 'The profile for this stack does not exist.', {
      hint: 'Choose an agent profile in the Identities view.',
    });
  }
  const { accountId, alias } = profile.verified;
  const account = { accountId, ...(alias === undefined ? {} : { accountAlias: alias }) };
  return {
    deploymentId,
    region,
    who: whoAndWhere({ agent: profile.name, region, ...account }),
    session: agentSession(session, profile, deploymentId),
    signal,
  };
}
