/** Verdicts that changed: a caller's events, and how they were counted, go over to the other actor. */
import { HOUR } from '../../base/clock.ts';
import type { Database } from '../../store/database.ts';

export interface Move {
  readonly caller: number;
  readonly before: number;
  readonly after: number;
}

export function moveEvents(db: Database, { caller, before, after }: Move): void {
  if (before === after) return;
  const range = db.get('SELECT first_time, last_time FROM caller WHERE id = ?', caller);
  const own = [before, Number(range?.['first_time']), Number(range?.['last_time']), caller] as const;
  for (const [actor, sign] of [
    [before, -1],
    [after, 1],
  ] as const) {
    db.run(ROLLUP, actor, sign, ...own);
    db.run(TOTAL, actor, sign, ...own);
    db.run(ACTIVITY, actor, sign, sign, ...own);
  }
  db.run('DELETE FROM rollup WHERE actor = ? AND events <= 0', before);
  db.run('DELETE FROM total WHERE actor = ? AND events <= 0', before);
  db.run('DELETE FROM activity WHERE events <= 0');
  db.run(`UPDATE event SET actor = ? ${OWN}`, after, ...own);
}

/** By the index on actor and time. */
const OWN = 'WHERE actor = ? AND time BETWEEN ? AND ? AND caller = ?';

const SUM = 'DO UPDATE SET events = events + excluded.events, latest = max(latest, excluded.latest)';

const ROLLUP = `
  INSERT INTO rollup SELECT time / ${HOUR} AS hour, ?, call, place, ? * count(*), max(time) FROM event ${OWN}
  GROUP BY hour, call, place ON CONFLICT ${SUM}`;

const TOTAL = `
  INSERT INTO total SELECT ?, call, place, ? * count(*), max(time) FROM event ${OWN}
  GROUP BY call, place ON CONFLICT ${SUM}`;

const ACTIVITY = `
  INSERT INTO activity
  SELECT time / ${HOUR} AS hour, (SELECT kind FROM actor WHERE id = ?), ? * count(*), ? * sum(error <> '')
  FROM event JOIN call ON call.id = call ${OWN.replace('actor =', 'event.actor =')}
  GROUP BY hour ON CONFLICT DO UPDATE SET events = events + excluded.events, errors = errors + excluded.errors`;
