import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  packColumn,
  packTimes,
  unpackColumn,
  unpackTimes,
} from '../../../../../src/trail/index/events/columnCodec.ts';

const numbers = fc.oneof(
  fc.array(fc.nat(255)),
  fc.array(fc.nat(65_535)),
  fc.array(fc.integer()),
  fc.nat(300).map(count => Array.from({ length: count }, (_, at) => at)),
);

test('a column is unpacked as it was packed, in as few bytes as its numbers need', () => {
  fc.assert(
    fc.property(numbers, column => {
      assert.deepEqual([...unpackColumn(packColumn(Int32Array.from(column)))], column);
    }),
  );
  assert.equal(packColumn(Int32Array.of(0, 1, 2, 3)).length, 8);
  assert.equal(packColumn(Int32Array.of(5, 255)).length, 8 + 2);
  assert.equal(packColumn(Int32Array.of(5, 256)).length, 8 + 4);
  assert.equal(packColumn(Int32Array.of(5, 65_536)).length, 8 + 8);
});

test('a column may lie anywhere in memory', () => {
  const packed = packColumn(Int32Array.of(1, 70_000, 3));
  const moved = new Uint8Array(packed.length + 3);
  moved.set(packed, 3);
  assert.deepEqual([...unpackColumn(moved.subarray(3))], [1, 70_000, 3]);
});

test('times are unpacked as they were packed, weeks apart and centuries', () => {
  const time = fc.integer({ min: -(2 ** 45), max: 2 ** 45 });
  fc.assert(
    fc.property(
      time,
      fc.array(fc.oneof(fc.nat(2 ** 31), fc.nat(2 ** 45)), { minLength: 1 }),
      (first, steps) => {
        const times = Float64Array.from([0, ...steps], step => first + step);
        const packed = packTimes(times, first, Math.max(...times));
        assert.deepEqual(unpackTimes(packed, first), times);
      },
    ),
  );
});
