/**
 * Sessions: who asks for which profile gets its session, from memory while it lasts. One stream per profile, purpose
 * and deployment, so that a session's marks say what it was for.
 */
import { formatAccount } from '../base/arn.ts';
import type { Clock } from '../base/clock.ts';
import { type Disposable, Disposables } from '../base/disposables.ts';
import { Emitter, type Listen } from '../base/emitter.ts';
import type { Secret } from '../base/secret.ts';
import { UserError } from '../base/userError.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';
import { newShortId } from './marks.ts';
import { type Profile, who } from './profile.ts';
import type { Credentials, Session, SessionAsk, SessionSource } from './session.ts';
import { fromAssumedRole, fromKeys, fromSharedConfig, recorded, renewed } from './sessionSource.ts';
import type { StsApi } from './stsApi.ts';

export interface SessionsInput {
  readonly profile: (id: string) => Profile | undefined;
  readonly readSecret: (profile: Profile) => Promise<Secret | undefined>;
  readonly sts: () => Promise<StsApi>;
  readonly loadSharedConfig: () => Promise<(name: string) => Promise<Credentials>>;
  readonly ledger: Pick<Ledger, 'record'>;
  readonly workspace: () => string;
  readonly clock: Clock;
}

export interface Sessions extends Disposable {
  /** @throws UserError `identity.*`, `keychain.*`, `aws.*`; nothing falls back to another identity. */
  get(ask: SessionAsk): Promise<Session>;
  /** The session of the profile that ends first, without asking anybody. */
  peek(profileId: string): Session | undefined;
  /** Forgets every session of a profile: the next ask starts afresh. */
  drop(profileId: string): void;
  readonly onChange: Listen<{ profileId: string }>;
}

const LONGEST_CHAIN = 4;

export function createSessions(input: SessionsInput): Sessions {
  const streams = new Map<string, { profileId: string; source: SessionSource; last?: Session }>();
  const ended = new Disposables();
  const changed = ended.add(new Emitter<{ profileId: string }>());
  const stream = (ask: SessionAsk): SessionSource => {
    const key = [ask.profileId, ask.purpose, ask.deploymentId ?? ''].join('\n');
    const known = streams.get(key);
    if (known) return known.source;
    const entry: { profileId: string; source: SessionSource; last?: Session } = {
      profileId: ask.profileId,
      source: renewed(
        recorded(sourceFor(input, ask), session => {
          requireAccount(session);
          entry.last = session;
          changed.fire({ profileId: ask.profileId });
        }),
        input.clock,
      ),
    };
    streams.set(key, entry);
    return entry.source;
  };
  const forget = (profileId: string): void => {
    for (const [key, entry] of streams) if (entry.profileId === profileId) streams.delete(key);
    changed.fire({ profileId });
  };
  const requireProfile = (profileId: string): void => {
    if (input.profile(profileId)) return;
    forget(profileId);
    throw gone();
  };
  return {
    async get(ask) {
      const session = await stream(ask)();
      // Another window may have removed the profile, during the wait or long ago: what is kept must not outlive it.
      requireProfile(ask.profileId);
      return session;
    },
    peek: profileId =>
      endsFirst([...streams.values()].filter(entry => entry.profileId === profileId).map(({ last }) => last)),
    drop: forget,
    onChange: changed.listen,
    dispose() {
      streams.clear();
      ended.dispose();
    },
  };
}

/** The source for one ask; every session on the way to it is in the ledger before it is used. */
export function sourceFor(input: SessionsInput, ask: SessionAsk, depth = 0): SessionSource {
  return recorded(unrecorded(input, ask, depth), session =>
    input.ledger.record(ledgerEntry(session, ask, input)),
  );
}

function unrecorded(input: SessionsInput, ask: SessionAsk, depth: number): SessionSource {
  return async () => {
    const profile = input.profile(ask.profileId);
    if (!profile) throw gone();
    const { source } = profile;
    const sts = await input.sts();
    switch (source.type) {
      case 'keys':
        return fromKeys(profile, source, () => input.readSecret(profile))();
      case 'sharedConfig':
        return fromSharedConfig(profile, source, await input.loadSharedConfig(), sts.callerIdentity)();
      case 'assumeRole': {
        if (depth >= LONGEST_CHAIN) throw endless(profile);
        const from = sourceFor(input, { ...ask, profileId: source.from }, depth + 1);
        return fromAssumedRole(
          {
            profile,
            source,
            from,
            marks: { ...ask, workspace: input.workspace() },
            newShortId,
            now: input.clock.now,
          },
          sts.assumeRole,
        )();
      }
    }
  };
}

function ledgerEntry(
  session: Session,
  ask: SessionAsk,
  input: Pick<SessionsInput, 'workspace' | 'clock'>,
): LedgerEntry {
  const { profile, credentials, marks } = session;
  return {
    accessKeyId: credentials.accessKeyId,
    kind: profile.kind,
    profileId: profile.id,
    profileName: profile.name,
    accountId: session.accountId,
    arn: session.arn,
    tags: { ...marks?.tags },
    purpose: ask.purpose,
    workspace: input.workspace(),
    mintedAt: input.clock.now(),
    ...(marks ? { roleSessionName: marks.roleSessionName, sourceIdentity: marks.sourceIdentity } : {}),
    ...(ask.deploymentId === undefined ? {} : { deploymentId: ask.deploymentId }),
    ...(credentials.expiresAt === undefined ? {} : { expiresAt: credentials.expiresAt }),
  };
}

function endsFirst(sessions: readonly (Session | undefined)[]): Session | undefined {
  return sessions
    .filter(session => session !== undefined)
    .sort((a, b) => (a.credentials.expiresAt ?? Infinity) - (b.credentials.expiresAt ?? Infinity))
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

function gone(): UserError {
  return new UserError('identity.gone', 'The profile was removed.', { hint: 'Choose another identity.' });
}

function endless(profile: Profile): UserError {
  return new UserError(
    'identity.endless',
    `The profiles behind ${who(profile)} build on each other without an end.`,
    {
      hint: 'Let one of them use access keys or the shared AWS configuration.',
    },
  );
}
