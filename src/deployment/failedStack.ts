/** Deletes a stack that failed at its creation, as a person confirmed, with the agent's session. */
import { UserError } from '../base/userError.ts';
import { agentSession } from './agentSession.ts';
import { whoAndWhere } from './deployment.ts';
import type { FailedStack } from './engine.ts';
import type { Office } from './office.ts';

export async function removeFailedStack(
  {
    deleteFailedStack,
    profile: profileOf,
    session,
  }: Pick<Office, 'deleteFailedStack' | 'profile' | 'session'>,
  deploymentId: string,
  { profileId, region, stackId }: FailedStack,
  signal: AbortSignal,
): Promise<void> {
  const profile = profileOf(profileId);
  if (profile === undefined) {
    throw new UserError('deployment.noProfile', 'The profile for deleting the stack does not exist.', {
      hint: 'Choose an agent profile in the Identities view.',
    });
  }
  const { accountId, alias } = profile.verified;
  const account = { accountId, ...(alias === undefined ? {} : { accountAlias: alias }) };
  await deleteFailedStack(stackId, {
    deploymentId,
    region,
    who: whoAndWhere({ agent: profile.name, region, ...account }),
    session: agentSession(session, profile, deploymentId),
    signal,
  });
}
