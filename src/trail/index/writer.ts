/**
 * Takes batches into the index: one transaction for each, so that events, counts, sessions and what the batch completes
 * are there together or not at all. One event is one event however often it comes.
 */
import type { Database } from '../../store/database.ts';
import { isOurShape } from '../attribution/agentMarks.ts';
import type { Known } from '../attribution/attribution.ts';
import type { Clue } from '../attribution/learned.ts';
import type { Batch, StartedSession } from '../scan/batch.ts';
import { type Callers, createCallers } from './callers.ts';
import { type CountedEvent, type Counts, createCounts } from './counts.ts';
import { createEventKeys } from './eventKeys.ts';
import { Gathered } from './events/gathered.ts';
import { createLearning, type Learning } from './learning.ts';
import { createNames, type IndexNames } from './names.ts';
import type { TrailIndex } from './openIndex.ts';
import { everyone, judgeAll, reconsider, type Within } from './reconsider.ts';
import { timesNamesWent } from './unused.ts';

export interface IndexWriter {
  /** Inside of a transaction. @returns how many events were new. */
  write(batch: Batch, known: Known, extra: WriteExtra): number;
  /** Runs `work` as one transaction. What a failed one has made is forgotten. */
  transaction<T>(work: () => T): T;
  /**
   * Reaches the verdicts anew that hang on one of the clues. Inside of a transaction. @returns how many changed.
   * @throws TooMuch when it is more than some milliseconds' work and `within` says that it must not be
   */
  reconsider(clues: readonly Clue[], known: Known, within?: Within): number;
  /** The same for every caller. */
  reconsiderAll(known: Known, within?: Within): number;
}

export interface WriteExtra {
  /** The number of the file that a unit of work is; 0 for what has no file. */
  readonly fileOf: (unit: number) => number;
  /** Whole records, for events that have no file. */
  readonly bodies?: readonly string[];
  /** The numbers of the batch's names; kept by the caller from batch to batch of one builder. */
  readonly numbers?: Numbers;
}

/** The index's numbers for a builder's numbers, which count from 1. */
export class Numbers {
  texts: number[] = [0];
  places: number[] = [0];
  accounts: string[] = [''];
  calls: number[] = [0];
  errors: boolean[] = [false];
  callers: number[] = [0];
  origins: number[] = [0];
}

export function createWriter(index: TrailIndex): IndexWriter {
  const { db, hash } = index;
  const names = createNames(db, hash);
  const callers = createCallers(db, hash, names);
  const learning = createLearning(db, hash);
  const gathered = new Gathered(index);
  const keys = createEventKeys(index, gathered);
  const parts: Parts = { index, db, names, callers, learning, gathered, counts: createCounts(db) };
  let [version, generation, went] = [db.version(), index.generation(), timesNamesWent(db)];
  const forget = (): void => {
    for (const part of [names, callers, learning, gathered, parts.counts, index.segments()]) part.forget();
  };
  return {
    write(batch, known, extra) {
      const all = learning.known(known);
      // Sessions first: the verdicts on the batch's own events depend on them.
      const learned = learnSessions(learning, batch.sessions);
      const columns = translate(parts, batch, extra.numbers ?? new Numbers(), all);
      const clues = [...learned, ...learnCopies(learning, batch, columns)];
      const firstSeq = gathered.nextSeq();
      const isNew = keys.claim(batch, columns.accounts, firstSeq);
      const added = insertEvents(parts, batch, columns, { isNew, firstSeq, ...extra });
      if (clues.length > 0) reconsider(parts, clues, all);
      return added;
    },
    transaction(work) {
      if (index.generation() !== generation) forget();
      generation = index.generation();
      try {
        return db.transaction(() => {
          const now = db.version();
          if (now !== version) for (const forgetSome of [callers.forgetActors, learning.forget]) forgetSome();
          version = now;
          const wentNow = timesNamesWent(db);
          if (wentNow !== went) for (const part of [names, callers, learning]) part.forget();
          went = wentNow;
          const result = work();
          gathered.write();
          parts.counts.write();
          return result;
        });
      } catch (error) {
        forget();
        throw error;
      }
    },
    reconsider: (clues, known, within) => reconsider(parts, clues, learning.known(known), within),
    reconsiderAll: (known, within) =>
      judgeAll(parts, everyone(db, within), learning.known(known), within ?? 'no limit'),
  };
}

interface Parts {
  readonly index: TrailIndex;
  readonly db: Database;
  readonly names: IndexNames;
  readonly callers: Callers;
  readonly learning: Learning;
  /** Of the transaction so far. */
  readonly gathered: Gathered;
  readonly counts: Counts;
}

