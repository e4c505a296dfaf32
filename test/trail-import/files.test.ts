/** Files of every sort: good ones, CloudTrail's other files, and what bad luck and bad people leave in a folder. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { folderAddress, pathAddress } from '../../src/trail/sources/files.ts';
import { queryEvents } from '../../src/trail/trailQueries.ts';
import { createTrailStore } from '../../src/trail/trailStore.ts';
import { ACCOUNT, assumedRole, iamUser, OTHER_ACCOUNT } from '../unit/trail/records.ts';
import {
  allAre,
  numbered,
  numbers,
  type Place,
  place,
  problems,
  put,
  putRecords,
  runImport,
  START,
  sums,
  uuid,
  withIndex,
} from './setup.ts';

const ten = numbers(0, 10).map(number => numbered(number));

for (const [form, write] of Object.entries({
  'a gzipped file in nested folders': (at: Place) =>
    putRecords(at, `AWSLogs/${ACCOUNT}/CloudTrail/eu-west-1/2026/03/10/a.json.gz`, ten),
  'a plain file': (at: Place) => putRecords(at, 'a.json', ten),
  'a file that is laid out for people': (at: Place) =>
    put(at, 'a.json', JSON.stringify({ Records: ten }, null, 2)),
  'an array': (at: Place) => put(at, 'a.json', JSON.stringify(ten)),
  'a record a line': (at: Place) => put(at, 'a.json', ten.map(one => JSON.stringify(one)).join('\n')),
  'other members before and after the records': (at: Place) =>
    put(at, 'a.json', JSON.stringify({ a: { Records: 1 }, Records: ten, b: [2] })),
  'a byte order mark': (at: Place) => put(at, 'a.json', `\ufeff${JSON.stringify({ Records: ten })}`),
  'two gzip streams in one file': (at: Place) => {
    const text = JSON.stringify({ Records: ten });
    put(at, 'a.json.gz', Buffer.concat([gzipSync(text.slice(0, 900)), gzipSync(text.slice(900))]));
  },
}))
  test(`reads ${form}`, async t => {
    const at = place(t);
    write(at);
    assert.deepEqual(
      { ...(await runImport(at)), bytes: 0 },
      { units: 1, bytes: 0, events: 10, added: 10, insights: 0, digests: 0, odd: 0, already: 0 },
    );
    assert.deepEqual(sums(at), allAre(10));
    assert.deepEqual(problems(at), {});
  });

test('the same folder again, and copies of its files under other names, change nothing', async t => {
  const at = place(t);
  putRecords(at, 'a.json.gz', ten);
  await runImport(at);
  assert.deepEqual(await runImport(at), {
    ...{ units: 0, bytes: 0, events: 0, added: 0, insights: 0, digests: 0, odd: 0 },
    already: 1,
  });
  putRecords(at, 'copy/a.json', ten);
  putRecords(
    at,
    'overlap.json',
    numbers(5, 10).map(number => numbered(number)),
  );
  const { added, events } = await runImport(at);
  assert.deepEqual([events, added], [20, 5]);
  assert.deepEqual(sums(at), allAre(15));
});

test('a file that has changed is read again', async t => {
  const at = place(t);
  putRecords(at, 'a.json', ten);
  await runImport(at);
  putRecords(
    at,
    'a.json',
    numbers(0, 12).map(number => numbered(number)),
  );
  assert.equal((await runImport(at)).added, 2);
});

test('the same id in two accounts is two events, and so are two copies of a shared one', async t => {
  const at = place(t);
  const shared = { sharedEventID: 'shared-1' };
  putRecords(at, 'a.json', [
    numbered(1),
    numbered(1, { recipientAccountId: OTHER_ACCOUNT }),
    numbered(2, shared),
    numbered(3, { ...shared, recipientAccountId: OTHER_ACCOUNT }),
  ]);
  assert.equal((await runImport(at)).added, 4);
  withIndex(at, index => {
    const { events } = queryEvents(index, { filter: { text: uuid(1) }, limit: 10 });
    assert.deepEqual(events.map(({ accountId }) => accountId).toSorted(), [ACCOUNT, OTHER_ACCOUNT]);
  });
});

test('a copy that hides the caller is taken like any other', async t => {
  const at = place(t);
  const shared = { sharedEventID: 'shared-1' };
  putRecords(at, 'a.json', [
    numbered(1, shared),
    numbered(2, {
      ...shared,
      recipientAccountId: OTHER_ACCOUNT,
      userIdentity: { type: 'AWSAccount', accountId: ACCOUNT, principalId: 'AIDAQQQQQQQQQQQQQQQQQ' },
    }),
  ]);
  assert.equal((await runImport(at)).added, 2);
});

test('digests and Insights are taken for what they are; other JSON is told', async t => {
  const at = place(t);
  put(at, 'CloudTrail-Digest/d.json.gz', gzipSync(JSON.stringify({ digestEndTime: 'x', logFiles: [] })));
  putRecords(at, 'CloudTrail-Insight/i.json.gz', [
    numbered(1, { eventType: 'AwsCloudTrailInsight', insightDetails: {} }),
    numbered(2, { eventCategory: 'Insight' }),
  ]);
  put(at, 'package.json', '{"name": "something else"}');
  put(at, 'notes.txt', 'not JSON at all');
  const { events, insights, digests, units } = await runImport(at);
  assert.deepEqual({ events, insights, digests, units }, { events: 0, insights: 2, digests: 1, units: 3 });
  assert.deepEqual(problems(at), { 'package.json': 'no CloudTrail records in it' });
});

function damaged(what: string, content: string | Buffer, taken: number, problem: RegExp): void {
  test(`${what}: told with its name and place, and the rest goes on`, async t => {
    const at = place(t);
    const name = typeof content === 'string' ? 'bad.json' : 'bad.json.gz';
    put(at, name, content);
    putRecords(
      at,
      'good.json.gz',
      numbers(100, 3).map(number => numbered(number)),
    );
    const { added } = await runImport(at);
    assert.equal(added, taken + 3);
    assert.deepEqual(sums(at), allAre(taken + 3));
    assert.match(problems(at)[name] ?? '', problem);
    assert.equal((await runImport(at)).units, 0, 'it is as damaged the next time');
    assert.match(problems(at)[name] ?? '', problem);
  });
}

const text = JSON.stringify({ Records: ten });
const packed = gzipSync(text);
damaged('a file that ends early', text.slice(0, -30), 9, /^damaged after record 9, at byte \d+$/);
damaged('a file that ends between two records', text.slice(0, text.indexOf('},{') + 2), 1, /after record 1/);
damaged('an empty file', '', 0, /^damaged at its beginning/);
damaged('a file of zeros', Buffer.alloc(1000), 0, /^damaged at its beginning, at byte 0/);
damaged('a gzip file that ends early', packed.subarray(0, packed.length / 2), 0, /unexpected end of file/);
damaged('a file that is damaged in the middle', text.replace('},{', '}{'), 1, /after record 1, at byte/);
damaged('a page that says there is no such file', '<html>not found</html>', 0, /at byte 0/);

test('a gzip file whose end is missing gives what is before', async t => {
  const at = place(t);
  const many = gzipSync(JSON.stringify({ Records: numbers(0, 3000).map(number => numbered(number)) }));
  put(at, 'bad.json.gz', many.subarray(0, many.length - 2000));
  const { added } = await runImport(at);
  assert.ok(added > 1000 && added < 3000, `${added} of 3000`);
  assert.match(problems(at)['bad.json.gz'] ?? '', new RegExp(`^damaged after record ${added}: `));
});

test('entries that are no records are counted and left out', async t => {
  const at = place(t);
  putRecords(at, 'a.json', [numbered(1), null, 'text', 7, [1, 2], true, numbered(2)]);
  const { added, odd } = await runImport(at);
  assert.deepEqual([added, odd], [2, 5]);
});

test('records that say little are events nevertheless', async t => {
  const at = place(t);
  putRecords(at, `AWSLogs/${ACCOUNT}/CloudTrail/x.json`, [
    {},
    { eventID: uuid(1), userIdentity: null, eventName: 7, awsRegion: '', resources: 'none' },
    { eventID: 'an id of another form', userIdentity: { type: 3 } },
    numbered(2, { userIdentity: undefined, recipientAccountId: undefined }),
    numbered(3, { userIdentity: { accountId: ACCOUNT } }),
  ]);
  assert.equal((await runImport(at)).added, 5);
  withIndex(at, index => {
    const { events } = queryEvents(index, { limit: 10 });
    assert.deepEqual([...new Set(events.map(({ accountId }) => accountId))], [ACCOUNT]);
    assert.equal(events.filter(({ attribution }) => attribution.actor.kind === 'unknown').length, 5);
  });
});

test('invalid UTF-8 does not lose the record', async t => {
  const at = place(t);
  const [before = '', after = ''] = JSON.stringify({ Records: [numbered(1, { errorCode: '@' })] }).split('@');
  put(at, 'a.json', Buffer.concat([Buffer.from(before), Buffer.from([0xff, 0xfe]), Buffer.from(after)]));
  assert.equal((await runImport(at)).added, 1);
  const [event] = withIndex(at, index => queryEvents(index, { limit: 1 })).events;
  assert.match(event?.error ?? '', /^\ufffd+$/);
});

test('the whole record comes out of its file, without its session token', async t => {
  const at = place(t);
  const responseElements = { credentials: { accessKeyId: 'ASIA1', sessionToken: 'IQoJsecret' } };
  putRecords(at, 'deep/a.json.gz', [...ten, numbered(20, { responseElements })]);
  await runImport(at);
  await withIndexAsync(at, async store => {
    assert.equal(store.record(ACCOUNT, uuid(7)), undefined);
    const json = (await store.readRecord(ACCOUNT, uuid(7))) ?? '';
    assert.equal(JSON.parse(json).requestParameters.bucketName, 'bucket-7');
    assert.doesNotMatch((await store.readRecord(ACCOUNT, uuid(20))) ?? '', /IQoJ/);
    assert.equal(await store.readRecord(ACCOUNT, uuid(999)), undefined);
    putRecords(at, 'deep/a.json.gz', [numbered(50)]);
    await assert.rejects(store.readRecord(ACCOUNT, uuid(7)), { code: 'trail.recordGone' });
  });
});

async function withIndexAsync(
  at: Place,
  work: (store: ReturnType<typeof createTrailStore>) => Promise<void>,
): Promise<void> {
  const { openIndex } = await import('../../src/trail/index/openIndex.ts');
  const index = openIndex(at.indexFile);
  try {
    await work(createTrailStore(index));
  } finally {
    index.close();
  }
}

test('what is kept: nothing older than asked for, and the rest when more is asked for', async t => {
  const at = place(t);
  const hours = numbers(0, 10).map(hour => numbered(hour * 3600));
  putRecords(at, 'a.json', hours);
  const since = START + 4 * 3_600_000;
  await runImport(at, { keeping: { since, maxBytes: 2 ** 40 } });
  assert.deepEqual(sums(at), allAre(6));
  assert.equal((await runImport(at, { keeping: { since, maxBytes: 2 ** 40 } })).units, 0);
  await runImport(at);
  assert.deepEqual(sums(at), allAre(10));
  await runImport(at, { keeping: { since, maxBytes: 2 ** 40 } });
  assert.deepEqual(sums(at), allAre(6));
  await runImport(at);
  assert.deepEqual(sums(at), allAre(10));
});

/** Of three hundred events each, a minute apart. */
function putTenFiles(at: Place): void {
  for (let file = 0; file < 10; file++)
    putRecords(
      at,
      `${file}.json.gz`,
      numbers(file * 300, 300).map(number => numbered(number * 60)),
    );
}

