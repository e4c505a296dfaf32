import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LookupAnswer, LookupRequest } from '../../../src/trail/lookUp.ts';
import { readNewestFirst } from '../../../src/trail/readNewestFirst.ts';
import { awsError } from './fakeCloudTrail.ts';

const period = { from: 0, to: 100_000 };

/** Seconds of the events on each page; `refused` where the token is. */
type Script = readonly (readonly number[] | 'refused')[];

async function read(script: Script): Promise<{ complete: string[]; asked: LookupRequest[] }> {
  const asked: LookupRequest[] = [];
  const lookUp = async (request: LookupRequest): Promise<LookupAnswer> => {
    asked.push(request);
    const page = script[asked.length - 1] ?? [];
    if (page === 'refused') throw awsError('InvalidNextTokenException');
    const more = asked.length < script.length;
    return {
      events: page.map(second => ({ json: '{}', time: second * 1000 + 500 })),
      serverTime: 200_000 + asked.length,
      ...(more ? { nextToken: `t${asked.length}` } : {}),
    };
  };
  const complete: string[] = [];
  for await (const page of readNewestFirst(lookUp, period)) {
    assert.equal(page.asOf, 200_001, 'the time at which the reading began');
    complete.push(page.complete ? `${page.complete.from / 1000}-${page.complete.to / 1000}` : '-');
  }
  return { complete, asked };
}

for (const [what, script, expected] of [
  ['one page', [[90, 80]], '0-100'],
  ['nothing', [[]], '0-100'],
  ['the oldest second may go on on the next page', [[90, 80], [80, 70], [60]], '81-100 71-100 0-100'],
  ['an empty page', [[], [50], []], '- 51-100 0-100'],
  ['the whole page in the last second', [[100, 100], [90]], '- 0-100'],
  [
    'what does not come newest first is complete at the end only',
    [[50], [60], [40], [30]],
    '51-100 - - 0-100',
  ],
  ['out of order within a page', [[50, 60], [40], []], '- - 0-100'],
] satisfies [string, Script, string][])
  test(`${what}: ${expected}`, async () => {
    assert.equal((await read(script)).complete.join(' '), expected);
  });

test('a token that is refused: asks again from the oldest second on, that second included', async () => {
  const { complete, asked } = await read([[90, 80], 'refused', [80, 70], 'refused', [60]]);
  assert.deepEqual(complete, ['81-100', '71-100', '0-100']);
  assert.deepEqual(
    asked.map(({ endTime, nextToken }) => [endTime, nextToken]),
    [
      [100_000, undefined],
      [100_000, 't1'],
      [80_000, undefined],
      [80_000, 't3'],
      [70_000, undefined],
    ],
  );
});

for (const [what, script] of [
  ['without progress since the last time', [[90], 'refused', [90], 'refused', [80]]],
  ['where the order cannot be relied on', [[50, 60], 'refused', [40]]],
] satisfies [string, Script][])
  test(`a token that is refused ${what} is an error`, async () => {
    await assert.rejects(read(script), { name: 'InvalidNextTokenException' });
  });