function learnSessions(learning: Learning, sessions: readonly StartedSession[]): Clue[] {
  const minted = sessions.flatMap(session => session.minted ?? []);
  return minted.length === 0 ? [] : learning.sessions(minted);
}

function learnCopies(learning: Learning, { shared, time }: Batch, { accounts, caller }: Translated): Clue[] {
  return shared.flatMap(({ event, sharedEventId }) =>
    learning.copy(sharedEventId, accounts[event] ?? '', caller[event] ?? 0, time[event] ?? 0),
  );
}

/** A batch in the index's numbers. */
interface Translated {
  readonly numbers: Numbers;
  /** Per event: most have their builder's caller, one that starts a session of No Wing is a caller of its own. */
  readonly caller: Int32Array;
  readonly accounts: readonly string[];
}

function translate(parts: Parts, batch: Batch, numbers: Numbers, known: Known): Translated {
  const { names, callers } = parts;
  if (batch.fresh) Object.assign(numbers, new Numbers());
  for (const text of batch.names.texts) numbers.texts.push(names.resource(text));
  for (const address of batch.names.origins) numbers.origins.push(names.origin(address));
  for (const place of batch.names.places) {
    numbers.places.push(names.place(place));
    numbers.accounts.push(place.accountId);
  }
  for (const call of batch.names.calls) {
    numbers.calls.push(names.call(call));
    numbers.errors.push(call.error !== undefined);
  }
  for (const evidence of batch.names.callers) numbers.callers.push(callers.find(evidence, known));
  const caller = batch.caller.map(number => numbers.callers[number] ?? 0);
  for (const started of batch.sessions) {
    const own = ownCaller(callers, started, caller[started.event] ?? 0, known);
    if (own !== undefined) caller[started.event] = own;
  }
  return { numbers, caller, accounts: Array.from(batch.place, place => numbers.accounts[place] ?? '') };
}

/** Who starts a session of No Wing is judged by the session too; any other start is an act like the caller's others. */
function ownCaller(
  callers: Callers,
  { asked, error }: StartedSession,
  caller: number,
  known: Known,
): number | undefined {
  const isOurs =
    (asked.sessionName !== undefined && isOurShape(asked.sessionName)) ||
    (asked.accessKeyId !== undefined && known.byAccessKey(asked.accessKeyId) !== undefined);
  return isOurs
    ? callers.find({ ...callers.evidence(caller), requestedSession: asked, error }, known)
    : undefined;
}

interface Inserting extends WriteExtra {
  readonly isNew: Uint8Array;
  readonly firstSeq: number;
}

/** @returns how many. */
function insertEvents(parts: Parts, batch: Batch, columns: Translated, inserting: Inserting): number {
  const { counts, gathered } = parts;
  const { origins, texts } = columns.numbers;
  const hasOddIds = batch.oddIds.size > 0;
  let added = 0;
  for (let event = 0; event < batch.count; event++) {
    if (inserting.isNew[event] === 0) continue;
    added++;
    const counted = countedEvent(parts, batch, columns, event);
    counts.add(counted);
    gathered.add({
      seq: inserting.firstSeq + event,
      time: counted.time,
      ids: batch.id,
      idAt: event * 16,
      oddId: hasOddIds ? batch.oddIds.get(event) : undefined,
      place: counted.place,
      call: counted.call,
      caller: counted.caller,
      origin: origins[batch.origin[event] ?? 0] ?? 0,
      file: inserting.fileOf(batch.unit[event] ?? 0),
      position: batch.position[event] ?? 0,
    });
    for (let index = batch.resourceFrom[event] ?? 0; index < (batch.resourceFrom[event + 1] ?? 0); index++)
      gathered.addResource(texts[batch.resources[index] ?? 0] ?? 0);
  }
  insertBodies(parts.db, inserting);
  return added;
}

function countedEvent(
  { callers }: Parts,
  batch: Batch,
  { numbers, caller }: Translated,
  event: number,
): CountedEvent {
  const who = caller[event] ?? 0;
  const call = batch.call[event] ?? 0;
  return {
    time: batch.time[event] ?? 0,
    actor: callers.actorOf(who),
    call: numbers.calls[call] ?? 0,
    isError: numbers.errors[call] ?? false,
    place: numbers.places[batch.place[event] ?? 0] ?? 0,
    caller: who,
  };
}

function insertBodies(db: Database, { bodies = [], isNew, firstSeq }: Inserting): void {
  for (const [event, body] of bodies.entries())
    if (isNew[event] === 1) db.run('INSERT INTO record VALUES (?, ?)', firstSeq + event, body);
}
