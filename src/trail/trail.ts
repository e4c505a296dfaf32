/**
 * The trail: what CloudTrail recorded, fetched once, kept in the store with a verdict on who did it, and listed from
 * there. Made once per process: its limiters are what keeps all its callers within CloudTrail's pace.
 */
import { type Clock, DAY, SECOND } from '../base/clock.ts';
import { type Disposable, Disposables } from '../base/disposables.ts';
import { Emitter, type Listen } from '../base/emitter.ts';
import type { Database } from '../store/database.ts';
import { type Aside, createAside } from './aside/aside.ts';
import type { Known } from './attribution/attribution.ts';
import { type DeploymentTrace, queryDeployment } from './deploymentEvents.ts';
import { type ImportAsk, type ImportInput, type ImportOutcome, importFiles } from './import/importFiles.ts';
import type { Keeping } from './import/messages.ts';
import { type FileProblem, problemsOf } from './index/files.ts';
import { onIndex, type TrailIndex } from './index/openIndex.ts';
import { isTooMuch, keptSince } from './index/retention.ts';
import { isDamaged } from './index/sqliteErrors.ts';
import { createWriter } from './index/writer.ts';
import { type IntakeInput, takeMatching } from './intake.ts';
import { createLimiters } from './limiter.ts';
import type { LookupRequest } from './lookUp.ts';
import { type Period, reachesBackTo } from './period.ts';
import { createVerdicts } from './reattribute.ts';
import { type ReadAsk, type ReadOutcome, readAll } from './refresh.ts';
import { type Connect, createRegionReader, type SessionOf } from './regionReader.ts';
import { retryFor } from './retry.ts';
import { pathAddress } from './sources/files.ts';
import type { StoredEvent } from './storedEvent.ts';
import {
  type MatrixCell,
  queryMatrix,
  queryTimeline,
  type Timeline,
  type TimelineAsk,
} from './trailCharts.ts';
import { type Facet, type FacetValue, queryFacet } from './trailFacets.ts';
import type { GroupBy, TrailFilter } from './trailFilter.ts';
import { type EventGroup, queryGroups } from './trailGroups.ts';
import { type EventPage, type EventsAsk, queryEvents } from './trailQueries.ts';
import { createTrailStore, type Place, type TrailStore } from './trailStore.ts';

export interface Trail extends Disposable {
  /** Fetches what is new or missing since then. @throws Cancelled; what was read until then is kept. */
  refresh(ask: RefreshAsk): Promise<ReadOutcome>;
  /** Fetches older events, a stretch further back in each Region. @throws Cancelled */
  loadMore(ask: LoadMoreAsk): Promise<ReadOutcome & { readonly end?: TrailEnd }>;
  /** Looks the events of one session or resource up. @returns how many were new. @throws UserError, Cancelled */
  lookUp(ask: LookUpAsk): Promise<number>;
  /** Newest first. */
  groups(by: GroupBy, filter?: TrailFilter): EventGroup[];
  events(ask: EventsAsk): EventPage;
  /**
   * The same, asked in a thread: a filter with words may look at every event, for which a window must not stand still.
   * @throws Cancelled, UserError `trail.index*`
   */
  readonly aside: {
    groups(by: GroupBy, filter: TrailFilter, signal?: AbortSignal): Promise<EventGroup[]>;
    events(ask: EventsAsk, signal?: AbortSignal): Promise<EventPage>;
  };
  /** Resolves when all verdicts are those of what is known now; until then a question gets some from before. */
  upToDate(): Promise<void>;
  /** What the store has of a deployment's sessions and resources, oldest first. */
  deploymentEvents(trace: DeploymentTrace): StoredEvent[];
  /** How many events there were, by the hour or the day. */
  timeline(ask: TimelineAsk): Timeline;
  /** Who called what, how often. */
  matrix(filter?: TrailFilter): MatrixCell[];
  /** Which values a filter could have, the most frequent first. */
  facet(facet: Facet, filter?: TrailFilter): FacetValue[];
  /** Imports CloudTrail files. @throws Cancelled, UserError `trail.*`; what was read until then is kept */
  importFiles(ask: FolderImport): Promise<ImportOutcome & { readonly problems: readonly FileProblem[] }>;
  /** The whole record as JSON text, of an event that came from LookupEvents. */
  record(accountId: string, eventId: string): string | undefined;
  /** The whole record, from its file if need be. @throws UserError `trail.recordGone` */
  readRecord(accountId: string, eventId: string): Promise<string | undefined>;
  /** How far back the trail of a Region is known without a gap. */
  reachesBackTo(place: Place): number | undefined;
  /** Events came in, or verdicts changed. */
  readonly onChange: Listen<void>;
}

