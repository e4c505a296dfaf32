/**
 * The few events that a rare word or a deployment can be in. Reading newest first finds the first page of what is
 * frequent at once, but looks at every event for what is rare; for that there are the numbers of a few tables.
 */
import { HOUR } from '../../base/clock.ts';
import { type Conditions, type GroupKey, likePattern, type TrailFilter, words } from '../trailFilter.ts';
import { createEventKeys } from './eventKeys.ts';
import type { TrailIndex } from './openIndex.ts';

export type Searched = Pick<TrailIndex, 'db' | 'hash'>;

/** Up to so many events are gathered; of more, the newest are found soon enough. */
const FEW = 20_000;

/** A condition that only those events meet; undefined when they are many. */
export function selective(index: Searched, filter: TrailFilter, group?: GroupKey): Conditions | undefined {
  if (filter.among) return listed(seqsOf(index, filter.among));
  const deploymentId = (group?.by === 'deployment' ? group.deploymentId : undefined) ?? filter.deploymentId;
  if (deploymentId !== undefined) return ofDeployment(deploymentId);
  const byWord = words(filter.text)
    .map(word => ofWord(index, word))
    .find(found => found !== undefined);
  return byWord ?? ofActors(index, filter);
}

/** Those of a few actors, when they did little. */
function ofActors({ db }: Searched, { actor, actorKind }: TrailFilter): Conditions | undefined {
  if (actor === undefined && actorKind === undefined) return undefined;
  const [which, values] =
    actor === undefined ? ['kind = ?', [actorKind ?? '']] : ['name = ? OR on_behalf_of = ?', [actor, actor]];
  const own = `actor IN (SELECT id FROM actor WHERE ${which})`;
  const count = Number(db.get(`SELECT sum(events) AS n FROM total WHERE ${own}`, ...values)?.['n'] ?? 0);
  return count > FEW ? undefined : { sql: `event.seq IN (SELECT seq FROM actor_event WHERE ${own})`, values };
}

const OF_CALLER = `
  SELECT own.seq FROM caller CROSS JOIN actor_event AS own ON own.actor = caller.actor
    AND own.time BETWEEN first_time AND last_time AND own.caller = caller.id`;

function ofDeployment(deploymentId: string): Conditions {
  return { sql: `event.seq IN (${OF_CALLER} WHERE deployment_id = ?)`, values: [deploymentId] };
}

interface WordPlace {
  /** How many events have the word there. `?1` is the pattern. */
  readonly count: string;
  readonly seqs: string;
}

const like = (...columns: readonly string[]): string =>
  columns.map(column => `${column} LIKE ?1 ESCAPE '\\'`).join(' OR ');

/** What is counted is found by its hours: those in which the roll-up has it. */
const rolledUp = (column: string, matching: string): WordPlace => ({
  count: `SELECT sum(events) AS n FROM total WHERE ${column} IN (${matching})`,
  seqs: `
    SELECT event.seq FROM (SELECT DISTINCT hour, actor FROM rollup WHERE ${column} IN (${matching})) AS hours
    CROSS JOIN actor_event AS own ON own.actor = hours.actor
      AND own.time >= hours.hour * ${HOUR} AND own.time < (hours.hour + 1) * ${HOUR}
    CROSS JOIN event ON event.seq = own.seq
    WHERE event.${column} IN (${matching})`,
});

const RESOURCES = `resource IN (SELECT id FROM resource WHERE ${like('name')})`;

const PLACES: readonly WordPlace[] = [
  rolledUp('call', `SELECT id FROM call WHERE ${like('name', 'source', 'error')}`),
  rolledUp('place', `SELECT id FROM place WHERE ${like('account_id', 'region')}`),
  rolledUp('actor', `SELECT id FROM actor WHERE ${like('name', 'on_behalf_of')}`),
  {
    count: `SELECT sum(events) AS n FROM caller WHERE ${like('search')}`,
    seqs: `${OF_CALLER} WHERE ${like('search')}`,
  },
  {
    count: `SELECT count(*) AS n FROM (SELECT 1 FROM event_resource WHERE ${RESOURCES} LIMIT ${FEW + 1})`,
    seqs: `SELECT seq FROM event_resource WHERE ${RESOURCES}`,
  },
];

function ofWord({ db, hash }: Searched, word: string): Conditions | undefined {
  const pattern = likePattern(word);
  // Addresses are not counted: a word that is in one may be anywhere.
  if (db.get(`SELECT 1 FROM origin WHERE ${like('address')} LIMIT 1`, pattern)) return undefined;
  let count = 0;
  for (const place of PLACES) {
    count += Number(db.get(place.count, pattern)?.['n'] ?? 0);
    if (count > FEW) return undefined;
  }
  const seqs = PLACES.flatMap(place => db.all(place.seqs, pattern)).map(row => Number(row['seq']));
  return listed([...seqs, ...seqsOfId({ db, hash }, word)]);
}

function seqsOf({ db, hash }: Searched, among: NonNullable<TrailFilter['among']>): number[] {
  const keys = createEventKeys(db, hash);
  return among.flatMap(({ accountId, eventId }) => keys.find(accountId, eventId) ?? []);
}

function listed(seqs: readonly number[]): Conditions {
  return { sql: 'event.seq IN (SELECT value FROM json_each(?))', values: [JSON.stringify(seqs)] };
}

/** A word may be an event's whole id, in any account. */
function seqsOfId({ db, hash }: Searched, word: string): number[] {
  const keys = createEventKeys(db, hash);
  return db
    .all('SELECT DISTINCT account_id FROM place')
    .flatMap(row => keys.find(String(row['account_id']), word) ?? []);
}
