/**
 * Imports a trail's bucket: what is new in it is brought here, some thousand objects at a time, and then goes the way of
 * files in a folder. What was read once is neither listed nor brought again; cut off at any moment, the next import goes
 * on from there. An account or Region that fails is told, and the others go on.
 */
import type { Clock } from '../../base/clock.ts';
import { createGate, sideBySide } from '../../base/sideBySide.ts';
import { UserError } from '../../base/userError.ts';
import { cover, readCoverage } from '../coverage.ts';
import type { ImportCounts } from '../import/messages.ts';
import { createFiles, type FileProblem } from '../index/files.ts';
import { onIndex, type TrailIndex } from '../index/openIndex.ts';
import { whenFree } from '../intake.ts';
import { gaps, type Period } from '../period.ts';
import type { Bucket, BucketAddress } from './bucket.ts';
import { type BucketFailure, type FoundPlaces, findPlaces } from './bucketPlaces.ts';
import { type FetchedPage, fetchPlace } from './fetchPlace.ts';
import { folderAddress } from './files.ts';
import { type ObjectFolder, openObjectFolder } from './objectFolder.ts';
import { type BucketPlace, deliveryOf } from './trailObject.ts';

export interface BucketImportInput {
  readonly bucket: Bucket;
  readonly index: TrailIndex;
  /** Where buckets have their folders. */
  readonly directory: string;
  readonly importFolder: (folder: string, signal: AbortSignal) => Promise<FolderOutcome>;
  readonly clock: Clock;
}

export type FolderOutcome = ImportCounts & { readonly problems: readonly FileProblem[] };

export interface BucketAsk {
  readonly address: BucketAddress;
  /** When what is wanted happened. */
  readonly period: Period;
  /** Only these; all that are in the bucket when empty. */
  readonly accountIds: readonly string[];
  readonly regions: readonly string[];
  /** Older events are not kept. Milliseconds since the epoch; 0 for all. */
  readonly since: number;
  /** Of objects that stay on this computer, so that whole records can be read. In bytes. */
  readonly mostKept: number;
  /** Lists all of it again, for objects that were delivered with a delay of days; what was read is not brought again. */
  readonly afresh?: boolean;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: BucketProgress) => void;
}

export interface BucketProgress {
  readonly places: number;
  readonly placesDone: number;
  /** New ones so far: here, and in the index. */
  readonly objects: number;
  readonly imported: number;
  readonly bytes: number;
  /** Events that were new. */
  readonly added: number;
}

export interface BucketOutcome {
  readonly objects: number;
  /** Objects that were listed again, and in the index already. */
  readonly already: number;
  readonly events: number;
  readonly added: number;
  /** Objects that could not be read to their end. */
  readonly problems: readonly FileProblem[];
  /** Objects that are none of events. */
  readonly odd: number;
  readonly passedOver: FoundPlaces['passedOver'];
  readonly failed: readonly BucketFailure[];
}

/** How many objects are brought before they are imported. */
const ROUND = 20_000;
/** Objects on their way at once, in all; and accounts and Regions. */
const OBJECTS_AT_ONCE = 32;
const PLACES_AT_ONCE = 8;

/** @throws Cancelled; UserError `trail.*`; what was imported until then stays */
export async function importBucket(input: BucketImportInput, ask: BucketAsk): Promise<BucketOutcome> {
  const folder = await openObjectFolder(input.directory, ask.address);
  const found = await findPlaces(input.bucket, ask);
  const reading = new Reading(input, ask, folder, found);
  const failed = await reading.run();
  await folder.shrink(ask.mostKept);
  return {
    ...reading.counts,
    problems: reading.problems,
    passedOver: found.passedOver,
    failed: [...found.failed, ...failed],
  };
}

