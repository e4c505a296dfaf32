/** What of the profiles who asks may see: a person all of them, an agent its own. */
import { formatAccount } from '../base/arn.ts';
import type { Profile } from '../identity/profile.ts';
import { activeAgent, type Desk } from './desk.ts';
import { isOwn } from './permitted.ts';

export function visibleProfiles({ caller, store }: Pick<Desk, 'caller' | 'store'>): Profile[] {
  const profiles = store.profiles();
  if (caller.kind === 'person') return profiles;
  const active = activeAgent(store);
  return profiles.filter(profile => isOwn(caller, profile, active));
}

/** A profile as plain data, for programs. */
export function profileData({ id, kind, name, region, environment, source, verified }: Profile) {
  const { accountId, arn, alias } = verified;
  return { id, kind, name, environment, accountId, alias: alias ?? null, region, arn, source: source.type };
}

/** `acme-dev (1111-2222-3333)` */
export function accountText({ verified }: Profile): string {
  const account = formatAccount(verified.accountId);
  return verified.alias === undefined ? account : `${verified.alias} (${account})`;
}
