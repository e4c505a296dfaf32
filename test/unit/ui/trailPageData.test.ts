import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import * as v from 'valibot';
import { DAY, HOUR } from '../../../src/base/clock.ts';
import { ACTOR_KINDS } from '../../../src/trail/attribution/attribution.ts';
import type { MatrixCell } from '../../../src/trail/trailCharts.ts';
import { Asked, KINDS } from '../../../src/ui/trailPage/messages.ts';
import {
  activityOf,
  firstPeriod,
  matrixOf,
  stretchOf,
  timelineEvents,
} from '../../../src/ui/trailPageData.ts';
import { storedEvent } from './trailThings.ts';

const T = Date.UTC(2026, 2, 10, 10);

test('the page knows the actors that there are, in their order', () =>
  assert.deepEqual<readonly string[]>(KINDS, ACTOR_KINDS));

describe('activity', () => {
  it('fills hours in which nothing happened, and adds up what failed', () => {
    const activity = activityOf({
      step: HOUR,
      bars: [
        { time: T, kind: 'agent', events: 3, errors: 1 },
        { time: T, kind: 'user', events: 2, errors: 1 },
        { time: T + 2 * HOUR, kind: 'user', events: 1, errors: 0 },
      ],
    });
    assert.deepEqual(activity, {
      step: HOUR,
      kinds: ['user', 'agent'],
      bars: [
        { from: T, events: { agent: 3, user: 2 }, failed: 2 },
        { from: T + HOUR, events: {}, failed: 0 },
        { from: T + 2 * HOUR, events: { user: 1 }, failed: 0 },
      ],
    });
  });

  it('of nothing is empty', () =>
    assert.deepEqual(activityOf({ step: DAY, bars: [] }), { step: DAY, kinds: [], bars: [] }));
});

describe('periods', () => {
  it('reach to the end of this hour', () =>
    assert.deepEqual(stretchOf(1, T + 5), { from: T + HOUR - DAY, to: T + HOUR }));

  it('the first is the shortest that has something', () => {
    assert.equal(
      firstPeriod(days => days >= 30),
      30,
    );
    assert.equal(
      firstPeriod(() => false),
      0,
    );
  });
});

function cell(
  name: string,
  source: string,
  events: number,
  over: Partial<MatrixCell['actor']> = {},
): MatrixCell {
  const actor = { kind: 'user', name, onBehalfOf: '', accountId: '111122223333', ...over } as const;
  return { actor, source: `${source}.amazonaws.com`, name: 'X', events, errors: 1 };
}

describe('the matrix', () => {
  it('has the most active actors and services first, and adds up their calls', () => {
    const { services, rows } = matrixOf(
      [cell('bob', 's3', 1), cell('alice', 's3', 5), cell('alice', 's3', 2), cell('alice', 'ec2', 9)],
      0,
    );
    assert.deepEqual(
      services.map(({ label }) => label),
      ['ec2', 's3'],
    );
    assert.deepEqual(
      rows.map(({ label, events, cells }) => [label, events, cells]),
      [
        [
          'alice',
          16,
          [
            { events: 9, failed: 1 },
            { events: 7, failed: 2 },
          ],
        ],
        [
          'bob',
          1,
          [
            { events: 0, failed: 0 },
            { events: 1, failed: 1 },
          ],
        ],
      ],
    );
  });

  it('tells two of one name apart', () => {
    const cells = [cell('root', 's3', 2), cell('root', 's3', 1, { accountId: '444455556666' })];
    assert.deepEqual(
      matrixOf(cells, 0).rows.map(({ label }) => label),
      ['root (1111-2222-3333)', 'root (4444-5555-6666)'],
    );
  });

  it('counts what is too rare to be shown', () => {
    const many = Array.from({ length: 50 }, (_, number) => cell(`a${number}`, `s${number}`, 50 - number));
    const { rows, services, hiddenActors, hiddenServices } = matrixOf(many, 7);
    assert.deepEqual([rows.length, hiddenActors, services.length, hiddenServices], [30, 20, 20, 30]);
    assert.equal(rows[0]?.label, 'a0');
  });

  it('of an organisation is made in a moment', () => {
    const cells = Array.from({ length: 50_000 }, (_, at) => cell(`a${at % 20_000}`, `s${at % 40}`, at));
    const began = performance.now();
    matrixOf(cells, 0);
    assert.ok(performance.now() - began < 2000);
  });
});

test('a deployment’s events are told oldest first, as one line each', () => {
  const events = timelineEvents([
    storedEvent({ time: 2 }),
    storedEvent({ time: 1, name: 'Put\nObject', error: 'x' }),
  ]);
  assert.deepEqual(
    events.map(({ time, name, service, who, error }) => [time, name, service, who, error]),
    [
      [1, 'Put Object', 's3', 'copilot for alice', 'x'],
      [2, 'PutObject', 's3', 'copilot for alice', undefined],
    ],
  );
});

describe('what the page may ask', () => {
  const CASES: readonly [unknown, boolean][] = [
    [{ is: 'ready' }, true],
    [{ is: 'ready', days: 7, deploymentId: 'd' }, true],
    [{ is: 'ready', days: 8 }, false],
    [{ is: 'period', days: 0 }, true],
    [{ is: 'show', kind: 'agent', from: T, to: T + HOUR }, true],
    [{ is: 'show', from: Number.NaN }, false],
    [{ is: 'show', kind: 'robot' }, false],
    [{ is: 'open', accountId: 'a', eventId: 'e', name: 'n' }, true],
    [{ is: 'run', command: 'x' }, false],
    ['ready', false],
  ];
  for (const [message, isAllowed] of CASES)
    it(JSON.stringify(message), () => assert.equal(v.safeParse(Asked, message).success, isAllowed));
});
