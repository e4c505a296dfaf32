import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createRevocations, type Revocations } from '../../../src/identity/revocations.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { ALICE, COPILOT, temporaryStore } from './world.ts';

describe('revocations', () => {
  let store: ReturnType<typeof temporaryStore>;
  let revocations: Revocations;
  beforeEach(() => {
    store = temporaryStore();
    for (const profile of [ALICE, COPILOT]) {
      const { id, kind, name } = profile;
      const insert = 'INSERT INTO profile (id, kind, name, body) VALUES (?, ?, ?, ?)';
      store.db.run(insert, id, kind, name, JSON.stringify(profile));
    }
    revocations = createRevocations(store.db);
  });
  afterEach(() => store.dispose());

  it('hold until they are taken back', () => {
    assert.equal(revocations.isRevoked(COPILOT.id), false);
    revocations.revoke(COPILOT.id, 5);
    assert.equal(revocations.isRevoked(COPILOT.id), true);
    assert.equal(revocations.isRevoked(ALICE.id), false);
    revocations.restore(COPILOT.id);
    revocations.restore(COPILOT.id);
    assert.equal(revocations.isRevoked(COPILOT.id), false);
  });

  it('hold in another window and after a restart', () => {
    const other = openDatabase(store.file);
    const elsewhere = createRevocations(other);
    assert.equal(elsewhere.isRevoked(COPILOT.id), false);
    revocations.revoke(COPILOT.id, 5);
    assert.equal(elsewhere.isRevoked(COPILOT.id), true);
    assert.deepEqual(elsewhere.list(), [{ profileId: COPILOT.id, at: 5 }]);
    other.close();
  });

  it('keep the later time, whichever is told first, and list the newest first', () => {
    revocations.revoke(COPILOT.id, 7);
    revocations.revoke(COPILOT.id, 5);
    revocations.revoke(ALICE.id, 9);
    assert.deepEqual(revocations.list(), [
      { profileId: ALICE.id, at: 9 },
      { profileId: COPILOT.id, at: 7 },
    ]);
  });

  it('go with their profile', () => {
    revocations.revoke(COPILOT.id, 5);
    store.db.run('DELETE FROM profile WHERE id = ?', COPILOT.id);
    assert.deepEqual(revocations.list(), []);
  });

  it('of a profile that is not there are refused, not lost in silence', () => {
    assert.throws(() => revocations.revoke('nobody', 5));
  });
});
