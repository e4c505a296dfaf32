import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { DAY, HOUR, MINUTE } from '../../../src/base/clock.ts';
import { createLedger } from '../../../src/identity/ledger.ts';
import type { TrailIndex } from '../../../src/trail/index/openIndex.ts';
import type { Trail } from '../../../src/trail/trail.ts';
import { parseTrailEvent, type TrailEvent } from '../../../src/trail/trailEvent.ts';
import type { Facet } from '../../../src/trail/trailFacets.ts';
import type { TrailFilter } from '../../../src/trail/trailFilter.ts';
import type { EventPage } from '../../../src/trail/trailQueries.ts';
import { createTrailStore } from '../../../src/trail/trailStore.ts';
import { fakeCloudTrail } from './fakeCloudTrail.ts';
import {
  ACCOUNT,
  AGENT_KEY,
  agentEntry,
  assumedRole,
  iamUser,
  knownOf,
  OTHER_ACCOUNT,
  REGION,
  record,
} from './records.ts';
import { databaseFile, open, openIndexOf, trailOn } from './trailSetup.ts';
import { virtualClock } from './virtualClock.ts';

const NOW = Date.UTC(2026, 2, 10, 12, 0, 0);
const known = knownOf([agentEntry]);

function made(index: number, overrides: Record<string, unknown> = {}, accountId = ACCOUNT): TrailEvent {
  const time = NOW - index * MINUTE;
  const json = JSON.stringify(
    record({ eventID: `e-${index}`, eventTime: new Date(time).toISOString(), ...overrides }),
  );
  return parseTrailEvent({ json }, { accountId, region: REGION, at: NOW });
}

/** Of ten events: four of the agent in its deployment, three of the user, one of a service, one refused, one elsewhere. */
function one(index: number): TrailEvent {
  const agent = { userIdentity: assumedRole({ accessKeyId: AGENT_KEY }) };
  switch (index % 10) {
    case 0:
    case 1:
      return made(index, agent);
    case 2:
    case 3:
      return made(index, { userIdentity: assumedRole({ invokedBy: 'cloudformation.amazonaws.com' }) });
    case 4:
      return made(index, {
        userIdentity: { type: 'AWSService', invokedBy: 'lambda.amazonaws.com' },
        eventName: 'Invoke',
        eventSource: 'lambda.amazonaws.com',
      });
    case 5:
      return made(index, { errorCode: 'AccessDenied', requestParameters: { bucketName: `bucket-${index}` } });
    case 6:
      return made(
        index,
        { awsRegion: 'us-east-1', userIdentity: iamUser({ arn: 'x', userName: 'Dave' }) },
        OTHER_ACCOUNT,
      );
    default:
      return made(index);
  }
}

function filled(index: TrailIndex, count: number): void {
  createTrailStore(index).keep(
    Array.from({ length: count }, (_, at) => one(at)),
    known,
  );
}

function filledTrail(t: TestContext, count: number): { index: TrailIndex; trail: Trail } {
  const clock = virtualClock(NOW);
  const file = databaseFile(t);
  const [db, index] = [open(t, file), openIndexOf(t, file)];
  createLedger(db).record(agentEntry);
  filled(index, count);
  return { index, trail: trailOn(db, index, clock, fakeCloudTrail(clock).connect) };
}

function small(t: TestContext): { index: TrailIndex; trail: Trail } {
  return filledTrail(t, 20);
}

function ids({ events }: EventPage): string {
  return events.map(({ eventId }) => eventId.slice(2)).join(' ');
}

test('by deployment', t => {
  assert.deepEqual(small(t).trail.groups('deployment'), [
    { key: { by: 'deployment', deploymentId: 'd-1' }, label: 'd-1', count: 8, errors: 0, latest: NOW },
    {
      key: { by: 'deployment' },
      label: 'Outside deployments',
      count: 12,
      errors: 2,
      latest: NOW - 4 * MINUTE,
    },
  ]);
});

test('by actor', t => {
  const groups = small(t).trail.groups('actor');
  assert.deepEqual(
    groups.map(({ key, label, count, errors }) => [key.by === 'actor' && key.kind, label, count, errors]),
    [
      ['agent', 'copilot for alice', 8, 0],
      ['service', 'Lambda', 2, 0],
      ['user', 'alice', 8, 2],
      ['external', 'Dave', 2, 0],
    ],
  );
});

