/** Leaks as the rest of the product sees them: give it the events that have just come, ask it what is open. */
import { type Disposable, Disposables } from '../../base/disposables.ts';
import { Emitter, type Listen } from '../../base/emitter.ts';
import type { Database } from '../../store/database.ts';
import { findLeaks } from './findLeaks.ts';
import { type LeakContext, type LeakEvent, mayLeak, refOf } from './leak.ts';
import { createLeakStore, type Leak, type LeakStore } from './leakStore.ts';
import { createMemoryStore, type MemoryStore } from './memoryStore.ts';
import { stillSpeaks } from './stillSpeaks.ts';

export interface Leaks extends Disposable, Pick<LeakStore, 'list' | 'get'> {
  /** @returns the leaks that are new, or open again. Events that were taken before add nothing. */
  take(events: readonly LeakEvent[]): Leak[];
  /** The same for events whose verdict has become another one: leaks that it clears are withdrawn. */
  review(events: readonly LeakEvent[]): Leak[];
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
  const stores = { db, store: createLeakStore(db), memory: createMemoryStore(db) };
  const { store } = stores;
  return {
    take(events) {
      const told = take(stores, events, context());
      if (told.length > 0) changed.fire();
      return told;
    },
    review(events) {
      const cleared = review(stores, events, context());
      const told = take(stores, events, context());
      if (cleared + told.length > 0) changed.fire();
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

interface Stores {
  readonly db: Database;
  readonly store: LeakStore;
  readonly memory: MemoryStore;
}

/** Memory and findings together: neither is without the other. */
function take({ db, store, memory }: Stores, events: readonly LeakEvent[], context: LeakContext): Leak[] {
  const own = events.filter(({ attribution }) => mayLeak(attribution));
  if (own.length === 0) return [];
  return db.transaction(() => {
    const before = memory.read(periodOf(own));
    const result = findLeaks(own, before, context);
    memory.write(result.memory, before);
    return store.keep(result.findings);
  });
}

/** @returns for how many leaks an event speaks no more. */
function review({ db, store }: Stores, events: readonly LeakEvent[], context: LeakContext): number {
  return db.transaction(() => {
    let cleared = 0;
    for (const event of events)
      for (const leak of store.of(refOf(event))) {
        if (stillSpeaks(leak, event, context)) continue;
        store.clear(leak.key, refOf(event));
        cleared++;
      }
    return cleared;
  });
}

function periodOf(events: readonly LeakEvent[]): { from: number; to: number } {
  const times = events.map(({ time }) => time);
  return {
    from: times.reduce((one, other) => Math.min(one, other)),
    to: times.reduce((one, other) => Math.max(one, other)),
  };
}
