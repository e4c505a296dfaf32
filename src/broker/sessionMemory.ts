/**
 * A client's session, asked of `Sessions` again when anything in the store has changed (a profile, a revocation), and
 * once a second, which is when it learns that the session is in use, and renews it in time.
 */
import { SECOND } from '../base/clock.ts';
import type { Disposable } from '../base/disposables.ts';
import type { Session } from '../identity/session.ts';
import { askOf } from './askOf.ts';
import type { BrokerInput } from './brokerInput.ts';
import type { Client } from './client.ts';

const KEPT_MS = SECOND;

export interface SessionMemory extends Disposable {
  /** @throws as `Sessions.get` */
  session(client: Client): Promise<Session>;
}

interface Kept {
  readonly session: Session;
  readonly revision: number;
  readonly at: number;
}

/** Its secrets stay sealed. */
export function createSessionMemory(
  { sessions, office }: Pick<BrokerInput, 'sessions' | 'office'>,
  elapsed: () => number,
): SessionMemory {
  const { store } = office;
  const kept = new Map<string, Kept>();
  // Locked, signed out, renewed: what is kept may be destroyed by now.
  const listening = sessions.onChange(() => kept.clear());
  return {
    async session(client) {
      const ask = askOf(client);
      const key = JSON.stringify(ask);
      const [revision, at] = [store.revision(), elapsed()];
      const before = kept.get(key);
      if (before?.revision === revision && at - before.at < KEPT_MS) return before.session;
      const session = await sessions.get(ask);
      kept.set(key, { session, revision, at });
      return session;
    },
    dispose: () => listening.dispose(),
  };
}
