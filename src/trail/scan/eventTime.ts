/** `2026-03-10T10:00:00Z` as bytes → milliseconds; CloudTrail writes it no other way. */
import { HOUR, MINUTE, SECOND } from '../../base/clock.ts';

const LENGTH = 20;

/** @returns a function that gives NaN for anything else. Days are remembered: neighbours share theirs. */
export function createTimeReader(): (bytes: Buffer, from: number, to: number) => number {
  const days = new Map<number, number>();
  return (bytes, from, to) => {
    if (to - from !== LENGTH || !hasForm(bytes, from)) return Number.NaN;
    const year = two(bytes, from) * 100 + two(bytes, from + 2);
    const month = two(bytes, from + 5);
    const date = two(bytes, from + 8);
    const key = (year * 100 + month) * 100 + date;
    let day = days.get(key);
    if (day === undefined) {
      day = Date.parse(bytes.toString('latin1', from, from + 10));
      if (days.size > 1000) days.clear();
      days.set(key, day);
    }
    const [hour, minute, second] = [two(bytes, from + 11), two(bytes, from + 14), two(bytes, from + 17)];
    const isClock = hour < 24 && minute < 60 && second < 60;
    return isClock ? day + hour * HOUR + minute * MINUTE + second * SECOND : Number.NaN;
  };
}

const DIGITS = [0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18];

function hasForm(bytes: Buffer, from: number): boolean {
  for (const place of DIGITS) {
    const byte = bytes[from + place] ?? 0;
    if (byte < 0x30 || byte > 0x39) return false;
  }
  return (
    bytes[from + 4] === 0x2d &&
    bytes[from + 7] === 0x2d &&
    bytes[from + 10] === 0x54 &&
    bytes[from + 13] === 0x3a &&
    bytes[from + 16] === 0x3a &&
    bytes[from + 19] === 0x5a
  );
}

function two(bytes: Buffer, at: number): number {
  return ((bytes[at] ?? 0) - 0x30) * 10 + (bytes[at + 1] ?? 0) - 0x30;
}
