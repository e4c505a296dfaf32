import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEventKeys, MOST_EVENTS } from '../../../../src/trail/index/eventKeys.ts';
import { createBatchBuilder } from '../../../../src/trail/scan/batchBuilder.ts';
import { databaseFile, openIndexOf } from '../trailSetup.ts';

test('a batch of more events than can be told apart is refused: its events would be doubled', t => {
  const { claim } = createEventKeys(openIndexOf(t, databaseFile(t)));
  const batch = { ...createBatchBuilder(1).take(), count: MOST_EVENTS + 1 };
  assert.throws(() => claim(batch, [], 0), /131073 events/);
});