export interface TrailInput {
  /** Of the ledger. */
  readonly db: Database;
  readonly index: TrailIndex;
  readonly clock: Clock;
  readonly random: () => number;
  readonly connect: Connect;
  readonly known: () => Known;
  /** The program of an import's threads, and the file of the ledger's database. */
  readonly importing: Pick<ImportInput, 'worker' | 'ledgerFile'>;
}

export interface FolderImport extends Pick<ImportAsk, 'signal' | 'onProgress'> {
  /** Or a single file. */
  readonly folder: string;
  /** What is kept; all of it, when absent. */
  readonly keeping?: Partial<Keeping>;
}

export interface RefreshAsk extends ReadAsk {
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** What is kept; all of it, when absent. */
  readonly keeping?: Keeping;
}

export interface LoadMoreAsk extends ReadAsk {
  readonly days?: number;
  readonly keeping?: Keeping;
}

/** Why there is nothing older: CloudTrail does not keep it, or the index is not to. */
export type TrailEnd = 'not in CloudTrail' | 'not kept';

export type LookUpBy =
  | { readonly accessKeyId: string }
  /** Finds forwarded access too, whose access key is another one. */
  | { readonly roleSessionName: string }
  | { readonly resourceName: string };

export interface LookUpAsk extends Place {
  readonly session: SessionOf;
  readonly by: LookUpBy;
  readonly since: number;
  readonly signal: AbortSignal;
}

const DAYS_PER_LOAD = 7;

export function createTrail(input: TrailInput): Trail {
  const { clock, known, index } = input;
  const ended = new Disposables();
  const changed = ended.add(new Emitter<void>());
  const writer = createWriter(index);
  const store = createTrailStore(index, writer);
  const intake = createIntake(input, store, changed);
  const aside = ended.add(createAside({ ...input.importing, indexFile: index.file }));
  const verdicts = createVerdicts({ index, writer, ledger: input.db, known, aside, changed });
  const { update } = verdicts;
  const asked = <T>(question: () => T): T =>
    onIndex(index, () => {
      update();
      return index.db.snapshot(question);
    });
  return {
    async refresh({ since, keeping, ...ask }) {
      onIndex(index, update);
      if (await keepAside({ index, aside }, keeping, ask.signal)) changed.fire();
      return readAll(intake, ask, () => upToNow(clock, Math.max(since, keptBack(index, keeping))));
    },
    loadMore: ask => loadMore(intake, ask, keptBack(index, ask.keeping)),
    lookUp: ask => lookUp(intake, ask),
    groups: (by, filter = {}) => asked(() => queryGroups(index, by, filter)),
    events: ask => asked(() => queryEvents(index, ask)),
    upToDate: () => onIndex(index, verdicts.upToDate),
    aside: {
      async groups(by, filter, signal) {
        asked(() => undefined);
        return aside.ask({ is: 'groups', by, filter }, signal);
      },
      async events(ask, signal) {
        asked(() => undefined);
        return aside.ask({ is: 'events', ask }, signal);
      },
    },
    deploymentEvents: trace => asked(() => queryDeployment(index, trace)),
    timeline: ask => asked(() => queryTimeline(index.db, ask)),
    matrix: (filter = {}) => asked(() => queryMatrix(index, filter)),
    facet: (facet, filter = {}) => asked(() => queryFacet(index, facet, filter)),
    async importFiles(ask) {
      try {
        return await importFolder(input, ask);
      } finally {
        changed.fire();
      }
    },
    record: (accountId, eventId) =>
      onIndex(index, () => index.db.snapshot(() => store.record(accountId, eventId))),
    readRecord: async (accountId, eventId) => onIndex(index, () => store.readRecord(accountId, eventId)),
    reachesBackTo: place => onIndex(index, () => reachesBackTo(store.coverage(place))),
    onChange: changed.listen,
    dispose: () => ended.dispose(),
  };
}

