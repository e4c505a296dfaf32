/** Verdicts that changed: events of some callers, and how they were counted, go over from one actor to another. */
import { HOUR } from '../../base/clock.ts';
import type { Database } from '../../store/database.ts';

export interface Move {
  readonly callers: readonly number[];
  readonly before: number;
  readonly after: number;
}

/** Callers that go the same way go together: what their actor did is looked through once. */
export function movesOf(
  changes: readonly { readonly caller: number; readonly before: number; readonly after: number }[],
): Move[] {
  const groups = Map.groupBy(
    changes.filter(({ before, after }) => before !== after),
    ({ before, after }) => `${before} ${after}`,
  );
  return [...groups.values()].flatMap(group => {
    const [first] = group;
    return first === undefined ? [] : [{ ...first, callers: group.map(({ caller }) => caller) }];
  });
}

export function moveEvents(db: Database, move: Move): void {
  const { before, after } = move;
  const own = ownValues(db, move);
  for (const [actor, sign] of [
    [before, -1],
    [after, 1],
  ] as const) {
    db.run(ROLLUP, actor, sign, ...own);
    db.run(TOTAL, actor, sign, ...own);
    db.run(ACTIVITY, actor, sign, sign, ...own);
  }
  db.run(`UPDATE event SET actor = ? WHERE seq IN (SELECT seq FROM actor_event ${OWN})`, after, ...own);
  db.run(`INSERT INTO actor_event SELECT ?, time, seq, caller FROM actor_event ${OWN}`, after, ...own);
  db.run(`DELETE FROM actor_event ${OWN}`, ...own);
  db.run('DELETE FROM rollup WHERE actor = ? AND events <= 0', before);
  db.run('DELETE FROM total WHERE actor = ? AND events <= 0', before);
  db.run('DELETE FROM activity WHERE events <= 0');
}

/** How many events it has to look at; no more than `most` are counted. */
export function weight(db: Database, move: Move, most: number): number {
  const [actor, from, to] = ownValues(db, move);
  const row = db.get(
    'SELECT count(*) AS n FROM (SELECT 1 FROM actor_event WHERE actor = ? AND time BETWEEN ? AND ? LIMIT ?)',
    actor,
    from,
    to,
    most,
  );
  return Number(row?.['n'] ?? 0);
}

function ownValues(
  db: Database,
  { callers, before }: Move,
): readonly [actor: number, from: number, to: number, callers: string] {
  const list = JSON.stringify(callers);
  const range = db.get(
    `SELECT min(first_time) AS first, max(last_time) AS last FROM caller
     WHERE id IN (SELECT value FROM json_each(?))`,
    list,
  );
  return [before, Number(range?.['first']), Number(range?.['last']), list];
}

const OWN = 'WHERE actor = ? AND time BETWEEN ? AND ? AND caller IN (SELECT value FROM json_each(?))';

const MOVED = `(SELECT seq FROM actor_event ${OWN}) AS own CROSS JOIN event ON event.seq = own.seq`;

const SUM = 'DO UPDATE SET events = events + excluded.events, latest = max(latest, excluded.latest)';

const ROLLUP = `
  INSERT INTO rollup SELECT time / ${HOUR} AS hour, ?, call, place, ? * count(*), max(time) FROM ${MOVED} WHERE TRUE
  GROUP BY hour, call, place ON CONFLICT ${SUM}`;

const TOTAL = `
  INSERT INTO total SELECT ?, call, place, ? * count(*), max(time) FROM ${MOVED} WHERE TRUE
  GROUP BY call, place ON CONFLICT ${SUM}`;

const ACTIVITY = `
  INSERT INTO activity
  SELECT time / ${HOUR} AS hour, (SELECT kind FROM actor WHERE id = ?), ? * count(*), ? * sum(error <> '')
  FROM ${MOVED} JOIN call ON call.id = event.call WHERE TRUE
  GROUP BY hour ON CONFLICT DO UPDATE SET events = events + excluded.events, errors = errors + excluded.errors`;
