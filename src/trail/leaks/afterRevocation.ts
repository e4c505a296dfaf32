/** Sessions of an agent that a person has stopped, still used. */
import { SECOND } from '../../base/clock.ts';
import { ledgerEntryOf } from '../attribution/ledgerEntryOf.ts';
import { type Finding, type LeakContext, type LeakEvent, refOf, severityOf, shapeOf } from './leak.ts';

/** Calls that were under way, IAM that takes its time, and clocks that differ by some seconds. */
const GRACE = 60 * SECOND;

export function afterRevocation(event: LeakEvent, { known, revokedAt }: LeakContext): Finding[] {
  const behind = event.attribution.actor.kind === 'agent' ? ledgerEntryOf(event, known) : undefined;
  if (behind?.entry.kind !== 'agent') return [];
  const { entry, by } = behind;
  const at = revokedAt(entry.profileId);
  // What was minted later was minted because a person let the agent go on.
  if (at === undefined || event.time <= at + GRACE || entry.mintedAt > at) return [];
  const { invokedBy } = event.principal;
  const minutes = Math.max(1, Math.round((event.time - at) / 60_000));
  const through = by === 'chain' ? ', through a session of another role that was started from it' : '';
  const refused = event.error === undefined ? '' : ` The call failed (${event.error}).`;
  return [
    {
      kind: 'afterRevocation',
      key: `afterRevocation ${entry.profileId} ${at}`,
      shape: shapeOf(event),
      severity: severityOf(event),
      // A service goes on with what it was asked for before.
      confidence: invokedBy === undefined ? 'certain' : 'possible',
      event: refOf(event),
      sentence: `A session of agent ${entry.profileName} was used ${minutes} min after the agent was stopped${through}.${refused}`,
      whatToDo:
        by === 'chain'
          ? 'Revoke the sessions of the other role too: its policy does not know that the agent was stopped.'
          : "Whoever holds these credentials can use them until they expire: revoke the active sessions of the agent's role in IAM, and find the process.",
    },
  ];
}
