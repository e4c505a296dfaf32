/** The synthetic trail: every record of it gets the verdict that its specification says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attribute } from '../../../../src/trail/attribution/attribute.ts';
import { identityKey, memoized } from '../../../../src/trail/attribution/identityKey.ts';
import { shown } from './attributionCase.ts';
import { joined } from './joined.ts';
import { syntheticTrail } from './synthetic.ts';

const { events, known, cases } = joined(syntheticTrail());

for (const [index, { made, verdict }] of cases.entries())
  test(`${made}: ${verdict}`, () => {
    const event = events[index];
    assert.ok(event);
    const { reason, ...rest } = attribute(event, known);
    assert.equal(shown(rest), verdict, reason);
    assert.match(reason, /^[A-Z\p{Ll}].*[.]$/u, 'a reason is a sentence');
    assert.doesNotMatch(reason, /undefined|null|\[object/);
  });

test('equal keys, equal verdicts; the memo says the same, twice', () => {
  const verdicts = new Map<string, string>();
  const remember = memoized(known, 10);
  for (const event of [...events, ...events]) {
    const verdict = JSON.stringify(attribute(event, known));
    const key = identityKey(event);
    assert.equal(verdicts.get(key) ?? verdict, verdict, key);
    verdicts.set(key, verdict);
    assert.equal(JSON.stringify(remember(event)), verdict);
    assert.equal(JSON.stringify(remember(event)), verdict);
  }
});

test('the trail is the same each time', () => {
  assert.deepEqual(syntheticTrail(), syntheticTrail());
});
