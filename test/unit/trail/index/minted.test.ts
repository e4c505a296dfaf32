/** Sessions that were seen to start come out of the index as they went in, and say when they teach something new. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { callerOf, type MintedSession } from '../../../../src/trail/attribution/mintedSession.ts';
import { createMintedSessions } from '../../../../src/trail/index/minted.ts';
import { openIndex } from '../../../../src/trail/index/openIndex.ts';
import { ACCOUNT, OTHER_ACCOUNT, START } from '../records.ts';
import { databaseFile, openIndexOf } from '../trailSetup.ts';

const PARENT = 'ASIAPARENT0000000001';
const caller = { type: 'AssumedRole', arn: `arn:aws:sts::${ACCOUNT}:assumed-role/a/b`, accessKeyId: PARENT };

function session(accessKeyId: string, overrides: Partial<MintedSession> = {}): MintedSession {
  return {
    accessKeyId,
    sessionId: `AROADEPLOYER:${accessKeyId.toLowerCase()}`,
    roleArn: `arn:aws:iam::${ACCOUNT}:role/deployer`,
    sessionName: accessKeyId.toLowerCase(),
    sourceIdentity: undefined,
    transitiveTags: {},
    startedAt: START,
    accountId: ACCOUNT,
    caller,
    ...overrides,
  };
}

const many = (from: number, count: number): MintedSession[] =>
  Array.from({ length: count }, (_, index) => session(`ASIA${from + index}`));

const keys = (sessions: readonly MintedSession[]): string[] =>
  sessions.map(({ accessKeyId }) => accessKeyId).sort();

/** What a store does not tell apart: a field that is undefined, and one that is not there. */
const told = (sessions: readonly (MintedSession | undefined)[]): unknown[] =>
  sessions.map(one => one && JSON.parse(JSON.stringify({ ...one, caller: callerOf(one) })));

function opened(t: TestContext) {
  const { db, hash } = openIndexOf(t, databaseFile(t));
  return createMintedSessions(db, hash);
}

const SHAPES: Readonly<Record<string, Partial<MintedSession>>> = {
  'named by its id': {},
  'named otherwise': { sessionName: 'another' },
  'with an empty name': { sessionName: '' },
  'whose id ends in a colon': { sessionId: 'AROADEPLOYER:', sessionName: '' },
  'without a name': { sessionName: undefined },
  'whose name is the end of what follows the colon': { sessionId: 'AROADEPLOYER:xab', sessionName: 'ab' },
  'whose name has a colon': { sessionId: 'AROADEPLOYER:a:b', sessionName: 'a:b' },
  'whose name has the colon before it': { sessionId: 'AROADEPLOYER:a', sessionName: 'R:a' },
  'whose id has no colon': { sessionId: 'alone', sessionName: 'alone' },
  'without an id': { sessionId: undefined },
  'without an id or a name': { sessionId: undefined, sessionName: undefined },
  'with an empty id': { sessionId: '', sessionName: undefined },
  'of another role': { roleArn: `arn:aws:iam::${ACCOUNT}:role/other` },
  'without a role': { roleArn: undefined },
  'for somebody': { sourceIdentity: 'alice' },
  'with tags': { transitiveTags: { 'no-wing:agent': 'copilot', team: 'a' } },
  'with other values of the tags': { transitiveTags: { 'no-wing:agent': 'copilot', team: 'b' } },
  'with one tag': { transitiveTags: { team: 'a' } },
  'of another account': { accountId: OTHER_ACCOUNT },
  'at another time': { startedAt: START + 1 },
  'of a caller that is hidden': { caller: {} },
};

test('sessions of one caller that differ in little come out as they went in, in any order', t => {
  // Between any two an ordinary one, so that each comes after one that differs in nothing else.
  const shapes = Object.values(SHAPES).flatMap(shape => [{}, shape]);
  const all = [...shapes, ...shapes.toReversed()].map((shape, index) => session(`ASIA${index}`, shape));
  const sessions = opened(t);
  assert.deepEqual(keys(sessions.add(all)), keys(all));
  sessions.forget();
  assert.deepEqual(told(all.map(one => sessions.byKey(one.accessKeyId))), told(all));
  for (const { sessionId } of all.filter(one => one.sessionId !== undefined))
    assert.deepEqual(
      keys(sessions.byId(sessionId ?? '')),
      keys(all.filter(one => one.sessionId === sessionId)),
    );
  const children = all.filter(one => one.caller.accessKeyId === PARENT);
  assert.deepEqual(keys(sessions.startedWith(['ASIANOBODY', PARENT], -1)), keys(children));
  assert.equal(sessions.startedWith([PARENT], 3).length, 3);
  assert.deepEqual(sessions.startedWith([''], -1), []);
});

test('one that is new is told, also among many that were known', t => {
  const sessions = opened(t);
  sessions.add(many(0, 300));
  const fresh = session('ASIAFRESH');
  const found = sessions.add([...many(0, 150), fresh, ...many(150, 150)]);
  assert.ok(keys(found).includes('ASIAFRESH'));
  assert.deepEqual(sessions.add([...many(0, 300), fresh]), []);
});

const hidden = { caller: { type: 'AWSAccount' }, accountId: OTHER_ACCOUNT } as const;

for (const [order, first, second, isTold] of [
  ['the better copy later', hidden, {}, true],
  ['the better copy first', {}, hidden, false],
] as const)
  for (const others of [0, 200])
    test(`of two copies the one that shows the caller stays: ${order}, among ${others} others`, t => {
      const sessions = opened(t);
      sessions.add([session('ASIATWICE', first)]);
      assert.deepEqual(sessions.byKey('ASIATWICE')?.accountId, session('', first).accountId);
      const found = sessions.add([...many(0, others), session('ASIATWICE', second)]);
      if (others === 0) assert.equal(found.length, Number(isTold));
      assert.equal(new Set(found).size, found.length);
      assert.deepEqual(told([sessions.byKey('ASIATWICE')]), told([session('ASIATWICE')]));
      assert.deepEqual(
        keys(sessions.startedWith([PARENT], -1)),
        keys([...many(0, others), session('ASIATWICE')]),
      );
    });

test('of two copies in one batch the better one is kept', t => {
  const sessions = opened(t);
  assert.equal(sessions.add([session('ASIATWICE', hidden), session('ASIATWICE')]).length, 1);
  assert.deepEqual(told([sessions.byKey('ASIATWICE')]), told([session('ASIATWICE')]));
});

test('what a transaction had made is made again after it failed', t => {
  const { db, hash } = openIndexOf(t, databaseFile(t));
  const sessions = createMintedSessions(db, hash);
  const failed = (): void =>
    db.transaction(() => {
      sessions.add(many(0, 3));
      throw new Error('disk full');
    });
  assert.throws(failed, /disk full/);
  sessions.forget();
  assert.equal(sessions.byKey('ASIA1'), undefined);
  sessions.add(many(0, 3));
  sessions.forget();
  assert.deepEqual(told([sessions.byKey('ASIA1')]), told([session('ASIA1')]));
});

test('two windows write what they learned of one caller to one index', t => {
  const file = databaseFile(t);
  const [one, other] = [openIndexOf(t, file), openIndex(openIndexOf(t, file).file)];
  t.after(() => other.close());
  const [ones, others] = [one, other].map(({ db, hash }) => createMintedSessions(db, hash));
  ones?.add(many(0, 3));
  others?.add(many(2, 3));
  ones?.forget();
  assert.deepEqual(keys(ones?.startedWith([PARENT], -1) ?? []), keys(many(0, 5)));
  assert.equal(one.db.all('SELECT 1 FROM starter').length, 1);
});
