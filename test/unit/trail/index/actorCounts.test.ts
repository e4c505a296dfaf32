/** What an actor did in all is what its events come to, wherever they went. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { HOUR } from '../../../../src/base/clock.ts';
import { createLedger } from '../../../../src/identity/ledger.ts';
import { dropOlder } from '../../../../src/trail/index/retention.ts';
import { createTrailStore } from '../../../../src/trail/trailStore.ts';
import { fakeCloudTrail } from '../fakeCloudTrail.ts';
import { agentEntry, event, iamUser, knownOf, START } from '../records.ts';
import { databaseFile, open, openIndexOf, trailOn } from '../trailSetup.ts';
import { virtualClock } from '../virtualClock.ts';

const NOBODY = { users: [], agents: [] };

function setUp(t: TestContext) {
  const clock = virtualClock(START);
  const file = databaseFile(t);
  const db = open(t, file);
  const index = openIndexOf(t, file);
  const trail = trailOn(db, index, clock, fakeCloudTrail(clock).connect, () => NOBODY);
  t.after(() => trail.dispose());
  const store = createTrailStore(index);
  let number = 0;
  return {
    ...{ index, ledger: createLedger(db) },
    /** Of one user, with one of its keys, so many hours after the start. */
    keep(accessKeyId: string, hours: number, errorCode?: string) {
      const eventTime = new Date(START + hours * HOUR).toISOString();
      const own = { eventID: `e-${number++}`, eventTime, userIdentity: iamUser({ accessKeyId }) };
      store.keep([event({ ...own, ...(errorCode && { errorCode }) })], knownOf([], NOBODY));
    },
    groups: () =>
      trail
        .groups('actor')
        .map(({ label, count, errors, latest }) => `${label} ${count} ${errors} ${(latest - START) / HOUR}`),
  };
}

test('events that go over to another actor take their errors along, and leave nothing of their time', t => {
  const { ledger, keep, groups } = setUp(t);
  keep('AKIAONE', 5);
  keep('AKIAONE', 6, 'AccessDenied');
  assert.deepEqual(groups(), ['alice 2 1 6']);
  ledger.record({ ...agentEntry, accessKeyId: 'AKIAONE' });
  assert.deepEqual(groups(), ['copilot for alice 2 1 6']);
  keep('AKIATWO', 2, 'AccessDenied');
  keep('AKIATWO', 1);
  assert.deepEqual(groups(), ['copilot for alice 2 1 6', 'alice 2 1 2']);
});

test('events that are too old take their errors along, and leave nothing of their time', t => {
  const { index, keep, groups } = setUp(t);
  keep('AKIAONE', 1, 'AccessDenied');
  keep('AKIAONE', 3, 'AccessDenied');
  keep('AKIAONE', 4);
  index.db.transaction(() => dropOlder(index, START + 2 * HOUR));
  assert.deepEqual(groups(), ['alice 2 1 4']);
  index.db.transaction(() => dropOlder(index, START + 5 * HOUR));
  assert.deepEqual(groups(), []);
  keep('AKIAONE', 2);
  assert.deepEqual(groups(), ['alice 1 0 2']);
});
