/** The events of each actor by time: gathered over a transaction, because in their own order they are written fastest. */
import type { Database } from '../../store/database.ts';
import { createBulk } from './bulk.ts';

export interface ActorEvent {
  readonly seq: number;
  readonly time: number;
  readonly actor: number;
  readonly caller: number;
}

export class ActorEvents {
  readonly #byActor = new Map<number, ActorEvent[]>();

  add(event: ActorEvent): void {
    const own = this.#byActor.get(event.actor);
    if (own === undefined) this.#byActor.set(event.actor, [event]);
    else own.push(event);
  }

  /** Inside of the transaction whose events they are. */
  write(db: Database): void {
    const rows = createBulk(db, { insert: 'INSERT INTO actor_event VALUES', columns: 4 });
    for (const [actor, events] of [...this.#byActor].sort(([one], [other]) => one - other))
      for (const { time, seq, caller } of events.sort(inTime)) rows.add(actor, time, seq, caller);
    rows.flush();
    this.forget();
  }

  forget(): void {
    this.#byActor.clear();
  }
}

function inTime(one: ActorEvent, other: ActorEvent): number {
  return one.time - other.time || one.seq - other.seq;
}