test('by actor: two of one name in two accounts are two', t => {
  const { index, trail } = filledTrail(t, 0);
  const rootOf = (accountId: string) =>
    made(0, { userIdentity: { type: 'Root', arn: `arn:aws:iam::${accountId}:root`, accountId } }, accountId);
  createTrailStore(index).keep([rootOf(ACCOUNT), rootOf(OTHER_ACCOUNT)], knownOf([]));
  const groups = trail.groups('actor');
  assert.deepEqual(groups.map(({ label, count }) => [label, count]).toSorted(), [
    ['root (1111-2222-3333)', 1],
    ['root (4444-5555-6666)', 1],
  ]);
  for (const { key } of groups)
    assert.deepEqual(
      trail.events({ group: key, limit: 9 }).events.map(({ accountId }) => accountId),
      [key.by === 'actor' && key.accountId],
    );
  assert.deepEqual(
    trail
      .matrix()
      .map(({ actor, events }) => [actor.name, actor.accountId, events])
      .toSorted(),
    [
      ['root', ACCOUNT, 1],
      ['root', OTHER_ACCOUNT, 1],
    ],
  );
});

test('by day, in the person’s calendar, also where a day has 25 hours', t => {
  const { index, trail } = filledTrail(t, 0);
  const zone = process.env['TZ'];
  process.env['TZ'] = 'Europe/Berlin';
  t.after(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });
  const times = [
    '2026-10-24T21:59:59Z',
    '2026-10-24T22:00:00Z',
    '2026-10-25T22:59:59Z',
    '2026-10-25T23:00:00Z',
  ];
  createTrailStore(index).keep(
    times.map((eventTime, at) => made(at, { eventTime })),
    known,
  );
  const groups = trail.groups('day');
  assert.deepEqual(
    groups.map(({ label, count }) => [label, count]),
    [
      ['2026-10-26', 1],
      ['2026-10-25', 2],
      ['2026-10-24', 1],
    ],
  );
  for (const group of groups)
    assert.equal(trail.events({ group: group.key, limit: 10 }).events.length, group.count, group.label);
});

for (const [what, filter, expected] of [
  ['nothing', {}, '0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19'],
  ['a word of the event', { text: 'invoke' }, '4 14'],
  ['words of several texts, in any case', { text: ' COPILOT  s3 ' }, '0 1 2 3 10 11 12 13'],
  ['a name of the actor', { text: 'dave' }, '6 16'],
  ['a resource', { text: 'bucket-15' }, '15'],
  ['a sign that SQL would expand', { text: '%' }, ''],
  ['a quote', { text: "'" }, ''],
  ['users', { actorKind: 'user' }, '5 7 8 9 15 17 18 19'],
  ['a service', { service: 'lambda.amazonaws.com' }, '4 14'],
  ['errors', { errorsOnly: true }, '5 15'],
  ['everything, errors or not', { errorsOnly: false, region: 'us-east-1' }, '6 16'],
  ['a deployment', { deploymentId: 'd-1' }, '0 1 2 3 10 11 12 13'],
  ['an account', { accountId: OTHER_ACCOUNT }, '6 16'],
  ['a Region', { region: 'us-east-1' }, '6 16'],
  ['a period, half-open', { from: NOW - 5 * MINUTE, to: NOW - 2 * MINUTE }, '3 4 5'],
  ['several at once', { actorKind: 'user', errorsOnly: true, from: NOW - 10 * MINUTE }, '5'],
] satisfies [string, TrailFilter, string][])
  test(`filtered by ${what}`, t => {
    assert.equal(ids(small(t).trail.events({ filter, limit: 100 })), expected);
  });

test('page by page, each event once, though newer ones come in meanwhile', t => {
  const { index, trail } = small(t);
  const group = { by: 'deployment', deploymentId: 'd-1' } as const;
  const first = trail.events({ group, limit: 3 });
  createTrailStore(index).keep([made(-10, { userIdentity: assumedRole() })], known);
  const pages = [first];
  for (let page = first; page.next; pages.push(page))
    page = trail.events({ group, limit: 3, after: page.next });
  assert.equal(pages.map(ids).join(' | '), '0 1 2 | 3 10 11 | 12 13');
});

test('an actor’s events are those that were counted', t => {
  const { trail } = small(t);
  for (const by of ['actor', 'deployment', 'day'] as const)
    for (const { key, count } of trail.groups(by))
      assert.equal(trail.events({ group: key, limit: 100 }).events.length, count);
});

test('a row for the tree', t => {
  const { attribution, seq, ...row } =
    small(t).trail.events({ limit: 1, filter: { errorsOnly: true } }).events[0] ?? {};
  assert.deepEqual(row, {
    accountId: ACCOUNT,
    eventId: 'e-5',
    time: NOW - 5 * MINUTE,
    region: REGION,
    name: 'CreateBucket',
    source: 's3.amazonaws.com',
    readOnly: false,
    error: 'AccessDenied',
    accessKeyId: 'AKIASOMEBODY00000001',
    sessionName: undefined,
    resources: ['bucket-5'],
    deploymentId: undefined,
  });
  assert.ok(seq);
  assert.equal(attribution?.actor.name, 'alice');
});

