/**
 * What a person chose to see of the audit trail. Unlike the trail's own filter it can be kept: a time may be a stretch up
 * to now, and a leak goes by its name, so that it means the same tomorrow. Pure.
 */
import * as v from 'valibot';
import { formatAccount } from '../base/arn.ts';
import { DAY, HOUR, MINUTE } from '../base/clock.ts';
import { ACTOR_KINDS } from '../trail/attribution/attribution.ts';
import type { EventName, GroupBy, TrailFilter } from '../trail/trailFilter.ts';
import { ACTOR_LOOKS, serviceName } from './trailRows.ts';
import { oneLine } from './wording.ts';

const text = v.exactOptional(v.pipe(v.string(), v.nonEmpty()));
const time = v.exactOptional(v.pipe(v.number(), v.safeInteger()));

export const ViewFilter = v.strictObject({
  text,
  actorKind: v.exactOptional(v.picklist(ACTOR_KINDS)),
  actor: text,
  event: text,
  service: text,
  errorsOnly: v.exactOptional(v.literal(true)),
  error: text,
  deploymentId: text,
  accountId: text,
  region: text,
  from: time,
  to: time,
  /** Up to now. */
  lastHours: v.exactOptional(v.pipe(v.number(), v.minValue(1))),
  /** A leak's key, or `ANY_LEAK`. */
  leak: text,
});
export type ViewFilter = Readonly<v.InferOutput<typeof ViewFilter>>;

export const ANY_LEAK = 'any';

export const GROUP_WORDS: Readonly<Record<GroupBy, string>> = {
  deployment: 'by deployment',
  actor: 'by actor',
  day: 'by day',
};

export interface Resolving {
  readonly now: number;
  /** Of one leak, or of all. */
  readonly leakEvents: (key?: string) => readonly EventName[];
}

/** What it means now. */
export function trailFilter(
  { lastHours, leak, ...rest }: ViewFilter,
  { now, leakEvents }: Resolving,
): TrailFilter {
  return {
    ...rest,
    // By whole minutes: the same question a moment later is the same.
    ...(lastHours === undefined ? {} : { from: Math.floor((now - lastHours * HOUR) / MINUTE) * MINUTE }),
    ...(leak === undefined ? {} : { among: leakEvents(leak === ANY_LEAK ? undefined : leak) }),
  };
}

export function isFiltered(filter: ViewFilter): boolean {
  return Object.keys(filter).length > 0;
}

/** For the view's title: `"bucket", agent, s3, failed, last 24 hours`. */
export function filterWords(filter: ViewFilter, deploymentName: (id: string) => string | undefined): string {
  const { deploymentId: id, errorsOnly, error, accountId, leak } = filter;
  return [
    filter.text && `"${oneLine(filter.text)}"`,
    filter.actor && oneLine(filter.actor),
    filter.actorKind && ACTOR_LOOKS[filter.actorKind].word,
    filter.service && oneLine(serviceName(filter.service)),
    filter.event && oneLine(filter.event),
    error === undefined ? errorsOnly && 'failed' : oneLine(error),
    accountId && formatAccount(oneLine(accountId)),
    filter.region && oneLine(filter.region),
    timeWords(filter),
    id && `deployment ${oneLine(deploymentName(id) ?? id)}`,
    leak && (leak === ANY_LEAK ? 'of leaks' : 'of one leak'),
  ]
    .filter(Boolean)
    .join(', ');
}

export function timeWords({ from, to, lastHours }: ViewFilter): string | undefined {
  if (lastHours !== undefined) return hoursWords(lastHours);
  const local = (at: number): string =>
    new Date(at).toLocaleString([], { dateStyle: 'short', timeStyle: 'short' });
  if (from !== undefined && to !== undefined) return `${local(from)} – ${local(to)}`;
  if (from !== undefined) return `since ${local(from)}`;
  return to === undefined ? undefined : `before ${local(to)}`;
}

function hoursWords(hours: number): string {
  if (hours === 1) return 'last hour';
  const days = (hours * HOUR) / DAY;
  return days > 1 && Number.isInteger(days) ? `last ${days} days` : `last ${hours} hours`;
}
