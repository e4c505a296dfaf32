/**
 * Sessions: who asks for which profile gets its session, from the vault while it lasts. One stream for each thing that a
 * session's marks say (profile, purpose, deployment, workspace), and for whether it may be long-lived keys.
 */
import { formatAccount } from '../base/arn.ts';
import { type Disposable, Disposables } from '../base/disposables.ts';
import { Emitter, type Listen } from '../base/emitter.ts';
import { UserError } from '../base/userError.ts';
import { instantNow } from './instant.ts';
import { linksOf, type MintingInput, requireAllowed, sourceFor, workspaceOf } from './minting.ts';
import { who } from './profile.ts';
import { renewed } from './renewed.ts';
import type { Session, SessionAsk, SessionSource } from './session.ts';
import { recorded } from './sessionSource.ts';
import { createVault, type Every, type Held } from './vault.ts';

export interface SessionsInput extends MintingInput {
  /** Milliseconds that never go back; Node's own by default. */
  readonly steady?: () => number;
  readonly every?: Every;
}

export interface Sessions extends Disposable {
  /** @throws UserError `identity.*`, `keychain.*`, `aws.*`; nothing falls back to another identity. */
  get(ask: SessionAsk): Promise<Session>;
  /** The session of the profile that ends first, without asking anybody. */
  peek(profileId: string): Session | undefined;
  /** Forgets every session of a profile: the next ask starts afresh. Calls that are under way go on. */
  drop(profileId: string): void;
  /** Destroys what is in memory, of one profile or all: nobody can use it any more. The next ask starts afresh. */
  purge(profileId?: string): void;
  readonly onChange: Listen<{ profileId: string }>;
}

interface Stream {
  readonly profileId: string;
  readonly source: SessionSource;
}

export function createSessions(input: SessionsInput): Sessions {
  const streams = new Map<string, Stream>();
  const ended = new Disposables();
  const changed = ended.add(new Emitter<{ profileId: string }>());
  const now = instantNow(input.clock, input.steady);
  const vault = ended.add(createVault(now, input.every));
  const open = (ask: SessionAsk): SessionSource => {
    const { profileId } = ask;
    const place = vault.place(profileId);
    const keep = (held: Held): void => {
      place.keep(held);
      changed.fire({ profileId });
    };
    const mint = recorded(sourceFor(input, ask), requireAccount);
    return renewed(() => watched(profileId, mint), { take: () => place.take(), keep }, now);
  };
  const stream = (ask: SessionAsk): SessionSource => {
    const key = streamKey(ask, workspaceOf(ask, input));
    const known = streams.get(key);
    if (known) return known.source;
    const { profileId } = ask;
    const source = open(ask);
    streams.set(key, { profileId, source });
    return source;
  };
  const close = (profileId: string | undefined): void => {
    const of = [...streams].filter(([, each]) => profileId === undefined || each.profileId === profileId);
    for (const [key] of of) streams.delete(key);
    for (const each of new Set(of.map(([, { profileId: id }]) => id))) changed.fire({ profileId: each });
  };
  const purge = (profileId?: string): void => {
    vault.purge(profileId);
    close(profileId);
  };
  /** What shows that a profile may not have sessions now ends those that it has. */
  const watched = async <T>(profileId: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      for (const id of endedBy(error, profileId, input)) purge(id);
      throw error;
    }
  };
  return {
    get: ask =>
      watched(ask.profileId, async () => {
        requireAllowed(input, ask.profileId);
        const session = await stream(ask)();
        // Another window may have removed or stopped it, during the wait or long ago: what is kept must not outlive it.
        requireAllowed(input, ask.profileId);
        return session;
      }),
    peek: profileId => endsFirst(vault.look(profileId)),
    drop(profileId) {
      vault.forget(profileId);
      close(profileId);
    },
    purge,
    onChange: changed.listen,
    dispose() {
      streams.clear();
      ended.dispose();
    },
  };
}

/** A locked keychain ends the sessions of those whose secret it has: the profile, and those that it builds on. */
function endedBy(error: unknown, profileId: string, input: SessionsInput): readonly string[] {
  const code = error instanceof UserError ? error.code : '';
  if (code === 'keychain.lockedOrRemoved') return linksOf(input, profileId).map(({ id }) => id);
  return code === 'identity.gone' || code === 'identity.revoked' ? [profileId] : [];
}

function streamKey(ask: SessionAsk, workspace: string): string {
  const { profileId, purpose, deploymentId = null, temporary = false } = ask;
  return JSON.stringify([profileId, purpose, deploymentId, workspace, temporary]);
}

function endsFirst(sessions: readonly Session[]): Session | undefined {
  return sessions
    .toSorted((a, b) => (a.credentials.expiresAt ?? Infinity) - (b.credentials.expiresAt ?? Infinity))
    .at(0);
}

function requireAccount({ profile, accountId }: Session): void {
  const { verified } = profile;
  if (accountId === verified.accountId) return;
  throw new UserError(
    'identity.otherAccount',
    `The session of ${who(profile)} is in account ${formatAccount(accountId)}, not in ${formatAccount(verified.accountId)} where it was verified. It is not used.`,
    { hint: 'Remove the profile and add it again if that is intended.' },
  );
}
