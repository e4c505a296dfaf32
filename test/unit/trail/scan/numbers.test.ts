import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packEventId, unpackEventId } from '../../../../src/trail/scan/eventId.ts';
import { jsonIn } from '../../../../src/trail/scan/jsonBytes.ts';
import { Pairs } from '../../../../src/trail/scan/pairs.ts';
import { SpanMap } from '../../../../src/trail/scan/spanMap.ts';
import { seededRandom } from '../virtualClock.ts';

test('pairs have one number each, however many there are', () => {
  const random = seededRandom(9);
  const pairs = new Pairs<string>();
  const expected = new Map<string, number>();
  for (let round = 0; round < 20_000; round++) {
    const [first, second] = [Math.floor(random() * 200), Math.floor(random() * 200)];
    const name = `${first} ${second}`;
    const number = pairs.find(first, second) || pairs.add(first, second, name);
    assert.equal(number, expected.get(name) ?? expected.size + 1);
    expected.set(name, number);
    assert.equal(pairs.value(number), name);
  }
  assert.equal(pairs.count, expected.size);
  assert.deepEqual(pairs.take(), [...expected.keys()]);
  assert.deepEqual(pairs.take(), []);
});

test('byte sequences have one number each, also where they differ in one place only', () => {
  const map = new SpanMap(1);
  const texts = Array.from({ length: 3000 }, (_, index) => `${'a'.repeat(index % 97)}-${index}`);
  for (const [index, text] of texts.entries())
    assert.equal(map.add(words(text), 0, text.length), -(index + 1));
  for (const [index, text] of texts.entries())
    assert.equal(map.add(words(`<${text}>`), 1, text.length + 1), index + 1);
});

for (const id of [
  '450230d4-b39e-4a18-a6a0-d07a6e2105cb',
  '450230D4-B39E-4A18-A6A0-D07A6E2105CB',
  '450230d4xb39e-4a18-a6a0-d07a6e2105cb',
  'g50230d4-b39e-4a18-a6a0-d07a6e2105cb',
  '',
  'e-1',
])
  test(`an event id comes back as it was: "${id}"`, () => assert.equal(unpackEventId(packEventId(id)), id));

function words(text: string): DataView {
  return jsonIn(Buffer.from(text)).words;
}