test('an index that has grown too large loses its oldest events, and its counts agree', async t => {
  const at = place(t);
  putTenFiles(at);
  await runImport(at, { keeping: { since: 0, maxBytes: 400_000 } });
  const { events } = sums(at);
  assert.ok(events > 0 && events < 3000, `${events} events`);
  assert.deepEqual(sums(at), allAre(events));
  const oldest = withIndex(at, ({ db }) => Number(db.get('SELECT min(from_ms) AS n FROM segment')?.['n']));
  assert.ok(oldest > START);
});

test('files whose events went because the index was too large are read again when it may be larger, not before', async t => {
  const at = place(t);
  putTenFiles(at);
  const keeping = { since: 0, maxBytes: 400_000 };
  await runImport(at, { keeping, transaction: 500 });
  const { events } = sums(at);
  assert.ok(events > 0 && events < 3000, `${events} events`);
  assert.equal((await runImport(at, { keeping })).units, 0);
  assert.deepEqual(sums(at), allAre(events));
  await runImport(at);
  assert.deepEqual(sums(at), allAre(3000));
});

test('the folder is not there', async (t: TestContext) => {
  const at = place(t);
  await assert.rejects(runImport(at, { source: folderAddress(join(at.files, 'gone')) }), {
    code: 'trail.source',
  });
  // It does not pass for one that is under way.
  withIndex(at, ({ db }) => assert.equal(db.get("SELECT 1 FROM state WHERE key LIKE 'import %'"), undefined));
});

