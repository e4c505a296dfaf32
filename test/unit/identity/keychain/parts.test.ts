import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Secret } from '../../../../src/base/secret.ts';
import {
  joinValue,
  MAX_PART_BYTES,
  newPartSet,
  partKeys,
  readManifest,
  splitValue,
  writeManifest,
} from '../../../../src/identity/keychain/parts.ts';

describe('a value in parts', () => {
  const values: [what: string, value: string, parts: number][] = [
    ['nothing', '', 1],
    ['a secret access key', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 1],
    ['exactly one part, with its quotes', 'x'.repeat(MAX_PART_BYTES - 2), 1],
    ['one more', 'x'.repeat(MAX_PART_BYTES - 1), 2],
    ['ten kilobytes', 'x'.repeat(10_000), 5],
    ['NUL, line ends and DEL', 'a\0b\r\nc\u007fd\u2028e', 1],
    ['letters that take several bytes', 'Zoë 🦩 ключ', 1],
    ['half a surrogate pair', '\ud83e', 1],
    ['escapes across a border', 'é'.repeat(3000), 8],
    ['what looks like JSON', '{"a":"\\u0041"}', 1],
  ];
  for (const [what, value, count] of values) {
    test(what, () => {
      const parts = splitValue(new Secret(value));
      assert.equal(parts.length, count);
      for (const part of parts) assert.match(part, new RegExp(`^[\\x20-\\x7e]{1,${MAX_PART_BYTES}}$`));
      assert.equal(joinValue(parts), value);
    });
  }

  for (const parts of [[], ['"a'], ['{}'], ['17']]) {
    test(`is not ${JSON.stringify(parts)}`, () => assert.equal(joinValue(parts), undefined));
  }
});

describe('a manifest', () => {
  test('names the parts of one generation', () => {
    const set = newPartSet('profile/x', 3);
    assert.deepEqual(readManifest('profile/x', writeManifest(set)), set);
    assert.equal(new Set(partKeys(set)).size, 3);
    assert.ok(partKeys(set).every(key => key.startsWith(`profile/x#${set.generation}/`)));
  });

  test('never has the generation of another', () => {
    assert.notEqual(newPartSet('a', 1).generation, newPartSet('a', 1).generation);
  });

  const foreign = [undefined, '', 'x', '{}', '{"generation":"ab"}', '{"generation":"ab","count":0}'];
  for (const text of [...foreign, '{"generation":"../x","count":1}', '{"generation":"ab","count":1e9}']) {
    test(`is not ${text}`, () => assert.equal(readManifest('a', text), undefined));
  }
});
