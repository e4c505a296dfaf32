/** `no-wing status`: both identities, whether a window serves, and who runs here. */
import type { Profile } from '../../identity/profile.ts';
import { createRevocations } from '../../identity/revocations.ts';
import { aligned } from '../aligned.ts';
import type { Caller } from '../caller.ts';
import type { CommandLine } from '../commandLine.ts';
import type { Desk } from '../desk.ts';
import { nothingSetUp } from '../store.ts';
import type { Answer } from '../surroundings.ts';
import { accountText, profileData, visibleProfiles } from '../visible.ts';

/** @throws UserError `cli.nothingSetUp` when there is no profile at all */
export async function run(desk: Desk, _line: CommandLine): Promise<Answer> {
  const { store, caller } = desk;
  if (store.profiles().length === 0) throw nothingSetUp();
  const seen = new Set(visibleProfiles(desk).map(({ id }) => id));
  const active = store.selection.active();
  const visible = (profile: Profile | undefined) => (profile && seen.has(profile.id) ? profile : undefined);
  const [user, agent] = [visible(active.user), visible(active.agent)];
  const isRevoked = agent !== undefined && createRevocations(store.db).isRevoked(agent.id);
  const port = desk.window()?.port;
  const rows = [
    ...(caller.kind === 'agent' ? [] : [row('You', user)]),
    row('Agent', agent, isRevoked ? ['revoked: it gets no sessions'] : []),
    ['Broker', port === undefined ? NO_WINDOW : `a window hands out sessions, on 127.0.0.1:${port}`],
    ['Here', callerText(caller)],
  ];
  return {
    text: coloured(desk, aligned(rows)).join('\n'),
    json: {
      workspace: store.workspace,
      user: user ? profileData(user) : null,
      agent: agent ? { ...profileData(agent), revoked: isRevoked } : null,
      broker: port === undefined ? { state: 'off' } : { state: 'serving', port },
      caller: callerData(caller),
    },
  };
}

const NO_WINDOW = 'no window hands out sessions; the command line starts its own';

function row(label: string, profile: Profile | undefined, marks: readonly string[] = []): string[] {
  if (!profile) return [label, 'nobody'];
  const { name, environment, region } = profile;
  const place = environment === 'prod' ? 'PROD' : environment;
  return [label, [name, place, accountText(profile), region, ...marks].join(' · ')];
}

/** Colour is never the only sign: the word is there too. */
function coloured({ here }: Desk, lines: readonly string[]): string[] {
  return lines.map(line => line.replace('· PROD ·', `· ${here.paint('red', 'PROD')} ·`));
}

export function callerText(caller: Caller): string {
  if (caller.kind === 'person') return 'you run this';
  const named = caller.names.length > 0 ? `agent ${caller.names.join(' and ')}` : 'an agent';
  return `${named} runs this (${caller.sign})`;
}

export function callerData(caller: Caller) {
  return caller.kind === 'person'
    ? { kind: 'person' }
    : { kind: 'agent', names: caller.names, sign: caller.sign };
}
