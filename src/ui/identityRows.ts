/** The rows of the Identities view. Pure. */
import type { ActiveState, IdentityState } from '../identity/activeIdentities.ts';
import type { IdentityKind, Profile } from '../identity/profile.ts';
import { accountName, profilePlace, sourceName, timeLeft } from './wording.ts';

export interface ProfileRow {
  readonly profile: Profile;
  readonly description: string;
  readonly tooltip: string;
  /** `profile.user.active.broken` and the like: what the manifest's `when` clauses look at. */
  readonly contextValue: string;
  readonly active: boolean;
  readonly broken: boolean;
}

export interface KindRow {
  readonly kind: IdentityKind;
  readonly label: string;
  readonly rows: readonly ProfileRow[];
}

export function identityRows(
  profiles: readonly Profile[],
  active: ActiveState,
  now: number,
  isRevoked: (profileId: string) => boolean = () => false,
): KindRow[] {
  const rowsOf = (kind: IdentityKind): ProfileRow[] =>
    profiles
      .filter(profile => profile.kind === kind)
      .map(profile => profileRow(profile, active[kind], now, kind === 'agent' && isRevoked(profile.id)));
  const groups: KindRow[] = [
    { kind: 'user', label: 'You', rows: rowsOf('user') },
    { kind: 'agent', label: 'Agents', rows: rowsOf('agent') },
  ];
  return groups.filter(({ rows }) => rows.length > 0);
}

function profileRow(profile: Profile, activeState: IdentityState, now: number, revoked: boolean): ProfileRow {
  const active = activeState.state !== 'none' && activeState.profile.id === profile.id;
  const broken = revoked || (active && activeState.state === 'broken');
  const state = revoked ? 'revoked' : active ? stateText(activeState, now) : '';
  return {
    profile,
    active,
    broken,
    description: (broken ? [state, profilePlace(profile)] : [profilePlace(profile), state])
      .filter(text => text !== '')
      .join(' · '),
    tooltip: tooltip(profile, state),
    contextValue: [
      'profile',
      profile.kind,
      ...(active ? ['active'] : []),
      ...(broken ? ['broken'] : []),
      ...(revoked ? ['revoked'] : []),
    ].join('.'),
  };
}

function stateText(state: IdentityState, now: number): string {
  switch (state.state) {
    case 'none':
    case 'signedOut':
      return '';
    case 'signingIn':
      return 'signing in';
    case 'broken':
      return state.error.message;
    case 'ready':
      return state.expiresAt === undefined ? '' : timeLeft(state.expiresAt - now);
  }
}

function tooltip(profile: Profile, state: string): string {
  const lines = [
    `${profile.name}${state ? ` · ${state}` : ''}`,
    profile.verified.arn,
    `Account ${accountName(profile.verified)}`,
    `Region ${profile.region} · ${profile.environment}`,
    `Source: ${sourceName(profile)}`,
    `Last verified ${new Date(profile.verified.at).toLocaleString()}`,
  ];
  return lines.join('\n');
}