for (const [what, name] of [
  ['a file by itself', `AWSLogs/${ACCOUNT}/CloudTrail/eu-west-1/2026/03/10/a.json.gz`],
  ['one of another name, which somebody chose', `${ACCOUNT}_CloudTrail_eu-west-1_x.log`],
] as const)
  test(`${what}, and not those beside it`, async t => {
    const at = place(t);
    putRecords(at, name, [...ten, numbered(20, { recipientAccountId: undefined })]);
    putRecords(at, 'beside.json', [numbered(30)]);
    const source = pathAddress(join(at.files, name));
    assert.equal((await runImport(at, { source })).added, 11);
    assert.equal((await runImport(at, { source })).already, 1);
    await withIndexAsync(at, async store => {
      assert.match((await store.readRecord(ACCOUNT, uuid(20))) ?? '', /bucket-20/);
    });
  });

test('a file that went after it was chosen', async t => {
  const at = place(t);
  const source = `file:${join(at.files, 'gone.json')}` as const;
  await assert.rejects(runImport(at, { source }), { code: 'trail.source' });
});

test('callers of an import are judged as those of LookupEvents are', async t => {
  const at = place(t);
  putRecords(at, 'a.json', [
    numbered(1, { userIdentity: assumedRole() }),
    numbered(2, { userIdentity: iamUser() }),
  ]);
  const users = [{ name: 'alice', arn: `arn:aws:iam::${ACCOUNT}:user/alice`, accountId: ACCOUNT }];
  await runImport(at, { users });
  const { events } = withIndex(at, index => queryEvents(index, { limit: 2 }));
  assert.equal(events[0]?.attribution.actor.kind, 'user');
  assert.equal(events[1]?.attribution.onBehalfOf, 'alice');
  writeFileSync(join(at.files, 'empty.json'), '{"Records":[]}');
  assert.equal((await runImport(at)).units, 1);
});
