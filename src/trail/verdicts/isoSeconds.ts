/** Times as CloudTrail writes them, `2026-03-29T10:42:07Z`: made from parts, since a `Date` for each record takes longer. */
import { DAY } from '../../base/clock.ts';

/** Remembers the day of the time before: records come in the order of time. */
export function createIsoSeconds(): (time: number) => string {
  let day = Number.NaN;
  let date = '';
  return time => {
    const today = Math.floor(time / DAY);
    if (today !== day) {
      day = today;
      date = new Date(today * DAY).toISOString().slice(0, -'00:00:00.000Z'.length);
    }
    const rest = time - today * DAY;
    const seconds = Math.floor(rest / 1000);
    const text = `${date}${TWO[Math.floor(seconds / 3600)]}:${TWO[Math.floor(seconds / 60) % 60]}:${TWO[seconds % 60]}`;
    const fraction = rest - seconds * 1000;
    return fraction === 0 ? `${text}Z` : `${text}.${String(fraction).padStart(3, '0')}Z`;
  };
}

const TWO = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'));
