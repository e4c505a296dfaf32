import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nextPause } from '../../../../src/deployment/cloudformation/pause.ts';

describe('the next look at AWS', () => {
  const pauses = (pace: { pollMs: number; firstMs?: number }): number[] =>
    [0, 1, 2, 6, 10_000].map(looks => nextPause(looks, pace));

  it('comes soon after something new, and later each time there is nothing', () =>
    assert.deepEqual(pauses({ pollMs: 1500, firstMs: 200 }), [200, 300, 450, 1500, 1500]));
  it('comes evenly when no shorter pause is given', () =>
    assert.deepEqual(pauses({ pollMs: 20 }), [20, 20, 20, 20, 20]));
});
