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
