/** The sessions behind an event: its own, the one that started it, and so on up to the first that was seen to start. */
import { SECOND } from '../../base/clock.ts';
import type { Principal } from '../trailEvent.ts';
import type { Known } from './attribution.ts';
import type { MintedSession } from './mintedSession.ts';

/** The event's own session first. A chain that bites its tail ends there. */
export function chainOf(principal: Principal, known: Known): readonly MintedSession[] {
  const chain: MintedSession[] = [];
  const seen = new Set<string>();
  let link = ownSession(principal, known);
  while (link !== undefined && !seen.has(link.accessKeyId)) {
    seen.add(link.accessKeyId);
    chain.push(link);
    link = ownSession({ ...NO_SESSION, ...link.caller }, known);
  }
  return chain;
}

type SessionOf = Pick<Principal, 'accessKeyId' | 'principalId' | 'createdAt'>;
const NO_SESSION: SessionOf = { accessKeyId: undefined, principalId: undefined, createdAt: undefined };

function ownSession(
  { accessKeyId, principalId, createdAt }: SessionOf,
  known: Known,
): MintedSession | undefined {
  const byKey = accessKeyId === undefined ? undefined : known.mintedBy?.(accessKeyId);
  if (byKey !== undefined || principalId?.includes(':') !== true) return byKey;
  return theOne(known.mintedAs?.(principalId) ?? [], createdAt);
}

/**
 * Tools give all their sessions one name (`aws-cdk-root`), so those of one id are told apart by when they began. Those
 * that the same caller started are as good as one.
 */
function theOne(
  sessions: readonly MintedSession[],
  createdAt: string | undefined,
): MintedSession | undefined {
  const at = Date.parse(createdAt ?? '');
  const possible = Number.isNaN(at)
    ? sessions
    : sessions.filter(({ startedAt }) => Math.abs(startedAt - at) <= 2 * SECOND);
  const [first] = possible;
  const isOne =
    first !== undefined &&
    (possible.length === 1 ||
      (first.caller.accessKeyId !== undefined &&
        possible.every(({ caller }) => caller.accessKeyId === first.caller.accessKeyId)));
  return isOne ? first : undefined;
}
