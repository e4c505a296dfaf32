/** Users and agents as their profiles show them: by ARN, or by the role that an agent's sessions are of. */
import type { Profile } from '../identity/profile.ts';
import type { Known } from './attribution/attribution.ts';

export function knownProfiles(profiles: readonly Profile[]): Pick<Known, 'users' | 'agents'> {
  const ofKind = (kind: Profile['kind']) => profiles.filter(profile => profile.kind === kind);
  return {
    users: ofKind('user').map(({ name, verified: { arn, accountId } }) => ({ name, arn, accountId })),
    agents: ofKind('agent').map(({ name, verified: { arn, accountId }, source }) => {
      return { name, accountId, ...(source.type === 'assumeRole' ? { roleArn: source.roleArn } : { arn }) };
    }),
  };
}
