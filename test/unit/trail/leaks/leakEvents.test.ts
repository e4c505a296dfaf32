import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queryLeakEvents } from '../../../../src/trail/leaks/leakEvents.ts';
import { databaseFile, open } from '../trailSetup.ts';

test('the events of a leak, and those of all leaks, each once', t => {
  const db = open(t, databaseFile(t));
  for (const [key, accountId, eventId] of [
    ['a', '1', 'x'],
    ['a', '1', 'y'],
    ['b', '1', 'y'],
    ['b', '2', 'y'],
  ] as const)
    db.run('INSERT INTO leak_event VALUES (?, ?, ?)', key, accountId, eventId);
  const names = (key?: string): string[] =>
    queryLeakEvents(db, key)
      .map(({ accountId, eventId }) => accountId + eventId)
      .toSorted();
  assert.deepEqual(names('a'), ['1x', '1y']);
  assert.deepEqual(names('b'), ['1y', '2y']);
  assert.deepEqual(names(), ['1x', '1y', '2y']);
  assert.deepEqual(names('none'), []);
});
