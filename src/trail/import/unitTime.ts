/**
 * When the records of a unit happened that do not say it themselves. The time is the unit's own: an event's day is part of
 * what it is known by, and one with the day of its import would be another event on the next.
 */
import type { Unit } from '../sources/source.ts';
import { eventTime } from '../trailEvent.ts';

/** When CloudTrail delivered it, which it writes into the names of its files; else when it last changed. Not after now. */
export function unitTime({ name, changedAt }: Unit, now: number): number {
  const [, year, month, day, hour, minute] = DELIVERED.exec(name) ?? [];
  const deliveredAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}Z`);
  return Math.min(eventTime(deliveredAt) ?? eventTime(changedAt) ?? now, now);
}

const DELIVERED = /_(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})Z_[^/]*$/;
