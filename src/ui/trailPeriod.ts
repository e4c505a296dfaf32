/** A period as a person writes it, in their own time zone. Pure. */
import type { ViewFilter } from './trailView.ts';

export type Period = Pick<ViewFilter, 'from' | 'to' | 'lastHours'>;

/** @returns undefined when it says no period. */
export function parsePeriod(text: string): Period | undefined {
  const [first = '', second = '', ...more] = text.split(/\s*(?:–|\bto\b|\s-\s|\.\.)\s*/);
  const [from, to] = [parseTime(first), parseTime(second)];
  if (more.length > 0 || from === null || to === null) return undefined;
  if (from === undefined && to === undefined) return undefined;
  if (from !== undefined && to !== undefined && from >= to) return undefined;
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

/** @returns undefined for nothing, null for what is no time. */
function parseTime(text: string): number | undefined | null {
  if (text.trim() === '') return undefined;
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d))?$/.exec(text.trim());
  if (!match) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = match.slice(1).map(part => Number(part ?? 0));
  const date = new Date(year, month - 1, day, hour, minute);
  // The calendar has no 31st of February: it would be one of March.
  return date.getMonth() === month - 1 && hour < 24 && minute < 60 ? date.getTime() : null;
}
