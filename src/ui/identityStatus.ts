/** What the status bar says, computed from the state of the two identities. Pure. */
import type { ActiveState, IdentityState } from '../identity/activeIdentities.ts';
import type { Profile } from '../identity/profile.ts';
import {
  accountName,
  environmentName,
  markdownCode,
  markdownText,
  shortArn,
  sourceName,
  timeLeft,
  timeLeftSpoken,
} from './wording.ts';

export interface IdentityStatus {
  readonly text: string;
  /** Markdown: a table of both identities, and links. */
  readonly tooltip: string;
  /** One sentence for a screen reader. */
  readonly spoken: string;
  readonly warning: boolean;
  readonly command: 'noWing.openWalkthrough' | 'noWing.identity.switch';
}

/** A sentence each. */
export interface Surroundings {
  readonly keychain: string;
  readonly broker: string;
}

export function identityStatus(active: ActiveState, now: number, around: Surroundings): IdentityStatus {
  const { user, agent } = active;
  if (user.state === 'none' && agent.state === 'none') return NOTHING;
  const trouble = [agent, user].find(state => state.state === 'broken' || hasEnded(state, now));
  const production = isProduction(user) || isProduction(agent);
  return {
    text: trouble ? troubleText(trouble, production) : text(active, now),
    tooltip: tooltip(active, now, around),
    spoken: spoken(active, now),
    warning: production || trouble !== undefined,
    command: 'noWing.identity.switch',
  };
}

const NOTHING: IdentityStatus = {
  text: '$(hubot) Set up agent identity',
  tooltip: 'Give your coding agent an AWS identity that is not yours.',
  spoken: 'No Wing: set up an AWS identity for your agent',
  warning: false,
  command: 'noWing.openWalkthrough',
};

function text(active: ActiveState, now: number): string {
  const { user, agent } = active;
  const names = [part('account', user), part('hubot', agent)].filter(name => name !== '').join('  ');
  const shown = profileOf(agent) ?? profileOf(user);
  const end = firstEnd(active);
  const rest = [
    shown ? environmentName(isProduction(user) ? 'prod' : shown.environment) : '',
    end === undefined ? '' : timeLeft(end - now),
  ];
  return [names, ...rest].filter(piece => piece !== '').join(' · ');
}

function part(icon: string, state: IdentityState): string {
  if (state.state === 'none') return '';
  return `$(${state.state === 'signingIn' ? 'sync~spin' : icon}) ${state.profile.name}`;
}

function troubleText(state: IdentityState, production: boolean): string {
  const name = profileOf(state)?.name ?? '';
  return `$(warning) ${name}: ${isRevoked(state) ? 'revoked' : 'sign in'}${production ? ' · PROD' : ''}`;
}

function isRevoked(state: IdentityState): boolean {
  return state.state === 'broken' && state.error.code === 'identity.revoked';
}

function spoken(active: ActiveState, now: number): string {
  const { user, agent } = active;
  const end = firstEnd(active);
  const who = `No Wing: you are ${describe(user, now)}; your agent is ${describe(agent, now)}`;
  const where = profileOf(agent) ?? profileOf(user);
  const place = where ? `, ${where.environment === 'prod' ? 'production' : where.environment}` : '';
  return `${who}${place}${end === undefined ? '' : `, ${timeLeftSpoken(end - now)} left`}`;
}

function describe(state: IdentityState, now: number): string {
  if (state.state === 'none') return 'not set up';
  if (isRevoked(state)) return `${state.profile.name}, who was revoked`;
  if (state.state === 'broken' || hasEnded(state, now)) return `${state.profile.name}, who needs to sign in`;
  return state.state === 'signingIn' ? `${state.profile.name}, signing in` : state.profile.name;
}

function tooltip(active: ActiveState, now: number, { keychain, broker }: Surroundings): string {
  const rows: [string, (state: IdentityState) => string][] = [
    [
      'Identity',
      state => (state.state === 'none' ? 'not set up' : `**${markdownText(state.profile.name)}**`),
    ],
    ['State', state => stateText(state, now)],
    ['ARN', state => arn(state.state === 'ready' ? state.arn : profileOf(state)?.verified.arn)],
    ['Account', state => markdownText(withProfile(state, ({ verified }) => accountName(verified)))],
    ['Environment', state => withProfile(state, ({ environment }) => environmentName(environment))],
    ['Region', state => withProfile(state, ({ region }) => region)],
    ['Source', state => withProfile(state, sourceName)],
    ['Last verified', state => withProfile(state, ({ verified }) => new Date(verified.at).toLocaleString())],
  ];
  const body = rows.map(([label, cell]) => `| ${label} | ${cell(active.user)} | ${cell(active.agent)} |`);
  return [
    '| | $(account) You | $(hubot) Agent |',
    '|---|---|---|',
    ...body,
    '',
    `Keychain: ${markdownText(keychain)}`,
    '',
    markdownText(broker),
    '',
    LINKS,
  ].join('\n');
}

const LINKS = [
  '[$(arrow-swap) Switch](command:noWing.identity.switch)',
  '[$(terminal) Open Terminal as](command:noWing.terminal.openAs)',
  '[$(copy) Copy ARN](command:noWing.identity.copyArn)',
  '[$(plug) Clients](command:noWing.clients.list)',
  '[$(output) Log](command:noWing.showLog)',
].join(' &nbsp; ');

function stateText(state: IdentityState, now: number): string {
  switch (state.state) {
    case 'none':
      return '';
    case 'signedOut':
      return 'not signed in';
    case 'signingIn':
      return 'signing in';
    case 'broken':
      return markdownText(state.error.message);
    case 'ready':
      return state.expiresAt === undefined
        ? 'ready, does not expire'
        : `${timeLeft(state.expiresAt - now)} left`;
  }
}

function firstEnd({ user, agent }: ActiveState): number | undefined {
  const ends = [user, agent].map(endOf).filter(end => end !== undefined);
  return ends.length === 0 ? undefined : Math.min(...ends);
}

function endOf(state: IdentityState): number | undefined {
  return state.state === 'ready' ? state.expiresAt : undefined;
}

function hasEnded(state: IdentityState, now: number): boolean {
  const end = endOf(state);
  return end !== undefined && end <= now;
}

function isProduction(state: IdentityState): boolean {
  return profileOf(state)?.environment === 'prod';
}

function profileOf(state: IdentityState): Profile | undefined {
  return state.state === 'none' ? undefined : state.profile;
}

function withProfile(state: IdentityState, read: (profile: Profile) => string): string {
  const profile = profileOf(state);
  return profile ? read(profile) : '';
}

function arn(value: string | undefined): string {
  return value ? markdownCode(shortArn(value)) : '';
}