test('the whole record', t => {
  const { trail } = small(t);
  assert.equal(JSON.parse(trail.record(ACCOUNT, 'e-5') ?? '').errorCode, 'AccessDenied');
  assert.equal(trail.record(OTHER_ACCOUNT, 'e-5'), undefined);
});

test('a deployment’s events: of its sessions, with its id, on its resources; oldest first', t => {
  const { trail } = small(t);
  const trace = {
    accountId: ACCOUNT,
    deploymentId: 'd-1',
    sessionNames: [],
    accessKeyIds: [],
    resourceNames: ['bucket-5'],
    from: NOW - 12 * MINUTE,
    to: NOW + 1,
  };
  const found = trail.deploymentEvents(trace).map(({ eventId }) => eventId);
  assert.equal(found.join(' '), 'e-12 e-11 e-10 e-5 e-3 e-2 e-1 e-0');
});

test('a row that another version wrote differently is told, not guessed', t => {
  const { index, trail } = small(t);
  trail.groups('actor');
  index.db.run(`UPDATE caller SET attribution = '{"actor":{"kind":"robot"}}'`);
  assert.throws(() => trail.events({ limit: 10 }), { code: 'store.row' });
});

test('which values a filter could have', t => {
  const { trail } = small(t);
  const values = (facet: Facet, filter?: TrailFilter) =>
    trail.facet(facet, filter).map(({ value, events, errors }) => [value, events, errors]);
  assert.deepEqual(values('service'), [
    ['s3.amazonaws.com', 18, 2],
    ['lambda.amazonaws.com', 2, 0],
  ]);
  assert.deepEqual(values('error'), [['AccessDenied', 2, 2]]);
  assert.deepEqual(values('account'), [
    [ACCOUNT, 18, 2],
    [OTHER_ACCOUNT, 2, 0],
  ]);
  assert.deepEqual(values('region').toSorted(), [
    ['eu-west-1', 18, 2],
    ['us-east-1', 2, 0],
  ]);
  assert.deepEqual(
    trail.facet('actor').map(({ kind, value, events }) => [kind, value, events]),
    [
      ['user', 'alice', 8],
      ['agent', 'copilot', 8],
      ['external', 'Dave', 2],
      ['service', 'Lambda', 2],
    ],
  );
  // Those of the filter, but for what is being chosen.
  assert.deepEqual(values('service', { actor: 'Lambda', service: 's3.amazonaws.com' }), [
    ['lambda.amazonaws.com', 2, 0],
  ]);
});

test('one error', t => {
  const { trail } = small(t);
  const filter = { error: 'AccessDenied' };
  assert.equal(ids(trail.events({ filter, limit: 9 })), '5 15');
  assert.deepEqual(
    trail.groups('actor', filter).map(({ label, count }) => [label, count]),
    [['alice', 2]],
  );
  assert.equal(ids(trail.events({ filter: { error: 'Throttled' }, limit: 9 })), '');
});

test('some events by their names, with whatever else is filtered', t => {
  const { trail } = small(t);
  const among = [
    { accountId: ACCOUNT, eventId: 'e-5' },
    { accountId: ACCOUNT, eventId: 'e-7' },
    { accountId: OTHER_ACCOUNT, eventId: 'e-5' },
    { accountId: ACCOUNT, eventId: 'gone' },
  ];
  assert.equal(ids(trail.events({ filter: { among }, limit: 9 })), '5 7');
  assert.equal(ids(trail.events({ filter: { among, errorsOnly: true }, limit: 9 })), '5');
  assert.equal(ids(trail.events({ filter: { among: [] }, limit: 9 })), '');
  for (const by of ['actor', 'day', 'deployment'] as const)
    assert.equal(
      trail.groups(by, { among }).reduce((sum, { count }) => sum + count, 0),
      2,
      by,
    );
});

test('a long period is counted by days', t => {
  const { trail } = small(t);
  const { step, bars } = trail.timeline({ from: NOW - 20 * DAY, to: NOW + HOUR });
  assert.equal(step, DAY);
  assert.deepEqual(
    bars.map(({ time, kind, events, errors }) => [time, kind, events, errors]),
    [
      [Date.UTC(2026, 2, 10), 'agent', 8, 0],
      [Date.UTC(2026, 2, 10), 'external', 2, 0],
      [Date.UTC(2026, 2, 10), 'service', 2, 0],
      [Date.UTC(2026, 2, 10), 'user', 8, 2],
    ],
  );
});
