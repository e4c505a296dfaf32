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

test('each event with the time in which its leaks were seen', t => {
  const db = open(t, databaseFile(t));
  for (const [key, firstAt, lastAt] of [
    ['a', 1000, 2000],
    ['b', 1500, 3000],
  ] as const)
    db.run('INSERT INTO leak VALUES (?, ?, ?)', key, lastAt, JSON.stringify({ key, firstAt, lastAt }));
  for (const [key, eventId] of [
    ['a', 'x'],
    ['a', 'y'],
    ['b', 'y'],
    ['gone', 'z'],
  ] as const)
    db.run('INSERT INTO leak_event VALUES (?, ?, ?)', key, '1', eventId);
  const spans = queryLeakEvents(db).map(({ eventId, within }) => [eventId, within?.from, within?.to]);
  assert.deepEqual(spans.toSorted(), [
    ['x', 1000, 2000],
    ['y', 1000, 3000],
    ['z', undefined, undefined],
  ]);
});
