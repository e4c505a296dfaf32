import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as v from 'valibot';
import { HOUR, MINUTE } from '../../../src/base/clock.ts';
import { parsePeriod } from '../../../src/ui/trailPeriod.ts';
import { ANY_LEAK, filterWords, trailFilter, ViewFilter } from '../../../src/ui/trailView.ts';

const NOW = Date.UTC(2026, 2, 10, 12, 0, 30);

describe('what a view filter means', () => {
  const asked: (string | undefined)[] = [];
  const meaning = (filter: ViewFilter) =>
    trailFilter(filter, {
      now: NOW,
      leakEvents(key) {
        asked.push(key);
        return [{ accountId: '1', eventId: 'e' }];
      },
    });

  it('a stretch up to now begins on a whole minute', () =>
    assert.deepEqual(meaning({ lastHours: 2 }), { from: NOW - 30_000 - 2 * HOUR }));

  it('and is the same question a moment later', () => {
    const at = (now: number) => trailFilter({ lastHours: 1 }, { now, leakEvents: () => [] });
    assert.deepEqual(at(NOW), at(NOW + 1000));
    assert.notDeepEqual(at(NOW), at(NOW + MINUTE));
  });

  it('a leak is its events', () => {
    const among = [{ accountId: '1', eventId: 'e' }];
    assert.deepEqual(meaning({ leak: 'key', errorsOnly: true }), { errorsOnly: true, among });
    assert.deepEqual(meaning({ leak: ANY_LEAK }), { among });
    assert.deepEqual(asked, ['key', undefined]);
  });

  it('the rest is as it was', () => {
    const filter = { text: 'x', actorKind: 'agent', service: 's3.amazonaws.com', from: 1 } as const;
    assert.deepEqual(meaning(filter), filter);
  });
});

describe('a filter in words', () => {
  const CASES: readonly [ViewFilter, string][] = [
    [{}, ''],
    [{ text: 'a b' }, '"a b"'],
    [{ actor: 'alice', actorKind: 'user', service: 's3.amazonaws.com' }, 'alice, user, s3'],
    [{ errorsOnly: true }, 'failed'],
    [{ errorsOnly: true, error: 'AccessDenied' }, 'AccessDenied'],
    [{ accountId: '111122223333', region: 'eu-west-1' }, '1111-2222-3333, eu-west-1'],
    [{ lastHours: 1 }, 'last hour'],
    [{ lastHours: 24 }, 'last 24 hours'],
    [{ lastHours: 168 }, 'last 7 days'],
    [{ deploymentId: 'd-1' }, 'deployment orders'],
    [{ deploymentId: 'd-2' }, 'deployment d-2'],
    [{ leak: ANY_LEAK }, 'of leaks'],
    [{ event: 'Put\n\u202eObject' }, 'Put Object'],
  ];
  for (const [filter, words] of CASES)
    it(words || 'nothing', () =>
      assert.equal(
        filterWords(filter, id => (id === 'd-1' ? 'orders' : undefined)),
        words,
      ),
    );
});

describe('a filter out of the settings', () => {
  const CASES: readonly [string, unknown, boolean][] = [
    ['empty', {}, true],
    ['whole', { actorKind: 'agent', lastHours: 24, errorsOnly: true }, true],
    ['a kind that there is not', { actorKind: 'robot' }, false],
    ['what is no filter', { actor: 'x', drop: true }, false],
    ['a number for a text', { service: 3 }, false],
    ['no time', { from: 1.5 }, false],
  ];
  for (const [name, value, isOne] of CASES)
    it(name, () => assert.equal(v.safeParse(ViewFilter, value).success, isOne));
});

describe('a period as it is written', () => {
  const at = (...parts: [number, number, number, number?, number?]): number => {
    const [year, month, day, hour = 0, minute = 0] = parts;
    return new Date(year, month - 1, day, hour, minute).getTime();
  };
  const CASES: readonly [string, ReturnType<typeof parsePeriod>][] = [
    ['2026-03-29 – 2026-03-30 14:30', { from: at(2026, 3, 29), to: at(2026, 3, 30, 14, 30) }],
    ['2026-03-29 to 2026-03-30', { from: at(2026, 3, 29), to: at(2026, 3, 30) }],
    ['2026-03-29 - 2026-03-30', { from: at(2026, 3, 29), to: at(2026, 3, 30) }],
    ['2026-03-29', { from: at(2026, 3, 29) }],
    ['– 2026-03-30', { to: at(2026, 3, 30) }],
    ['', undefined],
    ['2026-02-31', undefined],
    ['2026-03-29 25:00', undefined],
    ['2026-03-30 – 2026-03-29', undefined],
    ['yesterday', undefined],
    ['2026-03-29 – 2026-03-30 – 2026-03-31', undefined],
  ];
  for (const [text, period] of CASES)
    it(text || 'nothing', () => assert.deepEqual(parsePeriod(text), period));
});
