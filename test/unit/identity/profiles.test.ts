import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Secret } from '../../../src/base/secret.ts';
import { UserError } from '../../../src/base/userError.ts';
import type { ProfileDraft } from '../../../src/identity/profile.ts';
import { createProfiles, type Profiles } from '../../../src/identity/profiles.ts';
import { createSelection } from '../../../src/identity/selection.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { ALICE, bentClock, COPILOT, temporaryStore } from './world.ts';

describe('profiles', () => {
  let store: ReturnType<typeof temporaryStore>;
  let kept: Map<string, string>;
  let profiles: Profiles;
  let verify: (draft: ProfileDraft) => Promise<{ accountId: string; arn: string }>;
  const make = (db = store.db): Profiles =>
    createProfiles({
      db,
      clock: bentClock(),
      verify: draft => verify(draft),
      keychain: {
        write: async (name, value) => void kept.set(name, value.reveal()),
        remove: async name => void kept.delete(name),
      },
    });
  beforeEach(() => {
    store = temporaryStore();
    kept = new Map();
    verify = async ({ kind }) => (kind === 'user' ? ALICE.verified : COPILOT.verified);
    profiles = make();
  });
  afterEach(() => store.dispose());

  it('are kept after AWS has answered, the secret in the keychain only', async () => {
    const added = await profiles.add(draftOf(ALICE), new Secret('very-secret'));
    assert.equal(added.verified.arn, ALICE.verified.arn);
    assert.deepEqual(kept, new Map([['profile/user/alice-id', 'very-secret']]));
    assert.ok(!JSON.stringify(store.db.all('SELECT * FROM profile')).includes('very-secret'));
    assert.equal(make().list()[0]?.name, 'alice');
  });

  it('are not kept when AWS refuses', async () => {
    verify = () => Promise.reject(new UserError('identity.keyUnknown', 'no'));
    await assert.rejects(profiles.add(draftOf(ALICE), new Secret('x')), { code: 'identity.keyUnknown' });
    assert.deepEqual([profiles.list(), kept.size], [[], 0]);
  });

  it('of an agent may not be what AWS sees as the user, nor the other way round', async () => {
    await profiles.add(draftOf(ALICE), new Secret('x'));
    verify = async () => ALICE.verified;
    await assert.rejects(profiles.add({ ...draftOf(COPILOT), source: ALICE.source }), {
      code: 'identity.sameIdentity',
    });
    verify = async () => COPILOT.verified;
    await profiles.add(draftOf(COPILOT));
    verify = async () => ({ ...COPILOT.verified, arn: COPILOT.verified.arn.replace('-0', '-other-session') });
    await assert.rejects(profiles.add({ ...draftOf(ALICE), id: 'x', name: 'bob' }), {
      code: 'identity.sameIdentity',
    });
  });

  it('added by two windows at once: one is kept, the other is told, no secret is left over', async () => {
    const other = openDatabase(store.file);
    const add = (window: Profiles, id: string): Promise<unknown> =>
      window.add({ ...draftOf(ALICE), id }, new Secret(`secret-of-${id}`));
    const results = await Promise.allSettled([add(profiles, 'one'), add(make(other), 'two')]);
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    const failure = results.find(result => result.status === 'rejected');
    assert.equal(failure?.reason.code, 'identity.nameTaken');
    assert.deepEqual([...kept.keys()], [`profile/user/${profiles.list()[0]?.id}`]);
    other.close();
  });

  it('of a role may have shorter sessions, and no longer ones', async () => {
    const durationOf = (id: string): number | undefined => {
      const source = profiles.get(id)?.source;
      return source?.type === 'assumeRole' ? source.durationSeconds : undefined;
    };
    const { source } = COPILOT;
    if (source.type !== 'assumeRole') assert.fail();
    const { verified } = await profiles.add({
      ...draftOf(COPILOT),
      source: { ...source, durationSeconds: 14_400 },
    });
    let told = 0;
    profiles.onChange(() => {
      told += 1;
    });
    profiles.shortenSessions(COPILOT.id, 3600);
    profiles.shortenSessions(COPILOT.id, 43_200);
    assert.deepEqual([durationOf(COPILOT.id), profiles.get(COPILOT.id)?.verified, told], [3600, verified, 2]);
    await profiles.add(draftOf(ALICE), new Secret('x'));
    profiles.shortenSessions(ALICE.id, 900);
    assert.deepEqual(profiles.get(ALICE.id)?.source, ALICE.source);
  });

  it('that others build on are not removed', async () => {
    await profiles.add(draftOf(ALICE), new Secret('x'));
    await profiles.add(draftOf(COPILOT));
    await assert.rejects(profiles.remove(ALICE.id), { code: 'identity.inUse' });
    await profiles.remove(COPILOT.id);
    await profiles.remove(ALICE.id);
    assert.deepEqual([profiles.list(), kept.size], [[], 0]);
  });

  it('are chosen per workspace; a new workspace has the first choice', async () => {
    await profiles.add(draftOf(ALICE), new Secret('x'));
    verify = async () => ({ ...ALICE.verified, arn: 'arn:aws:iam::111122223333:user/prod-alice' });
    await profiles.add({ ...draftOf(ALICE), id: 'prod', name: 'prod', environment: 'prod' });
    const inFolder = (folder: string) => createSelection(store.db, profiles.get, () => folder);
    const [alice, prod] = [profiles.get(ALICE.id), profiles.get('prod')];
    assert.ok(alice && prod);
    inFolder('a').select(alice);
    inFolder('b').select(prod);
    const names = ['a', 'b', 'new'].map(folder => inFolder(folder).active().user?.name);
    assert.deepEqual(names, ['alice', 'prod', 'alice']);
    await profiles.remove('prod');
    assert.equal(inFolder('b').active().user?.name, 'alice');
  });
});

function draftOf({ verified: _, ...draft }: typeof ALICE): ProfileDraft {
  return draft;
}
