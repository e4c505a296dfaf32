/** Groups, whatever time a record says that it is of. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE } from '../../../src/base/clock.ts';
import { queryGroups } from '../../../src/trail/trailGroups.ts';
import { queryEvents } from '../../../src/trail/trailQueries.ts';
import { createTrailStore } from '../../../src/trail/trailStore.ts';
import { event, knownOf, START } from './records.ts';
import { databaseFile, openIndexOf } from './trailSetup.ts';

const FAR = Date.UTC(12_026, 2, 10);

for (const [what, eventTime, foundAt, time] of [
  ['says a year that no calendar has', '+275760-09-13T00:00:00Z', START, START],
  ['says a year before all computers', '-000100-01-01T00:00:00Z', START, START],
  ['says the last day of 1969', '1969-12-31T12:00:00Z', START, START],
  ['was found in a year that SQLite has no days for', 'at noon', FAR, FAR],
] as const)
  test(`an event that ${what} leaves the list by day whole`, t => {
    const index = openIndexOf(t, databaseFile(t));
    const odd = { ...event({ eventID: 'odd', eventTime }), time: foundAt };
    createTrailStore(index).keep([event({ eventID: 'usual' }), odd], knownOf([]));
    for (const filter of [{}, { service: odd.source }]) {
      const groups = queryGroups(index, 'day', filter);
      for (const { key, count, label } of groups)
        assert.equal(queryEvents(index, { filter, group: key, limit: 9 }).events.length, count, label);
      assert.equal(groups[0]?.latest, time);
    }
  });

test('the newest of a part of an hour before 1970 is then, not in 1970', t => {
  const index = openIndexOf(t, databaseFile(t));
  const early = { ...event({ eventTime: 'none' }), time: -5 * MINUTE };
  createTrailStore(index).keep([early], knownOf([]));
  const [group] = queryGroups(index, 'actor', { from: -10 * MINUTE, to: -MINUTE });
  assert.equal(group?.latest, -5 * MINUTE);
});
