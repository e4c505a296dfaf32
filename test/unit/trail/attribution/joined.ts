/** A synthetic trail as a store would know it: parsed, with the sessions that its records teach. */

import type { Evidence, Known } from '../../../../src/trail/attribution/attribution.ts';
import { better, type MintedSession, sessionIn } from '../../../../src/trail/attribution/mintedSession.ts';
import { parseTrailEvent, type TrailEvent } from '../../../../src/trail/trailEvent.ts';
import { knownOf } from '../records.ts';
import type { SyntheticTrail } from './synthetic.ts';

export function joined(trail: SyntheticTrail): SyntheticTrail & { events: TrailEvent[]; known: Known } {
  const events = trail.cases.map(({ record }) => parsed(record));
  const starts = trail.starts.map(parsed);
  return {
    ...trail,
    events,
    known: {
      ...knownOf(trail.ledger, { users: trail.users, agents: trail.agents }),
      ...joinsOf([...events, ...starts]),
    },
  };
}

export function parsed(record: Readonly<Record<string, unknown>>): TrailEvent {
  const accountId = String(record['recipientAccountId'] ?? '111122223333');
  return parseTrailEvent({ json: JSON.stringify(record) }, { accountId, region: 'eu-west-1', at: 0 });
}

/** What the records teach of sessions and of copies. */
export function joinsOf(
  events: readonly (Evidence & Pick<TrailEvent, 'time'>)[],
): Required<Pick<Known, 'mintedBy' | 'mintedAs' | 'copyOf'>> {
  const byKey = new Map<string, MintedSession>();
  for (const event of events) {
    const session = sessionIn(event);
    const other = session && byKey.get(session.accessKeyId);
    if (session) byKey.set(session.accessKeyId, other ? better(other, session) : session);
  }
  return {
    mintedBy: key => byKey.get(key),
    mintedAs: id => [...byKey.values()].filter(({ sessionId }) => sessionId === id),
    copyOf: (id, accountId) =>
      events.find(event => event.sharedEventId === id && event.accountId !== accountId),
  };
}
