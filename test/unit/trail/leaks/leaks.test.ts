/** Leaks in the store: what is kept, counted once, acknowledged, open again; and two windows. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { UserError } from '../../../../src/base/userError.ts';
import type { LeakEvent } from '../../../../src/trail/leaks/leak.ts';
import { createLeaks, type Leaks } from '../../../../src/trail/leaks/leaks.ts';
import { temporaryStore } from '../../identity/world.ts';
import { START } from '../records.ts';
import { AWAY, asAgent, asUser, type Call, CLI, leakEvent, ledger } from './leakCase.ts';

const CLAUDE = `${CLI},AN`;
let count = 0;
const made = (call: Call): LeakEvent => leakEvent(call, ++count, ledger);
const leak = (call: Call = {}): LeakEvent => made(asUser({ userAgent: CLAUDE, ...call }));

function setUp(t: TestContext) {
  const { db, dispose } = temporaryStore();
  t.after(dispose);
  const open = (): Leaks =>
    createLeaks({
      db,
      context: () => ({ known: ledger, revokedAt: () => undefined, seenInAgent: () => undefined }),
      now: () => START,
    });
  return { db, open, leaks: open() };
}

function only(leaks: Leaks) {
  const [one, ...others] = leaks.list();
  assert.ok(one);
  assert.equal(others.length, 0);
  return one;
}

test('events of one leak are one leak, each counted once, told once', t => {
  const { leaks } = setUp(t);
  let heard = 0;
  leaks.onChange(() => heard++);
  const [first, second] = [leak({ at: 1 }), leak({ at: 2 })];
  assert.equal(leaks.take([second]).length, 1);
  assert.equal(leaks.take([first, second]).length, 0, 'known already');
  const { count: events, firstAt, lastAt, status } = only(leaks);
  assert.deepEqual(
    { events, firstAt, lastAt, status },
    {
      events: 2,
      firstAt: START + 1000,
      lastAt: START + 2000,
      status: 'open',
    },
  );
  assert.equal(heard, 1);
});

test('the weight of a leak is that of its heaviest event', t => {
  const { leaks } = setUp(t);
  leaks.take([leak({ readOnly: false }), leak({ at: 5 })]);
  assert.equal(only(leaks).severity, 'high');
});

test('"this is fine" keeps its reason and stays in the list; more of the same asks nobody', t => {
  const { leaks, open } = setUp(t);
  leaks.take([leak()]);
  leaks.acknowledge(only(leaks).key, '  I run Claude Code as myself here ');
  assert.deepEqual(leaks.take([leak({ at: 60 })]), []);
  const { status, acknowledged, count: events } = only(open());
  assert.equal(status, 'acknowledged');
  assert.equal(events, 2);
  assert.equal(acknowledged?.reason, 'I run Claude Code as myself here');
});

test('another shape opens it again, and is told; a second "fine" covers both', t => {
  const { leaks } = setUp(t);
  leaks.take([leak()]);
  leaks.acknowledge(only(leaks).key, 'reads are fine');
  const told = leaks.take([leak({ at: 60, readOnly: false })]);
  assert.deepEqual(
    told.map(({ status }) => status),
    ['reopened'],
  );
  leaks.acknowledge(only(leaks).key, 'writes too');
  assert.equal(only(leaks).status, 'acknowledged');
  assert.deepEqual(leaks.take([leak({ at: 70, readOnly: false }), leak({ at: 80 })]), []);
});

test('another agent is another leak', t => {
  const { leaks } = setUp(t);
  leaks.take([leak()]);
  leaks.acknowledge(only(leaks).key, 'Claude Code is fine');
  assert.equal(leaks.take([leak({ userAgent: `${CLI},AW` })]).length, 1);
});

test('"it is not, after all"', t => {
  const { leaks } = setUp(t);
  leaks.take([leak()]);
  leaks.acknowledge(only(leaks).key, 'a mistake');
  leaks.withdraw(only(leaks).key);
  assert.equal(only(leaks).status, 'open');
});

test('no reason, no such leak', t => {
  const { leaks } = setUp(t);
  leaks.take([leak()]);
  const code = (expected: string) => (error: unknown) =>
    error instanceof UserError && error.code === expected;
  assert.throws(() => leaks.acknowledge(only(leaks).key, ' \n'), code('leak.reason'));
  assert.throws(() => leaks.acknowledge('nothing', 'because'), code('leak.unknown'));
  assert.equal(only(leaks).status, 'open');
});

test('another window goes on with what this one remembers', t => {
  const { leaks, open } = setUp(t);
  leaks.take([made(asAgent({ at: 0 })), made(asAgent({ at: 20, sourceIPAddress: AWAY }))]);
  assert.deepEqual(leaks.list(), []);
  assert.equal(open().take([made(asAgent({ at: 40 }))]).length, 1);
});

test('a crash between: neither what is remembered nor what was found is kept, and it is found again', t => {
  const { db, open } = setUp(t);
  const broken = createLeaks({
    db: { ...db, run: (sql, ...rest) => (sql.includes('INTO leak VALUES') ? fail() : db.run(sql, ...rest)) },
    context: () => ({ known: ledger, revokedAt: () => undefined, seenInAgent: () => undefined }),
    now: () => START,
  });
  const event = leak();
  assert.throws(() => broken.take([event]), /disk full/);
  assert.equal(db.all('SELECT * FROM leak_event').length, 0);
  assert.equal(open().take([event]).length, 1);
});

test('what is remembered is bounded', t => {
  const { db, leaks } = setUp(t);
  const events = Array.from({ length: 3000 }, (_, at) =>
    made(
      asAgent({
        at,
        sourceIPAddress: `203.0.${at % 200}.1`,
        userAgent: `x/${at} os/linux m/A${at % 20}`,
        errorCode: 'AccessDenied',
      }),
    ),
  );
  leaks.take(events);
  const size = Number(
    db.get(
      'SELECT sum(length(body)) AS size FROM (SELECT body FROM leak_watch UNION ALL SELECT body FROM leak_state)',
    )?.['size'],
  );
  assert.ok(size < 120_000, `${size}`);
  for (const { events: kept, shapes } of leaks.list()) assert.ok(kept.length <= 50 && shapes.length <= 200);
});

test('a verdict clears an event: the leak is withdrawn when it was the last one', t => {
  const { leaks } = setUp(t);
  const [first, second] = [leak(), leak({ at: 10 })];
  leaks.take([first, second]);
  const heard = t.mock.fn();
  leaks.onChange(heard);
  const cleared = (one: LeakEvent): LeakEvent => ({
    ...one,
    attribution: { ...one.attribution, actor: { kind: 'service', name: 'Lambda' } },
  });
  leaks.review([cleared(second)]);
  assert.deepEqual([only(leaks).count, only(leaks).events.map(({ eventId }) => eventId)], [1, [first.id]]);
  assert.deepEqual(leaks.review([first]), [], 'what stands is not told again');
  leaks.review([cleared(first)]);
  assert.deepEqual(leaks.list(), []);
  assert.equal(heard.mock.callCount(), 2);
  assert.equal(leaks.review([first]).length, 1, 'it may be one again');
});

test('events of others are not looked at', t => {
  const { leaks, db } = setUp(t);
  leaks.take([made({ userIdentity: { type: 'AWSService', invokedBy: 'lambda.amazonaws.com' } })]);
  assert.equal(db.all('SELECT * FROM leak_state').length, 0);
});

function fail(): never {
  throw new Error('disk full');
}
