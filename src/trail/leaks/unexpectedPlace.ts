/**
 * A session in two places at once. A laptop that moves and a VPN that is switched on take all sessions with them, one
 * after the other; a key that was copied is used there while its owner goes on here.
 */
import { HOUR, MINUTE } from '../../base/clock.ts';
import type { Confidence, Finding, LeakEvent } from './leak.ts';
import { placeOf } from './place.ts';
import { type Sighting, type Stay, sightingOf, staysOf, type Watch } from './watch.ts';

/** To and fro once is a VPN that was on for a while. */
const TOO_MANY_MOVES = 3;
/** Nobody goes and comes back in less. */
const TOO_BRIEF = 2 * MINUTE;

/**
 * @param events - the session's that have just come: of earlier ones the watch remembers enough.
 * @param all - the sessions of this computer, this one among them.
 */
export function unexpectedPlace(
  watch: Watch,
  events: readonly LeakEvent[],
  all: readonly Watch[],
): Finding[] {
  if (isLongLived(watch)) return [];
  // Private addresses are seen where a VPC has an endpoint: beside the public one, on the same computer.
  return (['v4', 'v6'] as const).flatMap(family => {
    const stays = staysOf(watch, family);
    return stays.flatMap(stay => {
      const suspicion = suspect(stays, stay, all);
      return suspicion === undefined
        ? []
        : sightingsIn(stay, events).map(one => finding(watch, one, suspicion));
    });
  });
}

/** A person uses their own long-lived key wherever they are, on several computers at once. */
function isLongLived({ accessKeyId }: Watch): boolean {
  return accessKeyId.startsWith('AKIA');
}

interface Suspicion {
  readonly confidence: Confidence;
  /** The other network; which of the two is this computer's, no record says. */
  readonly other: string;
}

function suspect(stays: readonly Stay[], here: Stay, all: readonly Watch[]): Suspicion | undefined {
  const other = stays.find(({ network }) => network !== here.network)?.network;
  // One that is always in one place may have been handed to another machine.
  if (other === undefined) return undefined;
  if (isToAndFro(stays, here) || all.some(each => isElsewhereThroughout(each, here)))
    return { confidence: 'likely', other };
  return isBrief(stays, here) ? { confidence: 'possible', other } : undefined;
}

function isToAndFro(stays: readonly Stay[], here: Stay): boolean {
  const moves = stays.filter(stay => Math.abs(stay.from - here.from) <= HOUR).length - 1;
  return moves >= TOO_MANY_MOVES && stays.some(stay => stay.network === here.network && stay !== here);
}

/** In one other network both before and after this stay, and nowhere else between. */
function isElsewhereThroughout(other: Watch, here: Stay): boolean {
  if (isLongLived(other)) return false;
  return staysOf(other, here.family).some(
    stay => stay.network !== here.network && stay.from < here.from && stay.to > here.to,
  );
}

function isBrief(stays: readonly Stay[], here: Stay): boolean {
  const at = stays.indexOf(here);
  const [before, after] = [stays[at - 1], stays[at + 1]];
  return before !== undefined && before.network === after?.network && after.from - before.to <= TOO_BRIEF;
}

function sightingsIn(stay: Stay, events: readonly LeakEvent[]): Sighting[] {
  const isWithin = (event: LeakEvent): boolean =>
    event.time >= stay.from && event.time <= stay.to && placeOf(event.sourceIp)?.network === stay.network;
  const fresh = events.filter(isWithin).flatMap(event => sightingOf(event) ?? []);
  return [...stay.ends, ...fresh];
}

function finding(
  { kind, profileId, profileName }: Watch,
  { network, event, shape, severity }: Sighting,
  { other, confidence }: Suspicion,
): Finding {
  const [one, two] = [network, other].toSorted();
  return {
    kind: 'unexpectedPlace',
    key: `unexpectedPlace ${profileId} ${one} ${two}`,
    shape,
    severity,
    confidence,
    event,
    sentence: `A session of ${kind} ${profileName} was used from ${one} and from ${two} at the same time.`,
    whatToDo: `If you know both networks (a VPN that only some calls take, a remote machine), this is fine. Otherwise stop ${kind} ${profileName} and revoke its sessions: somebody has a copy of its credentials.`,
  };
}
