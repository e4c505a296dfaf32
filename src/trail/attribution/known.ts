/** What the profiles and the ledger of this computer know of who is who. */
import type { Ledger } from '../../identity/ledger.ts';
import type { Profile } from '../../identity/profile.ts';
import type { Known, KnownAgent, KnownUser } from './attribution.ts';

export function knownFrom(
  profiles: readonly Profile[],
  ledger: Pick<Ledger, 'byAccessKey' | 'byRoleSessionName'>,
): Known {
  return {
    byAccessKey: ledger.byAccessKey,
    byRoleSessionName: ledger.byRoleSessionName,
    users: profiles.filter(({ kind }) => kind === 'user').map(knownUser),
    agents: profiles.filter(({ kind }) => kind === 'agent').map(knownAgent),
  };
}

function knownUser({ name, verified }: Profile): KnownUser {
  return { name, arn: verified.arn, accountId: verified.accountId };
}

function knownAgent({ name, source, verified }: Profile): KnownAgent {
  const { arn, accountId } = verified;
  return source.type === 'assumeRole'
    ? { name, roleArn: source.roleArn, accountId }
    : { name, arn, accountId };
}
