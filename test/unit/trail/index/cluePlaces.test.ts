import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Evidence } from '../../../../src/trail/attribution/attribution.ts';
import type { Clue } from '../../../../src/trail/attribution/learned.ts';
import { type Callers, createCallers } from '../../../../src/trail/index/callers.ts';
import { createNames } from '../../../../src/trail/index/names.ts';
import type { TrailIndex } from '../../../../src/trail/index/openIndex.ts';
import { parseTrailEvent } from '../../../../src/trail/trailEvent.ts';
import { ACCOUNT, knownOf, REGION, record, START } from '../records.ts';
import { databaseFile, openIndexOf } from '../trailSetup.ts';

const known = knownOf([]);

function evidenceOf(number: number): Evidence {
  const json = JSON.stringify(
    record({
      userIdentity: {
        type: 'AssumedRole',
        arn: `arn:aws:sts::${ACCOUNT}:assumed-role/role/session-${number}`,
        accountId: ACCOUNT,
        accessKeyId: `ASIA${number}`,
        principalId: `AROA:session-${number}`,
      },
    }),
  );
  return parseTrailEvent({ json }, { accountId: ACCOUNT, region: REGION, at: START });
}

/** Of every sort, of callers that are there and of many that are not. */
const clues: Clue[] = Array.from({ length: 1000 }, (_, number): Clue => {
  const value = number * 3;
  if (number % 3 === 0) return `key:ASIA${value}`;
  if (number % 3 === 1) return `session:session-${value}`;
  return number % 2 === 0
    ? `id:AROA:session-${value}`
    : `arn:arn:aws:sts::${ACCOUNT}:assumed-role/role/session-${value}`;
});

function callersOf(index: TrailIndex): Callers {
  return createCallers(index.db, index.hash, createNames(index.db, index.hash));
}

function agree(callers: Callers): number {
  const oneByOne = clues.flatMap(clue => callers.touchedBy([clue])).toSorted();
  const together = callers.touchedBy(clues).toSorted();
  assert.deepEqual([...new Set(oneByOne)], together);
  return together.length;
}

test('many clues find the callers that each of them finds by itself, whenever the caller came', t => {
  const file = databaseFile(t);
  const [index, other] = [openIndexOf(t, file), openIndexOf(t, file)];
  const [callers, elsewhere] = [callersOf(index), callersOf(other)];
  const add = (to: Callers, numbers: readonly number[]): void => {
    for (const number of numbers) to.find(evidenceOf(number), known);
  };
  assert.equal(agree(callers), 0);
  add(callers, [0, 3, 6, 9, 12, 15, 1]);
  assert.equal(agree(callers), 6, 'after its memory was made');
  add(elsewhere, [18, 21, 24]);
  callers.forgetActors();
  assert.equal(agree(callers), 9, 'by another window');
});

/** How many rows each reading of the callers' keys and sessions took. */
function readings(index: TrailIndex): number[] {
  const { all } = index.db;
  const rows: number[] = [];
  index.db.all = (sql, ...values) => {
    const found = all(sql, ...values);
    if (/access_key_id|session_name/.test(sql) && !sql.includes('json_each')) rows.push(found.length);
    return found;
  };
  return rows;
}

function many(index: TrailIndex, count: number): void {
  index.db.run(
    `WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < ?)
     INSERT INTO caller (hash, evidence, search, access_key_id, session_name, arn, issuer, actor, attribution)
     SELECT x, '{}', '', 'AKIA' || x, 's-' || x, 0, 0, 1, '{}' FROM n`,
    count,
  );
}

test('callers are read in pieces, and once: then only those that have come', t => {
  const file = databaseFile(t);
  const [index, other] = [openIndexOf(t, file), openIndexOf(t, file)];
  many(index, 12_000);
  const callers = callersOf(index);
  const rows = readings(index);
  agree(callers);
  assert.ok(Math.max(...rows) <= 5000, `${Math.max(...rows)} rows at once`);
  rows.length = 0;
  callersOf(other).find(evidenceOf(3), known);
  callers.forgetActors();
  assert.equal(agree(callers), 1);
  assert.equal(
    rows.reduce((sum, count) => sum + count, 0),
    1,
  );
});

test('a number that a transaction had given before it failed is another caller’s later', t => {
  const index = openIndexOf(t, databaseFile(t));
  const callers = callersOf(index);
  const failed = (): void =>
    index.db.transaction(() => {
      callers.find(evidenceOf(999_999), known);
      callers.touchedBy(clues);
      throw new Error('the disk is full');
    });
  assert.throws(failed, /the disk is full/);
  callers.forget();
  callers.find(evidenceOf(6), known);
  assert.equal(agree(callers), 1);
});
