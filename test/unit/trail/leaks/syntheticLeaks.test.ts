/** The synthetic leaks: each is found, at the event that it says, and nothing else is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attribute } from '../../../../src/trail/attribution/attribute.ts';
import { NO_CALLS } from '../../../../src/trail/leaks/denials.ts';
import { findLeaks } from '../../../../src/trail/leaks/findLeaks.ts';
import { joinsOf, parsed } from '../attribution/joined.ts';
import { knownOf } from '../records.ts';
import { syntheticLeaks } from './syntheticLeaks.ts';

const story = syntheticLeaks();
const events = [...story.leaks.flatMap(({ records }) => records), ...story.starts].map(parsed);
const known = {
  ...knownOf(story.ledger, { users: story.users, agents: story.agents }),
  ...joinsOf(events),
};
const { findings } = findLeaks(
  events.map(event => ({ ...event, attribution: attribute(event, known) })),
  { watches: new Map(), recent: NO_CALLS },
  { known, revokedAt: id => story.revoked.get(id), seenInAgent: () => undefined },
);

for (const { made, leak, records } of story.leaks)
  test(`${made}: ${leak ?? 'no leak'}`, () => {
    const id = records.at(-1)?.['eventID'];
    const found = findings
      .filter(({ event }) => event.eventId === id)
      .map(({ kind, severity, confidence }) => `${kind} ${severity} ${confidence}`);
    assert.deepEqual([...new Set(found)], leak === undefined ? [] : [leak]);
  });

test('the story is the same each time', () => {
  assert.deepEqual(syntheticLeaks(), syntheticLeaks());
});
