/** What records teach of other records, in memory: sessions that were seen to start, and copies of one event. */
import type { Evidence, Known } from '../attribution/attribution.ts';
import { hidesCaller } from '../attribution/copyRule.ts';
import { better, type MintedSession } from '../attribution/mintedSession.ts';

export interface LearnedSoFar {
  /** @returns whether it says more than was known. */
  session(session: MintedSession): boolean;
  /** @returns whether it says more than was known. */
  copy(sharedEventId: string, evidence: Evidence): boolean;
  readonly lookups: Required<Pick<Known, 'mintedBy' | 'mintedAs' | 'copyOf'>>;
}

/** @param limit - so many sessions, and so many copies, are remembered: the latest. */
export function createLearnedSoFar(limit: number): LearnedSoFar {
  const byKey = new Map<string, MintedSession>();
  const byId = new Map<string, Set<string>>();
  const copies = new Map<string, Evidence>();
  const forgetOldest = (): void => {
    const oldest = byKey.values().next().value;
    if (byKey.size <= limit || oldest === undefined) return;
    byKey.delete(oldest.accessKeyId);
    const keys = byId.get(oldest.sessionId ?? '');
    keys?.delete(oldest.accessKeyId);
    if (keys?.size === 0) byId.delete(oldest.sessionId ?? '');
  };
  return {
    session(session) {
      const { accessKeyId, sessionId = '' } = session;
      const kept = byKey.get(accessKeyId);
      if (kept && better(kept, session) === kept) return false;
      byKey.set(accessKeyId, session);
      byId.set(sessionId, (byId.get(sessionId) ?? new Set()).add(accessKeyId));
      forgetOldest();
      return true;
    },
    copy(sharedEventId, evidence) {
      if (hidesCaller(evidence) || copies.has(sharedEventId)) return false;
      copies.set(sharedEventId, evidence);
      const [oldest] = copies.keys();
      if (copies.size > limit && oldest !== undefined) copies.delete(oldest);
      return true;
    },
    lookups: {
      mintedBy: key => byKey.get(key),
      mintedAs: id => [...(byId.get(id) ?? [])].flatMap(key => byKey.get(key) ?? []),
      copyOf(id, accountId) {
        const copy = copies.get(id);
        return copy?.accountId === accountId ? undefined : copy;
      },
    },
  };
}
