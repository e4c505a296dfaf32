import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createLedger } from '../../../../src/identity/ledger.ts';
import { type Database, openDatabase } from '../../../../src/store/database.ts';
import { createHash } from '../../../../src/trail/index/hash.ts';
import { createLedgerMarks } from '../../../../src/trail/index/ledgerMarks.ts';
import { agentEntry } from '../records.ts';
import { databaseFile } from '../trailSetup.ts';

test('what the ledger has is found, also what another window writes later; what it has not is not asked for', async t => {
  const file = databaseFile(t);
  const [db, other] = [openDatabase(file), openDatabase(file)];
  t.after(() => {
    for (const each of [db, other]) each.close();
  });
  createLedger(other).record(agentEntry);
  let asked = 0;
  const all: Database['all'] = (...args) => {
    asked++;
    return db.all(...args);
  };
  const marks = createLedgerMarks({ ...db, all }, createHash(1));
  assert.deepEqual(marks.byAccessKey(agentEntry.accessKeyId), agentEntry);
  assert.deepEqual(marks.byRoleSessionName(agentEntry.roleSessionName ?? ''), [agentEntry]);

  const before = asked;
  for (let number = 0; number < 100; number++) {
    assert.equal(marks.byAccessKey(`ASIASOMEBODY${number}`), undefined);
    assert.deepEqual(marks.byRoleSessionName(`somebody-${number}`), []);
  }
  assert.equal(asked, before);

  const later = { ...agentEntry, accessKeyId: 'ASIALATER', roleSessionName: 'later' };
  assert.equal(marks.byAccessKey(later.accessKeyId), undefined);
  createLedger(other).record(later);
  await setImmediate();
  assert.deepEqual(marks.byAccessKey(later.accessKeyId), later);
  assert.deepEqual(marks.byRoleSessionName('later'), [later]);
});
