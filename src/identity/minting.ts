/** How one ask becomes a session: link by link along the profiles behind it, each link in the ledger before it is used. */
import type { Clock } from '../base/clock.ts';
import type { Secret } from '../base/secret.ts';
import { UserError } from '../base/userError.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';
import { newShortId } from './marks.ts';
import { type Profile, who } from './profile.ts';
import { refuseRevoked } from './revocations.ts';
import type { Credentials, Session, SessionAsk, SessionSource } from './session.ts';
import { fromAssumedRole, fromKeys, fromSessionToken, fromSharedConfig, recorded } from './sessionSource.ts';
import type { StsApi } from './stsApi.ts';

export interface MintingInput {
  readonly profile: (id: string) => Profile | undefined;
  /** Asked for every link of every ask, since another window may have revoked it. */
  readonly isRevoked: (profileId: string) => boolean;
  readonly readSecret: (profile: Profile) => Promise<Secret | undefined>;
  readonly sts: () => Promise<StsApi>;
  readonly loadSharedConfig: () => Promise<(name: string) => Promise<Credentials>>;
  readonly ledger: Pick<Ledger, 'record'>;
  readonly workspace: () => string;
  readonly clock: Clock;
}

const LONGEST_CHAIN = 4;

/** The source for one ask; every session on the way to it is in the ledger before it is used. */
export function sourceFor(input: MintingInput, ask: SessionAsk, depth = 0): SessionSource {
  return inLedger(input, ask, async () => {
    const profile = requireProfile(input, ask.profileId);
    return (await linkFor(input, ask, profile, depth))();
  });
}

/** @throws UserError `identity.gone`, `identity.revoked` for the profile or one that it builds on. */
export function requireAllowed(input: Pick<MintingInput, 'profile' | 'isRevoked'>, profileId: string): void {
  requireProfile(input, profileId);
  for (const { id } of linksOf(input, profileId)) requireProfile(input, id);
}

/** The profile and those that it builds on, as far as they are there. */
export function linksOf({ profile }: Pick<MintingInput, 'profile'>, profileId: string): Profile[] {
  const links: Profile[] = [];
  for (let link = profile(profileId); link && links.length <= LONGEST_CHAIN; ) {
    links.push(link);
    link = link.source.type === 'assumeRole' ? profile(link.source.from) : undefined;
  }
  return links;
}

function requireProfile(input: Pick<MintingInput, 'profile' | 'isRevoked'>, profileId: string): Profile {
  const profile = input.profile(profileId);
  if (!profile) throw gone();
  refuseRevoked(profile, input.isRevoked);
  return profile;
}

async function linkFor(
  input: MintingInput,
  ask: SessionAsk,
  profile: Profile,
  depth: number,
): Promise<SessionSource> {
  const { source } = profile;
  const sts = await input.sts();
  const { now } = input.clock;
  const lent = (lasting: SessionSource): SessionSource =>
    ask.temporary ? fromSessionToken(inLedger(input, ask, lasting), sts.sessionToken, now) : lasting;
  switch (source.type) {
    case 'keys':
      return lent(fromKeys(profile, source, () => input.readSecret(profile)));
    case 'sharedConfig':
      return lent(fromSharedConfig(profile, source, await input.loadSharedConfig(), sts.callerIdentity));
    case 'assumeRole': {
      if (depth >= LONGEST_CHAIN) throw endless(profile);
      // What a role's session is asked for with stays here, so it may be what lasts.
      const { temporary: _, ...askOnTheWay } = ask;
      const from = sourceFor(input, { ...askOnTheWay, profileId: source.from }, depth + 1);
      const marks = { ...ask, workspace: workspaceOf(ask, input) };
      return fromAssumedRole({ profile, source, from, marks, newShortId, now }, sts.assumeRole);
    }
  }
}

function inLedger(input: MintingInput, ask: SessionAsk, source: SessionSource): SessionSource {
  return recorded(source, session => input.ledger.record(ledgerEntry(session, ask, input)));
}

export function workspaceOf(ask: SessionAsk, { workspace }: Pick<MintingInput, 'workspace'>): string {
  return ask.workspace ?? workspace();
}

function ledgerEntry(
  session: Session,
  ask: SessionAsk,
  input: Pick<MintingInput, 'workspace' | 'clock'>,
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
    workspace: workspaceOf(ask, input),
    mintedAt: input.clock.now(),
    ...(marks ? { roleSessionName: marks.roleSessionName, sourceIdentity: marks.sourceIdentity } : {}),
    ...(ask.deploymentId === undefined ? {} : { deploymentId: ask.deploymentId }),
    ...(credentials.expiresAt === undefined ? {} : { expiresAt: credentials.expiresAt }),
  };
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
