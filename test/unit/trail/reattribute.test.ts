import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createLedger } from '../../../src/identity/ledger.ts';
import type { Known } from '../../../src/trail/attribution/attribution.ts';
import { createTrailStore } from '../../../src/trail/trailStore.ts';
import { fakeCloudTrail } from './fakeCloudTrail.ts';
import { AGENT_KEY, agentEntry, alice, assumedRole, copilot, event, iamUser, knownOf } from './records.ts';
import { databaseFile, open, openIndexOf, trailOn } from './trailSetup.ts';
import { virtualClock } from './virtualClock.ts';

function setUp(t: TestContext) {
  const clock = virtualClock(0);
  const file = databaseFile(t);
  const [db, index] = [open(t, file), openIndexOf(t, file)];
  const now: { known: Partial<Known> } = { known: { users: [], agents: [] } };
  const trail = trailOn(db, index, clock, fakeCloudTrail(clock).connect, () => now.known);
  const nobody = knownOf([], { users: [], agents: [] });
  const events = [
    event({ eventID: 'by-key', userIdentity: assumedRole({ accessKeyId: AGENT_KEY, session: 'x' }) }),
    event({ eventID: 'by-session', userIdentity: assumedRole() }),
    event({ eventID: 'by-user', userIdentity: iamUser() }),
    event({ eventID: 'by-other', userIdentity: iamUser({ arn: 'arn:other', userName: 'other' }) }),
  ];
  createTrailStore(index).keep(events, nobody);
  let heard = 0;
  trail.onChange(() => heard++);
  const verdicts = (): Record<string, string> =>
    Object.fromEntries(
      trail
        .events({ limit: 10 })
        .events.map(({ eventId, attribution: { actor, strength } }) => [
          eventId,
          `${actor.kind} ${actor.name} ${strength}`,
        ]),
    );
  return { db, index, now, trail, verdicts, heard: () => heard };
}

test('the ledger learns of a session: its events get their verdict, and listeners hear of it once', t => {
  const { db, trail, verdicts, heard } = setUp(t);
  assert.deepEqual(verdicts(), {
    'by-key': 'unknown agent-role/x hint',
    'by-session': 'agent copilot hint',
    'by-user': 'user alice strong',
    'by-other': 'user other strong',
  });
  createLedger(db).record(agentEntry);
  assert.deepEqual(verdicts(), {
    'by-key': 'agent copilot exact',
    'by-session': 'agent copilot strong',
    'by-user': 'user alice strong',
    'by-other': 'user other strong',
  });
  verdicts();
  assert.equal(heard(), 1);
  assert.deepEqual(
    trail.groups('deployment').map(({ label, count }) => [label, count]),
    [
      ['Outside deployments', 2],
      ['d-1', 2],
    ],
  );
});

test('profiles come, change their names, and go', t => {
  const { now, verdicts } = setUp(t);
  assert.equal(verdicts()['by-user'], 'user alice strong');
  now.known = { users: [alice], agents: [] };
  assert.equal(verdicts()['by-user'], 'user alice strong');
  now.known = { users: [{ ...alice, name: 'alice-dev' }], agents: [copilot] };
  assert.equal(verdicts()['by-user'], 'user alice-dev strong');
  assert.equal(verdicts()['by-key'], 'agent copilot hint');
  now.known = { users: [], agents: [] };
  assert.equal(verdicts()['by-user'], 'user alice strong');
});

test('rules that changed: every verdict is reached anew', t => {
  const { index, verdicts } = setUp(t);
  verdicts();
  index.db.run(`UPDATE caller SET attribution = json_set(attribution, '$.actor.name', 'old')`);
  assert.equal(verdicts()['by-other'], 'user old strong');
  index.db.run(`UPDATE state SET value = '0' WHERE key = 'rules'`);
  assert.equal(verdicts()['by-other'], 'user other strong');
});

test('what nobody has learned more about is not looked at again', t => {
  const { db, index, verdicts } = setUp(t);
  verdicts();
  index.db.run(`UPDATE caller SET evidence = 'nobody may read this'`);
  createLedger(db).record({
    ...agentEntry,
    accessKeyId: 'ASIAELSE',
    roleSessionName: 'no-wing-else-12345678',
  });
  assert.equal(Object.keys(verdicts()).length, 4);
});

test('listing does not wait for another window that writes', t => {
  const clock = virtualClock(0);
  const file = databaseFile(t);
  const trail = trailOn(open(t, file), openIndexOf(t, file), clock, fakeCloudTrail(clock).connect);
  trail.groups('actor');
  openIndexOf(t, file).db.transaction(() => {
    const started = performance.now();
    trail.groups('actor');
    trail.events({ limit: 10 });
    assert.ok(performance.now() - started < 1000);
  });
});
