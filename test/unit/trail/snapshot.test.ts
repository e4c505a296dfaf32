/** A question is answered out of the index as it was when it was asked, whatever another window does meanwhile. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR } from '../../../src/base/clock.ts';
import { keepTo } from '../../../src/trail/aside/keep.ts';
import type { Trail } from '../../../src/trail/trail.ts';
import { createTrailStore } from '../../../src/trail/trailStore.ts';
import { fakeCloudTrail } from './fakeCloudTrail.ts';
import { ACCOUNT, event, iamUser, knownOf, START } from './records.ts';
import { databaseFile, open, openIndexOf, trailOn } from './trailSetup.ts';
import { virtualClock } from './virtualClock.ts';

const COUNT = 60;

const questions: Readonly<Record<string, (trail: Trail) => unknown>> = {
  events: trail =>
    trail
      .events({ limit: COUNT })
      .events.map(({ eventId, attribution }) => [eventId, attribution.actor.name]),
  'events with words': trail => trail.events({ filter: { text: 's3' }, limit: COUNT }).events.length,
  'groups of days with words': trail => trail.groups('day', { text: 's3' }),
};

for (const [name, ask] of Object.entries(questions))
  test(`${name}: another window lets everything go between two of its statements`, t => {
    const clock = virtualClock(START + 2 * COUNT * HOUR);
    const file = databaseFile(t);
    const [index, other] = [openIndexOf(t, file), openIndexOf(t, file)];
    const trail = trailOn(open(t, file), index, clock, fakeCloudTrail(clock).connect);
    t.after(() => trail.dispose());
    const events = Array.from({ length: COUNT }, (_, number) =>
      event({
        eventID: `e-${number}`,
        eventTime: new Date(START + number * HOUR).toISOString(),
        userIdentity: iamUser({
          userName: `user-${number}`,
          arn: `arn:aws:iam::${ACCOUNT}:user/user-${number}`,
        }),
      }),
    );
    createTrailStore(other).keep(events, knownOf([]));
    const expected = ask(trail);
    // Its verdicts are up to date: what follows are the question's own statements.
    let statements = 0;
    const { all } = index.db;
    Object.assign(index.db, {
      all: (...args: Parameters<typeof all>) => {
        const rows = all(...args);
        if (++statements === 2) keepTo(other, { since: clock.now(), maxBytes: 2 ** 40 });
        return rows;
      },
    });
    assert.deepEqual(ask(trail), expected);
  });
