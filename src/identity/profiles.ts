/**
 * The profiles of this user, in the store; their secrets, in the keychain. A profile exists only after AWS has
 * answered for it, and an agent's profile only if AWS does not see the same principal in it as in a user's.
 */
import * as v from 'valibot';
import type { Clock } from '../base/clock.ts';
import { type Disposable, Disposables } from '../base/disposables.ts';
import { Emitter, type Listen } from '../base/emitter.ts';
import type { Secret } from '../base/secret.ts';
import { UserError } from '../base/userError.ts';
import type { Database } from '../store/database.ts';
import { parseBody } from '../store/parseRow.ts';
import type { Keychain } from './keychain.ts';
import { type IdentityKind, Profile, ProfileDraft, secretName, type Verified, who } from './profile.ts';
import { principalKey } from './sessionSource.ts';

export interface ProfilesInput {
  readonly db: Database;
  readonly keychain: Pick<Keychain, 'write' | 'remove'>;
  /** Asks AWS who the draft is. @throws UserError when AWS does not answer for it. */
  readonly verify: (draft: ProfileDraft, secret: Secret | undefined) => Promise<Omit<Verified, 'at'>>;
  readonly clock: Clock;
}

export interface Profiles extends Disposable {
  list(kind?: IdentityKind): Profile[];
  get(id: string): Profile | undefined;
  /** Verifies, then stores the secret, then the profile. @throws UserError; then nothing was kept. */
  add(draft: ProfileDraft, secret?: Secret): Promise<Profile>;
  /** @throws UserError `identity.inUse` while another profile builds on it. */
  remove(id: string): Promise<void>;
  /** From the next one on, sessions of the profile's role last no longer. */
  shortenSessions(id: string, durationSeconds: number): void;
  readonly onChange: Listen<void>;
}

export function createProfiles(input: ProfilesInput): Profiles {
  const ended = new Disposables();
  const changed = ended.add(new Emitter<void>());
  const list = (): Profile[] => input.db.all('SELECT body FROM profile ORDER BY kind DESC, name').map(parse);
  return {
    list: kind => list().filter(profile => kind === undefined || profile.kind === kind),
    get: id => input.db.all('SELECT body FROM profile WHERE id = ?', id).map(parse).at(0),
    async add(given, secret) {
      const draft = checked(given);
      assertNameFree(list(), draft);
      const answer = await input.verify(draft, secret);
      const verified = { ...aliasOf(list(), answer.accountId), ...answer, at: input.clock.now() };
      assertSeparate(list(), draft, verified.arn);
      const profile = { ...draft, verified } satisfies Profile;
      if (secret) await input.keychain.write(secretName(profile), secret);
      await keptOrUndone(
        () => insert(input.db, profile),
        () => input.keychain.remove(secretName(profile)),
      );
      changed.fire();
      return profile;
    },
    async remove(id) {
      const users = list().filter(({ source }) => source.type === 'assumeRole' && source.from === id);
      if (users.length > 0) throw inUse(users);
      const profile = list().find(each => each.id === id);
      if (profile) await input.keychain.remove(secretName(profile));
      input.db.run('DELETE FROM profile WHERE id = ?', id);
      changed.fire();
    },
    shortenSessions(id, durationSeconds) {
      shortenSessions(input.db, id, durationSeconds);
      changed.fire();
    },
    onChange: changed.listen,
    dispose: () => ended.dispose(),
  };
}

/** A longer duration is none of its business: it takes away, and gives nothing. */
function shortenSessions(db: Database, id: string, durationSeconds: number): void {
  db.transaction(() => {
    const profile = db.all('SELECT body FROM profile WHERE id = ?', id).map(parse).at(0);
    if (profile?.source.type !== 'assumeRole' || profile.source.durationSeconds <= durationSeconds) return;
    const shorter = checked({ ...profile, source: { ...profile.source, durationSeconds } });
    const body = JSON.stringify({ ...shorter, verified: profile.verified });
    db.run('UPDATE profile SET body = ? WHERE id = ?', body, id);
  });
}

/** What cannot be read back is not kept. @throws UserError `identity.draft` */
function checked(draft: ProfileDraft): ProfileDraft {
  const result = v.safeParse(ProfileDraft, draft);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new UserError(
    'identity.draft',
    `The profile was not added: ${v.getDotPath(issue) ?? 'it'} is not valid. ${issue.message}.`,
    { hint: 'Correct it and try again. AWS was not asked.' },
  );
}

/** Agents may rarely read the alias of their account; another profile of the same account may have. */
function aliasOf(profiles: readonly Profile[], accountId: string): { alias?: string } {
  const known = profiles.find(
    ({ verified }) => verified.accountId === accountId && verified.alias !== undefined,
  );
  return known?.verified.alias === undefined ? {} : { alias: known.verified.alias };
}

/** One statement inside one transaction: of two windows that add the same name at once, one is told. */
function insert(db: Database, profile: Profile): void {
  db.transaction(() => {
    const others = db.all('SELECT body FROM profile').map(parse);
    assertNameFree(others, profile);
    assertSeparate(others, profile, profile.verified.arn);
    const { id, kind, name } = profile;
    db.run(
      'INSERT INTO profile (id, kind, name, body) VALUES (?, ?, ?, ?)',
      id,
      kind,
      name,
      JSON.stringify(profile),
    );
  });
}

async function keptOrUndone(keep: () => void, undo: () => Promise<void>): Promise<void> {
  try {
    keep();
  } catch (error) {
    await undo();
    throw error;
  }
}

function assertNameFree(profiles: readonly Profile[], draft: Pick<Profile, 'kind' | 'name'>): void {
  if (!profiles.some(({ kind, name }) => kind === draft.kind && name === draft.name)) return;
  throw new UserError('identity.nameTaken', `There is already a profile named ${who(draft)}.`, {
    hint: 'Choose another name, or remove that profile first.',
  });
}

/** The point of the product: what AWS sees as the agent must not be what AWS sees as the human. */
function assertSeparate(
  profiles: readonly Profile[],
  draft: Pick<Profile, 'kind' | 'name'>,
  arn: string,
): void {
  const twin = profiles.find(
    other => other.kind !== draft.kind && principalKey(other.verified.arn) === principalKey(arn),
  );
  if (!twin) return;
  throw new UserError(
    'identity.sameIdentity',
    `AWS sees the same identity in ${who(draft)} as in ${who(twin)}.`,
    {
      hint: 'Give the agent a role of its own: then CloudTrail can tell the two apart. "Create Agent Role" makes one.',
      action: { title: 'Create Agent Role', command: 'noWing.agent.createRole' },
    },
  );
}

function inUse(users: readonly Profile[]): UserError {
  return new UserError('identity.inUse', `The profile is used by ${users.map(who).join(', ')}.`, {
    hint: 'Remove those profiles first.',
  });
}

function parse(row: Record<string, unknown>): Profile {
  return parseBody(Profile, row);
}
