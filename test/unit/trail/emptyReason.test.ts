import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, MINUTE } from '../../../src/base/clock.ts';
import { emptyReason } from '../../../src/trail/emptyReason.ts';
import { trailRegions } from '../../../src/trail/trailRegions.ts';

const now = DAY;
const facts = { hasProfile: true, signedIn: true, from: 0, to: now, now };

for (const [what, change, reason] of [
  ['no profile', { hasProfile: false, signedIn: false }, 'noProfile'],
  ['not signed in', { signedIn: false }, 'notSignedIn'],
  ['a long period in which nothing was done', {}, 'nothingInPeriod'],
  ['something was done a moment ago', { lastActivityAt: now - MINUTE }, 'late'],
  ['something was done an hour ago', { lastActivityAt: now - 60 * MINUTE }, 'nothingInPeriod'],
  ['only the last minutes are shown', { from: now - 10 * MINUTE }, 'late'],
  ['a period in the past', { to: now - 60 * MINUTE, lastActivityAt: now }, 'nothingInPeriod'],
] as const)
  test(`empty: ${what}: ${reason}`, () => assert.equal(emptyReason({ ...facts, ...change }), reason));

for (const [regions, read] of [
  ['eu-west-1', 'eu-west-1 us-east-1'],
  ['us-east-1', 'us-east-1'],
  ['eu-west-1 eu-central-1', 'eu-west-1 us-east-1 eu-central-1'],
  ['cn-northwest-1', 'cn-northwest-1 cn-north-1'],
  ['us-gov-east-1', 'us-gov-east-1 us-gov-west-1'],
  ['us-iso-west-1', 'us-iso-west-1 us-iso-east-1'],
] as const)
  test(`what was done in ${regions} is in ${read}`, () =>
    assert.equal(trailRegions(regions.split(' ')).join(' '), read));
