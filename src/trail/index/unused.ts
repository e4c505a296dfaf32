/**
 * What no event uses any more goes: names, callers, and what was learned of sessions and copies that are older than all
 * that is kept. In one pass over the columns of numbers; whoever remembers numbers of names has to notice.
 */
import { HOUR } from '../../base/clock.ts';
import type { Database } from '../../store/database.ts';
import type { Segments } from './events/segments.ts';
import { LONG_AGO } from './events/selection.ts';
import type { TrailIndex } from './openIndex.ts';
import { keepStateNumber, stateNumber } from './state.ts';

/** Numbers of names that somebody remembers and will write events with. */
export interface NamesInUse {
  readonly texts: readonly number[];
  readonly callers: readonly number[];
  readonly origins: readonly number[];
}

/** Undefined when somebody remembers numbers and it cannot be known which. */
export type InUse = () => Iterable<NamesInUse> | undefined;

const WENT = 'names went';

/** Another number each time that names went. */
export function timesNamesWent(db: Database): number {
  return stateNumber(db, WENT);
}

/** Inside of a transaction. @returns whether it could be done. */
export function removeUnused(
  { db, segments }: Pick<TrailIndex, 'db' | 'segments'>,
  inUse: InUse = () => [],
): boolean {
  const remembered = inUse();
  if (remembered === undefined) return false;
  const used = marks(db);
  for (const { texts, callers, origins } of remembered) mark(used, callers, origins, texts);
  markEvents(used, segments());
  const first = db.get('SELECT min(from_ms) AS first FROM segment')?.['first'];
  removeLearned(db, Number(first ?? Number.MAX_SAFE_INTEGER));
  for (const table of ['resource', 'origin'] as const)
    db.run(`DELETE FROM ${table} WHERE ${UNUSED}`, used[table]);
  db.run(`DELETE FROM caller WHERE ${UNUSED} AND ${NOT_OF_COPY} AND ${NOT_JUDGED_LAST}`, used.caller);
  keepStateNumber(db, WENT, timesNamesWent(db) + 1);
  return true;
}

/** By numbers of names: 1 at each that is used. */
interface Marks {
  readonly caller: Uint8Array;
  readonly origin: Uint8Array;
  readonly resource: Uint8Array;
}

function marks(db: Database): Marks {
  const of = (table: string): Uint8Array =>
    new Uint8Array(Number(db.get(`SELECT coalesce(max(id), 0) AS most FROM ${table}`)?.['most']) + 1);
  return { caller: of('caller'), origin: of('origin'), resource: of('resource') };
}

type Many = Iterable<number>;

function mark(used: Marks, callers: Many, origins: Many, resources: Many): void {
  for (const id of callers) used.caller[id] = 1;
  for (const id of origins) used.origin[id] = 1;
  for (const id of resources) used.resource[id] = 1;
}

function markEvents(used: Marks, segments: Segments): void {
  for (const segment of segments.within(LONG_AGO, Number.MAX_SAFE_INTEGER)) {
    const [callers, origins] = [segments.numbers(segment, 'caller'), segments.numbers(segment, 'origin')];
    mark(used, callers, origins, segments.numbers(segment, 'resources'));
  }
}

/** The marks are one value, and of that a byte is looked at for each row. */
const UNUSED = `substr(?, id + 1, 1) = x'00'`;
const NOT_OF_COPY = 'id NOT IN (SELECT caller FROM copy)';
/** The next verdict that is reached anew must have a higher number than the last one had. */
const NOT_JUDGED_LAST = '(judged = 0 OR judged < (SELECT max(judged) FROM caller WHERE judged > 0))';

/** No session lasts longer: AWS STS reference, GetSessionToken and GetFederationToken. */
const LONGEST_SESSION = 36 * HOUR;

/** @param first - the time of the oldest event. */
function removeLearned(db: Database, first: number): void {
  // Copies have the time of their event, so the events of all of them went together.
  db.run('DELETE FROM copy WHERE time < ?', first);
  db.run(MINTED, first - LONGEST_SESSION);
  db.script('DELETE FROM starter WHERE id NOT IN (SELECT starter FROM minted)');
}

/** Not those that sessions which stay were started with, over any number of steps. */
const MINTED = `
  WITH RECURSIVE needed (starter) AS (
    SELECT DISTINCT starter FROM minted WHERE time >= ?1
    UNION
    SELECT minted.starter FROM needed JOIN starter ON starter.id = needed.starter
      JOIN minted ON minted.key = starter.parent
  )
  DELETE FROM minted WHERE time < ?1 AND key NOT IN (
    SELECT parent FROM needed JOIN starter ON starter.id = needed.starter WHERE parent IS NOT NULL
  )`;
