/**
 * What the key of an object in a trail's bucket says. Pure. CloudTrail user guide, "Finding your CloudTrail log files":
 * `[prefix/]AWSLogs/[o-…/]<account>/CloudTrail/<region>/<yyyy>/<mm>/<dd>/<account>_CloudTrail_<region>_<time>_<random>.json.gz`.
 * Whoever may write to the bucket chooses keys, and they become names of files: only this form is taken.
 */
import type { Period } from '../period.ts';

export interface TrailObject {
  readonly key: string;
  /** From `AWSLogs` on: its name wherever the bucket's contents are. */
  readonly name: string;
  readonly bytes: number;
  /** When CloudTrail delivered it, to the minute. Its events are older, by minutes mostly. */
  readonly deliveredAt: number;
}

/** The objects of one account and Region in one bucket. */
export interface BucketPlace {
  readonly accountId: string;
  readonly region: string;
  /** Of their keys, up to the Region and its slash. */
  readonly prefix: string;
  /** The same from `AWSLogs` on. */
  readonly folder: string;
}

const KEY =
  /^\d{4}\/\d{2}\/\d{2}\/(\d{12})_CloudTrail_([a-z0-9-]{1,40})_(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})Z_[A-Za-z0-9]{1,64}\.json(?:\.gz)?$/;

/** @returns undefined for what is no object of the place's events. */
export function trailObject(place: BucketPlace, key: string, bytes: number): TrailObject | undefined {
  if (!key.startsWith(place.prefix)) return undefined;
  const rest = key.slice(place.prefix.length);
  const [, accountId, region, year, month, day, hour, minute] = KEY.exec(rest) ?? [];
  if (accountId !== place.accountId || region !== place.region) return undefined;
  const deliveredAt = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute));
  return { key, name: `${place.folder}${rest}`, bytes, deliveredAt };
}

/** What comes right before the keys of objects that were delivered then or later. */
export function keyBefore({ accountId, region, prefix }: BucketPlace, time: number): string {
  const at = new Date(time).toISOString();
  const day = at.slice(0, 10).replaceAll('-', '/');
  const minute = `${at.slice(0, 16).replaceAll(/[-:]/g, '')}Z`;
  return `${prefix}${day}/${accountId}_CloudTrail_${region}_${minute}`;
}

/** Folders beside those of events, by their names. Digests prove that files are unchanged; Insights are nobody's calls. */
export type FolderKind = 'events' | 'digests' | 'insights' | 'other';

export function folderKind(name: string): FolderKind {
  switch (name) {
    case 'CloudTrail':
      return 'events';
    case 'CloudTrail-Digest':
      return 'digests';
    case 'CloudTrail-Insight':
      return 'insights';
    default:
      return 'other';
  }
}

/** How late CloudTrail may deliver what happened: minutes as a rule. */
export const DELIVERED_WITHIN = 60 * 60_000;

/** When objects with the period's events were delivered, on whole minutes, as keys count. */
export function deliveryOf({ from, to }: Period): Period {
  return {
    from: Math.floor(from / MINUTE) * MINUTE,
    to: Math.ceil((to + DELIVERED_WITHIN) / MINUTE) * MINUTE,
  };
}

const MINUTE = 60_000;
