/** What each actor did in all stands with the actor: who asks for no more need not add up its calls. */
import type { Database } from '../../store/database.ts';

interface Sums {
  events: number;
  errors: number;
  latest: number;
}

/** Of a transaction. */
export class ActorCounts {
  readonly #sums = new Map<number, Sums>();

  add(actor: number, events: number, latest: number, isError: boolean): void {
    const sums = this.#sums.get(actor);
    if (sums === undefined) {
      this.#sums.set(actor, { events, errors: isError ? events : 0, latest });
      return;
    }
    sums.events += events;
    if (isError) sums.errors += events;
    if (latest > sums.latest) sums.latest = latest;
  }

  write(db: Database): void {
    for (const [actor, { events, errors, latest }] of this.#sums) db.run(ADD, events, errors, latest, actor);
  }
}

const ADD = `
  UPDATE actor SET all_events = all_events + ?, all_errors = all_errors + ?, all_latest = max(all_latest, ?)
  WHERE id = ?`;

/** After events went: who has none any more begins anew with the next one. */
export function restActors(db: Database): void {
  db.run('UPDATE actor SET all_latest = ? WHERE all_events <= 0', NEVER);
}

/** The time of what has not been: the latest event of an actor without any. */
export const NEVER = Number.MIN_SAFE_INTEGER;
