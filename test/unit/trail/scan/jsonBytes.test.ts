import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DamagedJson, endOfString, endOfValue, jsonIn } from '../../../../src/trail/scan/jsonBytes.ts';

/** Four bytes at a time, what is looked for may stand at any of them, also beside bytes that are nearly the same. */
const PARTS = ['', 'a', 'ab', 'abc', '!', '#', '[', ']', '\\"', '\\\\', '\\\\\\"', '\u0001', 'ä', '\u00a2'];
const TEXTS = PARTS.flatMap(one => PARTS.flatMap(two => PARTS.map(three => one + two + three)));

test('a string ends at its quote, wherever that stands', () => {
  for (const text of TEXTS)
    for (const after of ['', ',', '"', '"\\"']) {
      const { bytes, words } = jsonIn(Buffer.from(`${text}"${after}`));
      assert.equal(endOfString(words, 0, bytes.length), Buffer.byteLength(text), text);
    }
});

test('a string without a closing quote is damaged at its end', () => {
  for (const text of TEXTS) {
    const { bytes, words } = jsonIn(Buffer.from(text));
    assert.throws(() => endOfString(words, 0, bytes.length), new DamagedJson(bytes.length));
  }
});

for (const [value, rest] of [
  ['{"a":[{"b":"}]"}]}', ',1'],
  ['[[],{},"\\"]"]', ']'],
  ['-1.5e+3', '}'],
  ['true', ' '],
  ['"x"', ''],
  ['null', ''],
] as const)
  test(`the end of ${value}`, () => {
    const { bytes, words } = jsonIn(Buffer.from(` ${value}${rest}`));
    assert.equal(endOfValue(words, 1, bytes.length), 1 + value.length);
  });

for (const [text, at] of [
  ['', 0],
  ['{"a":1', 6],
  ['[[]', 3],
  ['"a', 2],
  ['?', 0],
] as const)
  test(`no value: ${text}`, () => {
    const { bytes, words } = jsonIn(Buffer.from(text));
    assert.throws(() => endOfValue(words, 0, bytes.length), new DamagedJson(at));
  });
