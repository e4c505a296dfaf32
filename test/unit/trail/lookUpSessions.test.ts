import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, MINUTE } from '../../../src/base/clock.ts';
import { createLedger, type LedgerEntry } from '../../../src/identity/ledger.ts';
import { lookUpSessions, sessionsSince } from '../../../src/trail/lookUpSessions.ts';
import { awsError, fakeCloudTrail } from './fakeCloudTrail.ts';
import { ACCOUNT, iamUser, OTHER_ACCOUNT, REGION, record } from './records.ts';
import { storedIds } from './storedIds.ts';
import { databaseFile, never, open, openIndexOf, source, trailOn } from './trailSetup.ts';
import { virtualClock } from './virtualClock.ts';

const NOW = Date.UTC(2026, 2, 10, 12, 0, 0);

function entry(accessKeyId: string, mintedAt: number, accountId = ACCOUNT): LedgerEntry {
  const profile = { kind: 'agent', profileId: 'p', profileName: 'copilot' } as const;
  return { accessKeyId, ...profile, accountId, arn: 'arn', tags: {}, purpose: 'terminal', mintedAt };
}

test('each session of the ledger is looked up by its key, in each Region, and nothing else', async t => {
  const clock = virtualClock(NOW);
  const cloud = fakeCloudTrail(clock, {
    before: ({ region }) => {
      if (region === 'eu-central-1') throw awsError('AccessDeniedException');
    },
  });
  const add = (id: string, accessKeyId: string, region: string): void => {
    const time = NOW - HOUR;
    const userIdentity = iamUser({ accessKeyId });
    const overrides = {
      eventID: id,
      awsRegion: region,
      eventTime: new Date(time).toISOString(),
      userIdentity,
    };
    cloud.add({ id, region, time, visibleAt: time, record: record(overrides) });
  };
  add('ours', 'ASIAOURS', REGION);
  add('ours-elsewhere', 'ASIAOURS', 'us-east-1');
  add('somebody', 'ASIASOMEBODY', REGION);
  const file = databaseFile(t);
  const db = open(t, file);
  const ledger = createLedger(db);
  for (const each of [
    entry('ASIAOURS', NOW - 2 * HOUR),
    entry('ASIAOLD', NOW - 3 * DAY),
    entry('ASIAOTHER', NOW - HOUR, OTHER_ACCOUNT),
  ])
    ledger.record(each);
  db.run(
    `INSERT INTO ledger (access_key_id, kind, minted_at, body) VALUES ('ASIABAD', 'agent', ?, 'x')`,
    NOW,
  );
  const index = openIndexOf(t, file);
  const trail = trailOn(db, index, clock, cloud.connect);
  const progress: string[] = [];
  const outcome = await clock.run(
    lookUpSessions(trail, {
      sources: [source([REGION, 'us-east-1', 'eu-central-1'])],
      sessions: sessionsSince(db, NOW - DAY),
      signal: never,
      onProgress: (done, of) => progress.push(`${done}/${of}`),
    }),
  );
  assert.equal(outcome.stored, 2);
  assert.deepEqual(
    outcome.failed.map(({ region, error }) => [region, error.code]),
    [['eu-central-1', 'aws.denied']],
  );
  assert.deepEqual(storedIds(index), ['ours', 'ours-elsewhere']);
  assert.deepEqual(progress, ['1/3', '2/3']);
  for (const { request } of cloud.requests) {
    assert.deepEqual(request.attribute, { key: 'AccessKeyId', value: 'ASIAOURS' });
    assert.equal(request.startTime, NOW - 2 * HOUR - 5 * MINUTE);
  }
});
