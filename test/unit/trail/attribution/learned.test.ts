import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attribute } from '../../../../src/trail/attribution/attribute.ts';
import type { Evidence } from '../../../../src/trail/attribution/attribution.ts';
import {
  type Clue,
  cluesOf,
  cluesOfCopy,
  cluesOfEntry,
  cluesOfIdentity,
  cluesOfSession,
  withDescendants,
} from '../../../../src/trail/attribution/learned.ts';
import { better, sessionIn } from '../../../../src/trail/attribution/mintedSession.ts';
import { knownOf } from '../records.ts';
import { joinsOf, parsed } from './joined.ts';
import { syntheticTrail } from './synthetic.ts';

const trail = syntheticTrail();
const starts = trail.starts.map(parsed);
const events = [...trail.cases.map(({ record }) => parsed(record)), ...starts];
const identities = { users: trail.users, agents: trail.agents };
const everything = { ...knownOf(trail.ledger, identities), ...joinsOf(events) };

/** Which events get another verdict by what is learned, and which ones the clues said may get one. */
function assertFound(before: typeof everything, learned: readonly Clue[]): void {
  const clues = new Set<Clue>(learned);
  const isTouched = (event: Evidence): boolean => cluesOf(event).some(clue => clues.has(clue));
  for (const clue of events.filter(isTouched).flatMap(cluesOfCopy)) clues.add(clue);
  const changed = events.filter(
    event => JSON.stringify(attribute(event, before)) !== JSON.stringify(attribute(event, everything)),
  );
  assert.ok(changed.length > 0, 'something is learned');
  for (const event of changed)
    assert.ok(isTouched(event), `${event.id} ${attribute(event, everything).reason}`);
}

function childrenOf(accessKeyId: string): string[] {
  return events.flatMap(event => {
    const session = sessionIn(event);
    return session?.caller.accessKeyId === accessKeyId ? [session.accessKeyId] : [];
  });
}

/** The clues of these sessions and of all that descend from them. */
function descendantClues(accessKeyIds: readonly string[]): Clue[] {
  const keys = withDescendants(accessKeyIds, latest => latest.flatMap(childrenOf));
  return [...keys].flatMap(key => {
    const session = everything.mintedBy(key);
    return [`key:${key}` as const, ...(session ? cluesOfSession(session) : [])];
  });
}

for (const entry of trail.ledger)
  test(`the ledger learns of the ${entry.kind}'s session`, () => {
    const others = trail.ledger.filter(each => each !== entry);
    const before = { ...everything, ...knownOf(others, identities) };
    assertFound({ ...before, ...joinsOf(events) }, [
      ...cluesOfEntry(entry),
      ...descendantClues([entry.accessKeyId]),
    ]);
  });

for (const user of trail.users)
  test(`a profile comes: ${user.name}`, () => {
    const before = { ...everything, users: trail.users.filter(each => each !== user) };
    const started = events.flatMap(event => sessionIn(event) ?? []);
    const its = started.filter(({ caller }) => caller.arn === user.arn).map(each => each.accessKeyId);
    assertFound(before, [...cluesOfIdentity(user), ...descendantClues(its)]);
  });

test('an agent comes', () => {
  const [agent] = trail.agents;
  assert.ok(agent);
  const started = events.flatMap(event => sessionIn(event) ?? []);
  const its = started.filter(({ roleArn }) => roleArn === agent.roleArn).map(each => each.accessKeyId);
  assertFound({ ...everything, agents: [] }, [...cluesOfIdentity(agent), ...descendantClues(its)]);
});

test('a session is seen to start', () => {
  for (const start of starts) {
    const session = sessionIn(start);
    if (session === undefined) continue;
    const before = { ...everything, ...joinsOf(events.filter(event => event !== start)) };
    const affects = events.some(
      event => JSON.stringify(attribute(event, before)) !== JSON.stringify(attribute(event, everything)),
    );
    if (affects) assertFound(before, descendantClues([session.accessKeyId]));
  }
});

test('the copy that shows the caller comes', () => {
  const shows = events.filter(event => cluesOfCopy(event).length > 0);
  assert.equal(shows.length, 1);
  const before = { ...everything, ...joinsOf(events.filter(event => !shows.includes(event))) };
  assertFound(before, shows.flatMap(cluesOfCopy));
});

test('descendants in a circle end', () => {
  const children: Record<string, string[]> = { a: ['b', 'c'], b: ['a'], c: ['c'] };
  assert.deepEqual(
    [...withDescendants(['a'], keys => keys.flatMap(key => children[key] ?? []))],
    ['a', 'b', 'c'],
  );
});

test('of two records of one session, the one that shows the caller is better', () => {
  const seen = starts.flatMap(start => sessionIn(start) ?? []).find(({ caller }) => caller.arn !== undefined);
  assert.ok(seen);
  const hidden = { ...seen, caller: { type: 'AWSAccount', accountId: '111122223333' } };
  assert.equal(better(hidden, seen), seen);
  assert.equal(better(seen, hidden), seen);
});
