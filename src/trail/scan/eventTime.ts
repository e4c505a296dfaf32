/** `2026-03-10T10:00:00Z` as bytes → milliseconds; CloudTrail writes it no other way. */
import { HOUR, MINUTE, SECOND } from '../../base/clock.ts';
import { copy, isSame } from './words.ts';

const LENGTH = 20;
/** Of `2026-03-10T`. */
const DAY_LENGTH = 11;

/** @returns a function that gives NaN for anything else. The day is remembered: neighbours share theirs. */
export function createTimeReader(): (words: DataView, from: number, to: number) => number {
  const known = new DataView(new ArrayBuffer(DAY_LENGTH));
  let day = Number.NaN;
  return (words, from, to) => {
    if (to - from !== LENGTH) return Number.NaN;
    if (Number.isNaN(day) || !isSame(words, from, known, 0, DAY_LENGTH)) {
      day = dayIn(words, from);
      copy(words, from, DAY_LENGTH, known, 0);
    }
    return day + timeOfDay(words, from + DAY_LENGTH);
  };
}

function dayIn(words: DataView, from: number): number {
  const text = Array.from({ length: DAY_LENGTH }, (_, index) => words.getUint8(from + index));
  const day = String.fromCharCode(...text);
  return /^\d{4}-\d{2}-\d{2}T$/.test(day) ? Date.parse(day.slice(0, -1)) : Number.NaN;
}

/** `10:00:00Z` */
function timeOfDay(words: DataView, at: number): number {
  const hour = two(words, at);
  const minute = two(words, at + 3);
  const second = two(words, at + 6);
  const isForm =
    words.getUint8(at + 2) === COLON &&
    words.getUint8(at + 5) === COLON &&
    words.getUint8(at + 8) === CAPITAL_Z;
  return isForm && hour < 24 && minute < 60 && second < 60
    ? hour * HOUR + minute * MINUTE + second * SECOND
    : Number.NaN;
}

const COLON = 0x3a;
const CAPITAL_Z = 0x5a;

/** @returns NaN when these are no digits. */
function two(words: DataView, at: number): number {
  const ten = words.getUint8(at) - 0x30;
  const one = words.getUint8(at + 1) - 0x30;
  return ten >= 0 && ten <= 9 && one >= 0 && one <= 9 ? ten * 10 + one : Number.NaN;
}
