/**
 * The two active identities of this window and how they are: one readonly union each, replaced on a transition.
 * Views render it; they compute nothing.
 */
import { isCancelled } from '../base/cancellation.ts';
import { type Clock, MINUTE } from '../base/clock.ts';
import { type Disposable, Disposables } from '../base/disposables.ts';
import { Emitter, type Listen } from '../base/emitter.ts';
import { errorMessage, UserError } from '../base/userError.ts';
import type { IdentityKind, Profile } from './profile.ts';
import type { Selection } from './selection.ts';
import type { Sessions } from './sessions.ts';

export type IdentityState =
  | { readonly state: 'none' }
  | { readonly state: 'signedOut'; readonly profile: Profile }
  | { readonly state: 'signingIn'; readonly profile: Profile }
  | { readonly state: 'ready'; readonly profile: Profile; readonly arn: string; readonly expiresAt?: number }
  | { readonly state: 'broken'; readonly profile: Profile; readonly error: UserError };

export type ActiveState = Readonly<Record<IdentityKind, IdentityState>>;

export interface ActiveIdentitiesInput {
  readonly selection: Selection;
  readonly sessions: Pick<Sessions, 'get' | 'drop' | 'purge'>;
  /** Was the agent stopped, in this window or another? */
  readonly isRevoked: (profileId: string) => boolean;
  readonly clock: Clock;
}

export interface ActiveIdentities extends Disposable {
  current(): ActiveState;
  /** Makes a profile the active one of its kind and signs it in; resolves when that has ended, well or not. */
  select(profile: Profile): Promise<void>;
  /** Signs in what is active and not signed in yet, or what is about to end. Never rejects: see the state. */
  keepSignedIn(): Promise<void>;
  /** Forgets the session and asks for a new one. */
  signInAgain(kind: IdentityKind): Promise<void>;
  /** Destroys the sessions of what is active, and leaves it signed out until somebody signs it in again. */
  signOut(kind: IdentityKind): void;
  /** Reads the selection again: another window, or a removed profile, may have changed it. */
  reload(): void;
  readonly onChange: Listen<ActiveState>;
}

export function createActiveIdentities(input: ActiveIdentitiesInput): ActiveIdentities {
  const ended = new Disposables();
  const changed = ended.add(new Emitter<ActiveState>());
  /** By kind, the profile that somebody signed out: nothing here signs it in by itself. */
  const leftOut = new Map<IdentityKind, string>();
  let current: ActiveState = { user: { state: 'none' }, agent: { state: 'none' } };
  const become = (kind: IdentityKind, state: IdentityState): void => {
    current = { ...current, [kind]: state };
    changed.fire(current);
  };
  const reload = (): void => {
    const active = input.selection.active();
    for (const kind of KINDS) {
      const next = afterReload(current[kind], active[kind]);
      if (next !== current[kind]) become(kind, next);
    }
  };
  const signIn = async (kind: IdentityKind): Promise<void> => {
    const before = current[kind];
    if (before.state === 'none') return;
    const { profile } = before;
    leftOut.delete(kind);
    if (before.state !== 'ready') become(kind, { state: 'signingIn', profile });
    const after = await outcome(input.sessions, profile);
    const now = current[kind];
    // Another profile may have been chosen in the meantime: its state is not ours to write.
    if (now.state === 'none' || now.profile.id !== profile.id) return;
    if (leftOut.get(kind) === profile.id) input.sessions.purge(profile.id);
    else become(kind, after);
  };
  const wants = (kind: IdentityKind): boolean => {
    const state = current[kind];
    if (state.state === 'none' || leftOut.get(kind) === state.profile.id) return false;
    return wantsSession(state, input.clock.now()) || isOutdated(state, input.isRevoked);
  };
  return {
    current: () => current,
    async select(profile) {
      input.selection.select(profile);
      reload();
      await signIn(profile.kind);
    },
    async keepSignedIn() {
      await Promise.all(KINDS.filter(wants).map(signIn));
    },
    async signInAgain(kind) {
      const state = current[kind];
      if (state.state === 'none') return;
      input.sessions.drop(state.profile.id);
      await signIn(kind);
    },
    signOut(kind) {
      const state = current[kind];
      if (state.state === 'none') return;
      const { profile } = state;
      leftOut.set(kind, profile.id);
      input.sessions.purge(profile.id);
      become(kind, { state: 'signedOut', profile });
    },
    reload,
    onChange: changed.listen,
    dispose: () => ended.dispose(),
  };
}

const KINDS: readonly IdentityKind[] = ['user', 'agent'];

/** Sessions renew themselves five minutes ahead; asking from six minutes on keeps the countdown true. */
const ASK_AHEAD_MS = 6 * MINUTE;

function wantsSession(state: IdentityState, now: number): boolean {
  if (state.state === 'signedOut') return true;
  return state.state === 'ready' && state.expiresAt !== undefined && state.expiresAt - now < ASK_AHEAD_MS;
}

/** Somebody, in any window, has stopped the agent since, or let it go on. */
function isOutdated(state: IdentityState, isRevoked: (profileId: string) => boolean): boolean {
  if (state.state === 'ready') return state.profile.kind === 'agent' && isRevoked(state.profile.id);
  return state.state === 'broken' && state.error.code === 'identity.revoked' && !isRevoked(state.profile.id);
}

function afterReload(state: IdentityState, profile: Profile | undefined): IdentityState {
  if (!profile) return state.state === 'none' ? state : { state: 'none' };
  return state.state !== 'none' && state.profile.id === profile.id ? state : { state: 'signedOut', profile };
}

async function outcome(sessions: Pick<Sessions, 'get'>, profile: Profile): Promise<IdentityState> {
  try {
    const { arn, credentials } = await sessions.get({ profileId: profile.id, purpose: 'interactive' });
    const { expiresAt } = credentials;
    return { state: 'ready', profile, arn, ...(expiresAt === undefined ? {} : { expiresAt }) };
  } catch (error) {
    if (isCancelled(error)) return { state: 'signedOut', profile };
    return { state: 'broken', profile, error: asUserError(error) };
  }
}

function asUserError(error: unknown): UserError {
  if (error instanceof UserError) return error;
  return new UserError('identity.failed', 'The sign-in failed.', { hint: errorMessage(error), cause: error });
}
