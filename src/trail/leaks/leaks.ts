/** Leaks as the rest of the product sees them: give it the events that have just come, ask it what is open. */
import { type Disposable, Disposables } from '../../base/disposables.ts';
import { Emitter, type Listen } from '../../base/emitter.ts';
import type { Database } from '../../store/database.ts';
import { findLeaks } from './findLeaks.ts';
import { type LeakContext, type LeakEvent, mayLeak } from './leak.ts';
import { createLeakStore, type Leak, type LeakStore } from './leakStore.ts';
import { createMemoryStore } from './memoryStore.ts';

export interface Leaks extends Disposable, Pick<LeakStore, 'list' | 'get'> {
  /** @returns the leaks that are new, or open again. Events that were taken before add nothing. */
  take(events: readonly LeakEvent[]): Leak[];
  /** "This is fine." @throws UserError `leak.reason`, `leak.unknown` */
  acknowledge(key: string, reason: string): void;
  withdraw(key: string): void;
  readonly onChange: Listen<void>;
}

export interface LeaksInput {
  /** Where what people said of leaks survives; not the index, which may be built anew. */
  readonly db: Database;
  readonly context: () => LeakContext;
  readonly now: () => number;
}

export function createLeaks({ db, context, now }: LeaksInput): Leaks {
  const ended = new Disposables();
  const changed = ended.add(new Emitter<void>());
  const store = createLeakStore(db);
  return {
    take(events) {
      const told = take(db, store, events, context());
      if (told.length > 0) changed.fire();
      return told;
    },
    list: store.list,
    get: store.get,
    acknowledge(key, reason) {
      store.acknowledge(key, reason, now());
      changed.fire();
    },
    withdraw(key) {
      store.withdraw(key);
      changed.fire();
    },
    onChange: changed.listen,
    dispose: () => ended.dispose(),
  };
}

/** Memory and findings together: neither is without the other. */
function take(db: Database, store: LeakStore, events: readonly LeakEvent[], context: LeakContext): Leak[] {
  const own = events.filter(({ attribution }) => mayLeak(attribution));
  if (own.length === 0) return [];
  const memory = createMemoryStore(db);
  return db.transaction(() => {
    const result = findLeaks(own, memory.read(periodOf(own)), context);
    memory.write(result.memory);
    return store.keep(result.findings);
  });
}

function periodOf(events: readonly LeakEvent[]): { from: number; to: number } {
  const times = events.map(({ time }) => time);
  return {
    from: times.reduce((one, other) => Math.min(one, other)),
    to: times.reduce((one, other) => Math.max(one, other)),
  };
}
