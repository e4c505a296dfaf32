/**
 * The trail: what CloudTrail recorded, fetched once, kept in the store with a verdict on who did it, and listed from
 * there. Made once per process: its limiters are what keeps all its callers within CloudTrail's pace.
 */
import { type Clock, DAY, SECOND } from '../base/clock.ts';
import { type Disposable, Disposables } from '../base/disposables.ts';
import { Emitter, type Listen } from '../base/emitter.ts';
import type { Database } from '../store/database.ts';
import type { Known } from './attribution/attribution.ts';
import { type DeploymentTrace, queryDeployment } from './deploymentEvents.ts';
import { type IntakeInput, takeMatching } from './intake.ts';
import { createLimiters } from './limiter.ts';
import type { LookupRequest } from './lookUp.ts';
import { type Period, reachesBackTo } from './period.ts';
import { bringUpToDate } from './reattribute.ts';
import { type ReadAsk, type ReadOutcome, readAll } from './refresh.ts';
import { type Connect, createRegionReader, type SessionOf } from './regionReader.ts';
import { retryFor } from './retry.ts';
import type { StoredEvent } from './storedEvent.ts';
import type { GroupBy, TrailFilter } from './trailFilter.ts';
import { type EventGroup, type EventPage, type EventsAsk, queryEvents, queryGroups } from './trailQueries.ts';
import { createTrailStore, type Place, type TrailStore } from './trailStore.ts';

export interface Trail extends Disposable {
  /** Fetches what is new or missing since then. @throws Cancelled; what was read until then is kept. */
  refresh(ask: RefreshAsk): Promise<ReadOutcome>;
  /** Fetches older events, a stretch further back in each Region. @throws Cancelled */
  loadMore(ask: LoadMoreAsk): Promise<ReadOutcome & { readonly exhausted: boolean }>;
  /** Looks the events of one session or resource up. @returns how many were new. @throws UserError, Cancelled */
  lookUp(ask: LookUpAsk): Promise<number>;
  /** Newest first. */
  groups(by: GroupBy, filter?: TrailFilter): EventGroup[];
  events(ask: EventsAsk): EventPage;
  /** What the store has of a deployment's sessions and resources, oldest first. */
  deploymentEvents(trace: DeploymentTrace): StoredEvent[];
  /** The whole record as JSON text. */
  record(accountId: string, eventId: string): string | undefined;
  /** How far back the trail of a Region is known without a gap. */
  reachesBackTo(place: Place): number | undefined;
  /** Events came in, or verdicts changed. */
  readonly onChange: Listen<void>;
}

export interface TrailInput {
  readonly db: Database;
  readonly clock: Clock;
  readonly random: () => number;
  readonly connect: Connect;
  readonly known: () => Known;
}

export interface RefreshAsk extends ReadAsk {
  /** Milliseconds since the epoch. */
  readonly since: number;
}

export interface LoadMoreAsk extends ReadAsk {
  readonly days?: number;
}

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
  const { db, clock, known } = input;
  const ended = new Disposables();
  const changed = ended.add(new Emitter<void>());
  const store = createTrailStore(db);
  const intake = createIntake(input, store, changed);
  const update = (): void => {
    if (bringUpToDate(db, known()) > 0) changed.fire();
  };
  return {
    refresh(ask) {
      update();
      return readAll(intake, ask, () => upToNow(clock, ask.since));
    },
    loadMore: ask => loadMore(intake, ask),
    lookUp: ask => lookUp(intake, ask),
    groups(by, filter = {}) {
      update();
      return queryGroups(db, by, filter);
    },
    events(ask) {
      update();
      return queryEvents(db, ask);
    },
    deploymentEvents(trace) {
      update();
      return queryDeployment(db, trace);
    },
    record: store.record,
    reachesBackTo: place => reachesBackTo(store.coverage(place)),
    onChange: changed.listen,
    dispose: () => ended.dispose(),
  };
}

function createIntake(input: TrailInput, store: TrailStore, changed: Emitter<void>): IntakeInput {
  const { clock, random, connect, known } = input;
  return {
    clock,
    known,
    read: createRegionReader(connect, createLimiters({ clock, random, retryFor })),
    store: {
      coverage: store.coverage,
      keep(...page) {
        const added = store.keep(...page);
        if (added > 0) changed.fire();
        return added;
      },
    },
  };
}

async function loadMore(
  intake: IntakeInput,
  ask: LoadMoreAsk,
): Promise<ReadOutcome & { readonly exhausted: boolean }> {
  const { clock, store } = intake;
  const back = (place: Place): number => reachesBackTo(store.coverage(place)) ?? clock.now();
  const outcome = await readAll(intake, ask, place => {
    const to = back(place);
    return { from: Math.max(to - (ask.days ?? DAYS_PER_LOAD) * DAY, horizon(clock)), to };
  });
  const places = ask.sources.flatMap(({ accountId, regions }) =>
    regions.map(region => ({ accountId, region })),
  );
  // Whole seconds are read, so a Region that is through may stop a second short of the horizon.
  return { ...outcome, exhausted: places.every(place => back(place) <= horizon(clock) + SECOND) };
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
