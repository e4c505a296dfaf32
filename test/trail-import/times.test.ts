/** Times that are missing, or that nobody can have meant. */
import assert from 'node:assert/strict';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { queryEvents } from '../../src/trail/trailQueries.ts';
import { ACCOUNT } from '../unit/trail/records.ts';
import { allAre, numbered, place, putRecords, runImport, START, sums, withIndex } from './setup.ts';

test('a clock in the future, and times that cannot be: for those, the time of their file', async t => {
  const at = place(t);
  putRecords(at, `${ACCOUNT}_CloudTrail_eu-west-1_20250310T1005Z_x.json`, [
    numbered(1, { eventTime: '2126-01-01T00:00:00Z' }),
    numbered(2, { eventTime: '9999-12-31T23:59:59Z' }),
    numbered(3, { eventTime: '+275760-09-13T00:00:00Z' }),
    numbered(4, { eventTime: '1960-01-01T00:00:00Z' }),
    numbered(5),
  ]);
  assert.equal((await runImport(at)).added, 5);
  assert.deepEqual(sums(at), allAre(5));
  const { events } = withIndex(at, index => queryEvents(index, { limit: 10 }));
  assert.deepEqual(
    events.map(({ time }) => new Date(time).getUTCFullYear()),
    [9999, 2126, 2026, 2025, 2025],
  );
});

test('records without a time are the same events on another day, from a copy of their file', async t => {
  const at = place(t);
  const delivered = `${ACCOUNT}_CloudTrail_eu-west-1_20260310T1005Z_x.json`;
  const importOn = (day: number, folder: string) => {
    putRecords(at, `${folder}/${delivered}`, [numbered(1, { eventTime: undefined })]);
    putRecords(at, `${folder}/a.json`, [numbered(2, { eventTime: 'yesterday' })]);
    utimesSync(join(at.files, folder, 'a.json'), START / 1000, START / 1000);
    return runImport(at, {}, { now: () => START + day * 86_400_000 });
  };
  assert.equal((await importOn(1, 'first')).added, 2);
  assert.equal((await importOn(3, 'second')).added, 0);
  assert.deepEqual(sums(at), allAre(2));
});