class Reading {
  readonly counts = { objects: 0, already: 0, events: 0, added: 0, odd: 0 };
  problems: readonly FileProblem[] = [];
  readonly #input: BucketImportInput;
  readonly #ask: BucketAsk;
  readonly #folder: ObjectFolder;
  readonly #places: readonly BucketPlace[];
  readonly #gate = createGate(OBJECTS_AT_ONCE);
  #placesDone = 0;
  #bytes = 0;
  #imported = 0;
  /** What is here and is complete once it is imported. */
  #brought: { readonly place: BucketPlace; readonly page: FetchedPage }[] = [];
  #rounds: Promise<void> = Promise.resolve();

  constructor(input: BucketImportInput, ask: BucketAsk, folder: ObjectFolder, found: FoundPlaces) {
    this.#input = input;
    this.#ask = ask;
    this.#folder = folder;
    this.#places = found.places;
  }

  async run(): Promise<BucketFailure[]> {
    const failures = await sideBySide(this.#places, PLACES_AT_ONCE, place => this.#take(place));
    await this.#round();
    return failures.flat();
  }

  async #take(place: BucketPlace): Promise<BucketFailure[]> {
    try {
      for (const gap of this.#gaps(place))
        for await (const page of fetchPlace(this.#fetching(), place, gap)) await this.#took(place, page);
      return [];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return [{ prefix: place.prefix, error }];
    } finally {
      this.#placesDone++;
      this.#tell();
    }
  }

  #gaps(place: BucketPlace): Period[] {
    const { index, clock } = this.#input;
    const { from, to } = deliveryOf(this.#ask.period);
    const wanted = { from, to: Math.min(to, clock.now()) };
    if (this.#ask.afresh === true) return [wanted];
    return onIndex(index, () => gaps(wanted, readCoverage(index.db, this.#covered(place))));
  }

  #fetching() {
    const { bucket, index } = this.#input;
    const { path } = this.#folder;
    const { since } = this.#ask;
    const files = createFiles(index, folderAddress(path));
    const read = (names: readonly string[]) => onIndex(index, () => files.readOf(names, since));
    return { bucket, folder: this.#folder, read, gate: this.#gate, signal: this.#ask.signal };
  }

  async #took(place: BucketPlace, page: FetchedPage): Promise<void> {
    this.#brought.push({ place, page });
    this.counts.objects += page.fresh;
    this.counts.already += page.already;
    this.counts.odd += page.odd.length;
    this.#bytes += page.bytes;
    this.#tell();
    if (this.#waiting() >= ROUND) await this.#round();
  }

  #waiting(): number {
    return this.#brought.reduce((sum, { page }) => sum + page.fresh, 0);
  }

  /** One after the other; each takes in all that is here when it begins. */
  #round(): Promise<void> {
    this.#rounds = this.#rounds.then(() => this.#import());
    return this.#rounds;
  }

  async #import(): Promise<void> {
    const { importFolder, clock, index } = this.#input;
    const { signal } = this.#ask;
    const fresh = this.#waiting();
    const brought = this.#brought;
    this.#brought = [];
    if (fresh > 0) {
      const { events, added, problems } = await importFolder(this.#folder.path, signal);
      this.counts.events += events;
      this.counts.added += added;
      this.problems = problems;
    }
    await whenFree(clock, () => onIndex(index, () => this.#cover(brought)), signal);
    this.#imported += fresh;
    this.#tell();
  }

  #cover(brought: readonly { readonly place: BucketPlace; readonly page: FetchedPage }[]): void {
    const { db } = this.#input.index;
    db.transaction(() => {
      for (const { place, page } of brought)
        if (page.complete) cover(db, this.#covered(place), page.complete);
    });
  }

  /** By when objects were delivered, not by when things happened: kept apart from what LookupEvents has covered. */
  #covered({ prefix, region }: BucketPlace): { accountId: string; region: string } {
    return { accountId: `s3://${this.#ask.address.bucket}/${prefix}`, region };
  }

  #tell(): void {
    this.#ask.onProgress?.({
      places: this.#places.length,
      placesDone: this.#placesDone,
      objects: this.counts.objects,
      imported: this.#imported,
      bytes: this.#bytes,
      added: this.counts.added,
    });
  }
}
