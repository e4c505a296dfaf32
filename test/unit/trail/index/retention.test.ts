/** What goes when the index is too large or too old, what must stay, and who has to notice. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { DAY, HOUR } from '../../../../src/base/clock.ts';
import { beginImport } from '../../../../src/trail/import/underWay.ts';
import type { TrailIndex } from '../../../../src/trail/index/openIndex.ts';
import { dropOlder, keptSince, shrink, tidy, usedBytes } from '../../../../src/trail/index/retention.ts';
import { removeUnused } from '../../../../src/trail/index/unused.ts';
import { createWriter, type IndexWriter, Numbers } from '../../../../src/trail/index/writer.ts';
import { createBatchBuilder } from '../../../../src/trail/scan/batchBuilder.ts';
import { queryEvents } from '../../../../src/trail/trailQueries.ts';
import { iamUser, knownOf, record, START } from '../records.ts';
import { databaseFile, openIndexOf } from '../trailSetup.ts';

const known = knownOf([], { users: [], agents: [] });

function event(number: number, overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return record({
    eventID: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    eventTime: new Date(START + number * HOUR).toISOString().replace('.000', ''),
    resources: [{ ARN: `arn:aws:s3:::bucket/${number}` }],
    ...overrides,
  });
}

function events(from: number, count: number, overrides: Record<string, unknown> = {}) {
  return Array.from({ length: count }, (_, index) => event(from + index, overrides));
}

type Builder = ReturnType<typeof createBatchBuilder>;

function write(
  writer: IndexWriter,
  records: readonly Record<string, unknown>[],
  builder: Builder = createBatchBuilder(1),
  numbers = new Numbers(),
): void {
  for (const [position, each] of records.entries()) {
    const bytes = Buffer.from(JSON.stringify(each));
    builder.add(bytes, 0, bytes.length, { unit: 0, position, region: 'eu-west-1', time: 0 });
  }
  writer.transaction(() => writer.write(builder.take(), known, { fileOf: () => 0, numbers }));
}

function count(index: TrailIndex, table: string): number {
  return Number(index.db.get(`SELECT count(*) AS n FROM ${table}`)?.['n']);
}

function eventCount(index: TrailIndex): number {
  return Number(index.db.get('SELECT coalesce(sum(events), 0) AS n FROM segment')?.['n']);
}

function opened(t: TestContext) {
  const index = openIndexOf(t, databaseFile(t));
  return { index, writer: createWriter(index) };
}

const long = (number: number): Record<string, unknown> =>
  event(number, {
    resources: Array.from({ length: 12 }, (_, which) => ({
      ARN: `arn:aws:s3:::bucket/${'x'.repeat(200)}/${number}/${which}`,
    })),
    sourceIPAddress: `10.0.${number >> 8}.${number & 255}`,
    userIdentity: iamUser({ userName: `user-${number}` }),
  });

test('when the names of events are what is large they go with their events, and the limit is reached', t => {
  const { index, writer } = opened(t);
  write(
    writer,
    Array.from({ length: 600 }, (_, number) => long(number)),
  );
  const limit = usedBytes(index.db) / 2;
  let rounds = 0;
  while (rounds < 50 && shrink(index, limit)) rounds++;
  assert.ok(usedBytes(index.db) <= limit, `${usedBytes(index.db)} bytes after ${rounds} rounds`);
  const left = eventCount(index);
  assert.ok(left > 150, `${left} events are left`);
  assert.deepEqual(
    ['resource', 'origin', 'caller'].map(table => count(index, table)),
    [12 * left, left, left],
  );
  assert.equal(queryEvents(index, { limit: 1000 }).events.length, left, 'each has all its names');
});

test('when it is something else that is large the events stay', t => {
  const { index, writer } = opened(t);
  write(writer, events(0, 500));
  index.db.transaction(() => {
    for (let file = 0; file < 20_000; file++)
      index.db.run(
        `INSERT INTO file (hash, source, name, version) VALUES (?, 'folder:/x', ?, '1-1')`,
        file,
        `${file}`.padEnd(200),
      );
  });
  for (let flush = 0; flush < 30; flush++) tidy(index, 100_000);
  assert.ok(eventCount(index) > 400, `${eventCount(index)} events are left`);
});

test('what a removal that failed had made is in no memory', t => {
  const { index, writer } = opened(t);
  write(
    writer,
    Array.from({ length: 300 }, (_, number) => long(number)),
  );
  index.db.script(`CREATE TRIGGER full BEFORE INSERT ON state WHEN new.key = 'horizon'
    BEGIN SELECT RAISE(ABORT, 'disk full'); END`);
  assert.throws(() => shrink(index, 0), /disk full/);
  index.db.script('DROP TRIGGER full');
  index.db.transaction(() => dropOlder(index, START + 200 * HOUR));
  const left = queryEvents(index, { limit: 1000 }).events;
  assert.equal(left.length, 100);
  for (const { eventId, resources } of left)
    assert.ok(
      resources[0]?.endsWith(`/${Number(eventId.slice(-12))}/0`),
      `${eventId}: ${resources[0]?.slice(-8)}`,
    );
});

test('another window that remembers a name which went makes it anew, under a number of its own', t => {
  const file = databaseFile(t);
  const [mine, other] = [openIndexOf(t, file), openIndexOf(t, file)];
  const [writer, late] = [createWriter(mine), createWriter(other)];
  const same = {
    resources: [{ ARN: 'arn:aws:s3:::same' }],
    userIdentity: iamUser({ userName: 'same' }),
    sourceIPAddress: '198.51.100.7',
  };
  const numbers = (): unknown[] =>
    ['resource', 'caller', 'origin'].map(table => mine.db.get(`SELECT max(id) AS id FROM ${table}`)?.['id']);
  for (const each of [writer, late]) write(each, [event(each === writer ? 1 : 2, same)]);
  const before = numbers();
  mine.db.transaction(() => {
    dropOlder(mine, START + DAY);
    removeUnused(mine);
  });
  assert.deepEqual([count(mine, 'resource'), count(mine, 'caller'), count(mine, 'origin')], [0, 0, 0]);
  write(late, [event(100, same)]);
  write(writer, [event(101, same)]);
  assert.deepEqual(
    queryEvents(mine, { limit: 10 }).events.map(({ resources }) => resources),
    [['arn:aws:s3:::same'], ['arn:aws:s3:::same']],
  );
  for (const [at, number] of numbers().entries())
    assert.ok(Number(number) > Number(before[at]), `${at}: ${number} after ${before[at]}`);
});

test('names stay that an import refers to by number, and all of them while another import is under way', t => {
  const { index, writer } = opened(t);
  const [builder, numbers] = [createBatchBuilder(1), new Numbers()];
  const same = { resources: [{ ARN: 'arn:aws:s3:::same' }] };
  write(writer, [event(1, same)], builder, numbers);
  index.db.transaction(() => {
    dropOlder(index, START + DAY);
    const mine = beginImport(index);
    const other = beginImport(index);
    assert.equal(mine.isAlone(), false);
    assert.equal(
      removeUnused(index, () => undefined),
      false,
    );
    other.end();
    assert.equal(mine.isAlone(), true);
    assert.equal(
      removeUnused(index, () => [numbers]),
      true,
    );
  });
  write(writer, [event(100, same)], builder, numbers);
  assert.deepEqual(queryEvents(index, { limit: 10 }).events[0]?.resources, ['arn:aws:s3:::same']);
});

test('an import that others took for dead does not go on', t => {
  const { index } = opened(t);
  const [mine, other] = [beginImport(index), beginImport(index)];
  other.goOn();
  index.db.run(`UPDATE state SET value = value - 7200 WHERE key LIKE 'import %'`);
  assert.equal(mine.isAlone(), true);
  mine.goOn();
  assert.throws(() => other.goOn(), { code: 'trail.importLate' });
});

test('keys of events that went are looked for in their own days, once', t => {
  const { index, writer } = opened(t);
  for (let part = 0; part < 5; part++) write(writer, events(part * 3000, 3000, { eventTime: timeOf(1) }));
  write(writer, events(20_000, 10, { eventTime: timeOf(50) }));
  const deletes: string[] = [];
  const db = {
    ...index.db,
    run(sql: string, ...values: Parameters<typeof index.db.run> extends [string, ...infer V] ? V : never) {
      if (sql.startsWith('DELETE FROM event_key')) deletes.push(sql);
      return index.db.run(sql, ...values);
    },
  };
  assert.ok(index.segments().within(0, Number.MAX_SAFE_INTEGER).length >= 5);
  assert.equal(
    index.db.transaction(() => dropOlder({ ...index, db }, START + DAY)),
    15_000,
  );
  assert.equal(deletes.length, 1);
  const plan = index.db.get(`EXPLAIN QUERY PLAN ${deletes[0]}`, 0, 1, '[]')?.['detail'];
  assert.match(String(plan), /^SEARCH event_key USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)/);
  assert.equal(count(index, 'event_key'), 10);
});

function timeOf(hour: number): string {
  return new Date(START + hour * HOUR).toISOString().replace('.000', '');
}

function start(hour: number, by: string, key: string): Record<string, unknown> {
  const assumedRoleUser = {
    arn: `arn:aws:sts::111122223333:assumed-role/r/${key}`,
    assumedRoleId: `AROA:${key}`,
  };
  return event(hour, {
    eventName: 'AssumeRole',
    eventSource: 'sts.amazonaws.com',
    userIdentity: iamUser({ accessKeyId: by }),
    requestParameters: { roleArn: 'arn:aws:iam::111122223333:role/r', roleSessionName: key },
    responseElements: { credentials: { accessKeyId: key }, assumedRoleUser },
  });
}

test('sessions go that are older than all that is kept, but not those that others were started with', t => {
  const { index, writer } = opened(t);
  write(writer, [
    start(0, 'AKIAUSER000000000001', 'ASIAGONE000000000001'),
    start(1, 'AKIAUSER000000000001', 'ASIAFIRST00000000001'),
    start(30, 'ASIAFIRST00000000001', 'ASIASECOND0000000001'),
    start(99, 'ASIASECOND0000000001', 'ASIATHIRD00000000001'),
    start(110, 'AKIAUSER000000000002', 'ASIANEW0000000000001'),
  ]);
  index.db.transaction(() => dropOlder(index, START + 120 * HOUR));
  write(writer, events(130, 5));
  index.db.transaction(() => removeUnused(index));
  const keys = index.db.all('SELECT access_key_id AS key FROM minted ORDER BY time').map(({ key }) => key);
  assert.deepEqual(keys, [
    'ASIAFIRST00000000001',
    'ASIASECOND0000000001',
    'ASIATHIRD00000000001',
    'ASIANEW0000000000001',
  ]);
  assert.equal(count(index, 'starter'), 4);
});

test('a copy goes with its event, and its caller when it has no other', t => {
  const { index, writer } = opened(t);
  write(writer, [
    event(1, { sharedEventID: 'shared-1', userIdentity: iamUser({ userName: 'gone' }) }),
    event(100, { sharedEventID: 'shared-2' }),
    event(101),
  ]);
  index.db.transaction(() => {
    dropOlder(index, START + DAY);
    removeUnused(index);
  });
  assert.deepEqual(
    index.db.all('SELECT shared_event_id AS id FROM copy').map(({ id }) => id),
    ['shared-2'],
  );
  assert.equal(index.db.get(`SELECT 1 FROM caller WHERE evidence LIKE '%gone%'`), undefined);
});

test('the caller that was judged last stays, so that numbers of verdicts go on rising', t => {
  const { index, writer } = opened(t);
  for (const [hour, userName] of ['one', 'two', 'three'].entries())
    write(writer, [event(hour, { userIdentity: iamUser({ userName }) })]);
  index.db.script('UPDATE caller SET judged = id');
  index.db.transaction(() => {
    dropOlder(index, START + DAY);
    removeUnused(index);
  });
  assert.deepEqual(
    index.db.all('SELECT judged FROM caller').map(({ judged }) => judged),
    [3],
  );
});

test('since when events are kept is remembered until the index may be larger', t => {
  const { index, writer } = opened(t);
  write(
    writer,
    Array.from({ length: 300 }, (_, number) => long(number)),
  );
  const limit = usedBytes(index.db) / 2;
  tidy(index, limit);
  const first = Number(index.db.get('SELECT min(from_ms) AS first FROM segment')?.['first']);
  for (const [since, maxBytes, kept] of [
    [0, limit, first],
    [0, limit - 1, first],
    [first + DAY, limit, first + DAY],
    [0, limit + 1, 0],
  ] as const)
    assert.equal(keptSince(index.db, since, maxBytes), kept);
});