/** The index is made for tens of millions of events, not for a disk without end. */
const MOST_BYTES = 4 * 2 ** 30;

async function importFolder(
  { index, importing, clock, random, known }: TrailInput,
  { folder, keeping, signal, onProgress }: FolderImport,
): ReturnType<Trail['importFiles']> {
  const source = pathAddress(folder);
  const { users, agents } = known();
  const inputs = { ...importing, indexFile: index.file, clock, seed: () => Math.floor(random() * 2 ** 31) };
  const ask: ImportAsk = {
    source,
    keeping: { since: 0, maxBytes: MOST_BYTES, ...keeping },
    users,
    agents,
    signal,
    ...(onProgress && { onProgress }),
  };
  const outcome = await importFiles(inputs, ask).catch((error: unknown) => {
    // The import has begun a new index: on that it goes on.
    if (!isDamaged(error)) throw error;
    return importFiles(inputs, ask);
  });
  return { ...outcome, problems: onIndex(index, () => problemsOf(index.db, source)) };
}

function createIntake(input: TrailInput, store: TrailStore, changed: Emitter<void>): IntakeInput {
  const { clock, random, connect, known, index } = input;
  const pace = createLimiters({ clock, random, retryFor });
  return {
    clock,
    known,
    pace,
    read: createRegionReader(connect, pace),
    store: {
      coverage: place => onIndex(index, () => store.coverage(place)),
      keep(...page) {
        const added = onIndex(index, () => store.keep(...page));
        if (added > 0) changed.fire();
        return added;
      },
    },
  };
}

/** @returns whether any events went. */
async function keepAside(
  { index, aside }: { index: TrailIndex; aside: Pick<Aside, 'ask'> },
  keeping: Keeping | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  if (!keeping || !onIndex(index, () => isTooMuch(index, keeping.since, keeping.maxBytes))) return false;
  return aside.ask({ is: 'keep', keeping }, signal);
}

/** Since when events are wanted: what would go again is not read again. */
function keptBack(index: TrailIndex, keeping: Keeping | undefined): number {
  return keeping ? onIndex(index, () => keptSince(index.db, keeping.since, keeping.maxBytes)) : 0;
}

async function loadMore(
  intake: IntakeInput,
  ask: LoadMoreAsk,
  wantedSince: number,
): Promise<ReadOutcome & { readonly end?: TrailEnd }> {
  const { clock, store } = intake;
  const back = (place: Place): number => reachesBackTo(store.coverage(place)) ?? clock.now();
  const outcome = await readAll(intake, ask, place => {
    const to = back(place);
    const from = Math.max(to - (ask.days ?? DAYS_PER_LOAD) * DAY, horizon(clock), wantedSince);
    return from < to ? { from, to } : undefined;
  });
  const places = ask.sources.flatMap(({ accountId, regions }) =>
    regions.map(region => ({ accountId, region })),
  );
  // Whole seconds are read, so a Region that is through may stop a second short of the horizon.
  const end = Math.max(horizon(clock), wantedSince) + SECOND;
  if (places.some(place => back(place) > end)) return outcome;
  return { ...outcome, end: wantedSince > horizon(clock) ? 'not kept' : 'not in CloudTrail' };
}

async function lookUp(intake: IntakeInput, ask: LookUpAsk): Promise<number> {
  let total = 0;
  const onPage = ({ stored }: { stored: number }): void => {
    total += stored;
  };
  const { accountId, region, session, signal } = ask;
  const place = { accountId, region };
  const period = upToNow(intake.clock, ask.since);
  await takeMatching(intake, { place, session, period, signal, onPage }, attributeOf(ask.by));
  return total;
}

function attributeOf(by: LookUpBy): NonNullable<LookupRequest['attribute']> {
  if ('accessKeyId' in by) return { key: 'AccessKeyId', value: by.accessKeyId };
  if ('roleSessionName' in by) return { key: 'Username', value: by.roleSessionName };
  return { key: 'ResourceName', value: by.resourceName };
}

function upToNow(clock: Pick<Clock, 'now'>, since: number): Period {
  return { from: Math.max(since, horizon(clock)), to: clock.now() + SECOND };
}

/** CloudTrail user guide: LookupEvents goes back 90 days. */
function horizon(clock: Pick<Clock, 'now'>): number {
  return clock.now() - 90 * DAY;
}
