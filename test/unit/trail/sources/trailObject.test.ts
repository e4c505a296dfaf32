import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type BucketPlace,
  deliveryOf,
  folderKind,
  keyBefore,
  trailObject,
} from '../../../../src/trail/sources/trailObject.ts';

const FILE = '111122223333_CloudTrail_eu-west-1_20260131T2359Z_Mu0KsOhtH1ar15ZZ.json.gz';
const FOLDER = 'AWSLogs/o-exampleorgid/111122223333/CloudTrail/eu-west-1/';
const PLACE: BucketPlace = {
  accountId: '111122223333',
  region: 'eu-west-1',
  prefix: `logs/of dev/${FOLDER}`,
  folder: FOLDER,
};
const KEY = `${PLACE.prefix}2026/01/31/${FILE}`;

test('an object of events: its name, and when it was delivered', () => {
  assert.deepEqual(trailObject(PLACE, KEY, 7), {
    key: KEY,
    name: `${FOLDER}2026/01/31/${FILE}`,
    bytes: 7,
    deliveredAt: Date.UTC(2026, 0, 31, 23, 59),
  });
});

for (const [what, key] of [
  ['of another place', KEY.replace('logs/of dev/', '')],
  ['with the name of another account', KEY.replace('/31/1111', '/31/9999')],
  ['with the name of another Region', KEY.replace('CloudTrail_eu-west-1', 'CloudTrail_us-east-1')],
  ['a folder', KEY.replace(FILE, '')],
  ['up and out', KEY.replace(FILE, `../../${FILE}`)],
  ['out by a backslash', KEY.replace(FILE, `..\\..\\${FILE}`)],
  ['a null byte', KEY.replace('Mu0', 'Mu\0')],
  ['a very long name', KEY.replace('Mu0', 'M'.repeat(300))],
  ['another file', KEY.replace('.json.gz', '.exe')],
  ['one within another', `${KEY}/../${KEY}`],
  ['a new line', `${KEY}\n`],
] as const)
  test(`no object of events: ${what}`, () => assert.equal(trailObject(PLACE, key, 7), undefined));

test('what comes before a minute’s keys comes after those of the minute before', () => {
  const minute = Date.UTC(2026, 0, 31, 23, 59);
  const before = keyBefore(PLACE, minute + 30_000);
  assert.ok(before < KEY && before > KEY.replace('T2359Z', 'T2358Z_zzz'));
  assert.ok(keyBefore(PLACE, minute + 60_000) > KEY);
  assert.match(keyBefore(PLACE, minute + 60_000), /\/2026\/02\/01\/.*_20260201T0000Z$/);
});

test('objects of the next hour may have events of a period', () => {
  const noon = Date.UTC(2026, 0, 31, 12);
  assert.deepEqual(deliveryOf({ from: noon + 31_000, to: noon + 61_000 }), {
    from: noon,
    to: noon + 62 * 60_000,
  });
});

test('folders by their names', () => {
  assert.deepEqual(
    ['CloudTrail', 'CloudTrail-Digest', 'CloudTrail-Insight', 'CloudTrail-NetworkActivity', 'Config'].map(
      folderKind,
    ),
    ['events', 'digests', 'insights', 'other', 'other'],
  );
});
