/**
 * Brings the objects of one account and Region here, as they were delivered: a page of the listing, what of it is new,
 * the next page. After each page it says which time is complete: that need not be listed again.
 */
import { throwIfCancelled } from '../../base/cancellation.ts';
import { SECOND } from '../../base/clock.ts';
import { sideBySide } from '../../base/sideBySide.ts';
import { UserError } from '../../base/userError.ts';
import type { Period } from '../period.ts';
import type { Bucket, Listed } from './bucket.ts';
import type { ObjectFolder } from './objectFolder.ts';
import { type BucketPlace, keyBefore, type TrailObject, trailObject } from './trailObject.ts';

export interface FetchInput {
  readonly bucket: Bucket;
  readonly folder: ObjectFolder;
  /** Of names, those that the index has already. */
  readonly read: (names: readonly string[]) => ReadonlySet<string>;
  /** Runs what it is given when there is room for one more: shared by all places. */
  readonly gate: <T>(work: () => Promise<T>) => Promise<T>;
  readonly signal: AbortSignal;
}

export interface FetchedPage {
  /** Objects that are here now and not in the index yet. */
  readonly fresh: number;
  readonly bytes: number;
  /** Objects that the index has. */
  readonly already: number;
  /** What is no object of events, or was too large. */
  readonly odd: readonly string[];
  /** When all these and those before them were delivered. */
  readonly complete?: Period;
}

/** Objects of the same minutes may still be on their way, and do not come in the order of their keys. */
const SETTLED_AFTER = 30 * 60 * SECOND;
/** CloudTrail's own have some ten megabytes at most. */
const LARGEST_OBJECT = 512 << 20;
const AT_ONCE = 32;
/** Of an object whose bytes end too early. */
const ATTEMPTS = 3;

/** @param period - when what is wanted was delivered. @throws UserError, Cancelled */
export async function* fetchPlace(
  input: FetchInput,
  place: BucketPlace,
  period: Period,
): AsyncGenerator<FetchedPage> {
  const after = keyBefore(place, period.from);
  let token: string | undefined;
  do {
    const page = { prefix: place.prefix, after, ...(token === undefined ? {} : { token }) };
    const listed = await input.bucket.list(page, input.signal);
    const { objects, odd, isPast } = sorted(listed, place, period);
    token = isPast ? undefined : listed.token;
    const names = input.read(objects.map(({ name }) => name));
    const fresh = objects.filter(({ name }) => !names.has(name));
    const taken = await sideBySide(fresh, AT_ONCE, object => input.gate(() => bring(input, object)));
    const complete = completePart(
      period,
      token === undefined ? period.to : newest(objects),
      listed.serverTime,
    );
    yield {
      fresh: taken.filter(isHere => isHere).length,
      bytes: fresh.reduce((sum, { bytes }) => sum + bytes, 0),
      already: names.size,
      odd,
      ...(complete && { complete }),
    };
  } while (token !== undefined);
}

/** @returns whether it is here: objects may expire between being listed and being asked for. */
async function bring({ bucket, folder, signal }: FetchInput, object: TrailObject): Promise<boolean> {
  const { key, name, bytes } = object;
  if (await folder.has(name, bytes)) return true;
  for (let attempt = 1; ; attempt++) {
    const body = await bucket.open(key, signal);
    if (body === undefined) return false;
    try {
      await folder.keep(name, body, bytes);
      return true;
    } catch (error) {
      throwIfCancelled(signal);
      if (error instanceof UserError) throw error;
      if (attempt === ATTEMPTS) throw cutOff(key, error);
    }
  }
}

function cutOff(key: string, cause: unknown): UserError {
  return new UserError('trail.objectCut', `S3 did not send all of ${key}, ${ATTEMPTS} times.`, {
    hint: 'Check the network, then import the bucket again: it goes on from here.',
    cause,
  });
}

function sorted({ objects: all }: Listed, place: BucketPlace, period: Period) {
  const known = all.map(({ key, bytes }) => ({ key, object: trailObject(place, key, bytes) }));
  const objects = known.flatMap(({ object }) => object ?? []);
  const inTime = objects.filter(({ deliveredAt }) => deliveredAt < period.to);
  return {
    objects: inTime.filter(({ bytes }) => bytes <= LARGEST_OBJECT),
    odd: [
      ...known.filter(({ object }) => object === undefined).map(({ key }) => key),
      ...inTime.filter(({ bytes }) => bytes > LARGEST_OBJECT).map(({ key }) => key),
    ],
    isPast: inTime.length < objects.length,
  };
}

/** Of that minute more may come on the next page. */
function newest(objects: readonly TrailObject[]): number {
  return Math.max(0, ...objects.map(({ deliveredAt }) => deliveredAt));
}

function completePart(period: Period, upTo: number, serverTime: number): Period | undefined {
  const to = Math.min(upTo, Math.floor((serverTime - SETTLED_AFTER) / SECOND) * SECOND);
  return to > period.from ? { from: period.from, to } : undefined;
}
