/**
 * What is remembered of a ledger session between one lot of events and the next: where it was used from and by what.
 * Small and bounded, so that new events are enough to find a leak. Events come in any order.
 */
import * as v from 'valibot';
import type { LedgerEntry } from '../../identity/ledger.ts';
import { clientOf } from './client.ts';
import { EventRef, type LeakEvent, refOf, SEVERITIES, severityOf, shapeOf } from './leak.ts';
import { placeOf } from './place.ts';

const Sighting = v.object({
  at: v.number(),
  family: v.picklist(['v4', 'v6', 'private']),
  network: v.string(),
  event: EventRef,
  shape: v.string(),
  severity: v.picklist(SEVERITIES),
});
export type Sighting = Readonly<v.InferOutput<typeof Sighting>>;

const Seen = v.object({
  agents: v.array(v.string()),
  os: v.optional(v.string()),
  isBrowser: v.boolean(),
  network: v.optional(v.string()),
  event: EventRef,
});
export type Seen = Readonly<v.InferOutput<typeof Seen>>;

export const Watch = v.object({
  accessKeyId: v.string(),
  profileId: v.string(),
  profileName: v.string(),
  kind: v.picklist(['user', 'agent']),
  /** By time; of a stay in one network only its ends. */
  sightings: v.array(Sighting),
  /** Each kind of client once, with its first event. */
  clients: v.array(Seen),
});
export type Watch = Readonly<v.InferOutput<typeof Watch>>;

const MOST_SIGHTINGS = 64;
const MOST_CLIENTS = 16;

export function newWatch({ accessKeyId, profileId, profileName, kind }: LedgerEntry): Watch {
  return { accessKeyId, profileId, profileName, kind, sightings: [], clients: [] };
}

/** A call that a service made shows the service, not the session's holder: it changes nothing. */
export function seen(watch: Watch, event: LeakEvent): Watch {
  if (event.principal.invokedBy !== undefined) return watch;
  const sighting = sightingOf(event);
  const sightings = sighting === undefined ? watch.sightings : withSighting(watch.sightings, sighting);
  const { agents, os, isBrowser } = clientOf(event.userAgent);
  const client = { agents: [...agents], os, isBrowser, network: sighting?.network, event: refOf(event) };
  return { ...watch, sightings, clients: withClient(watch.clients, client) };
}

/** Undefined when the call shows no address: a service made it. */
export function sightingOf(event: LeakEvent): Sighting | undefined {
  const place = placeOf(event.sourceIp);
  if (place === undefined || event.principal.invokedBy !== undefined) return undefined;
  return {
    at: event.time,
    ...place,
    event: refOf(event),
    shape: shapeOf(event),
    severity: severityOf(event),
  };
}

function withSighting(sightings: readonly Sighting[], sighting: Sighting): Sighting[] {
  const [before, last] = sightings.slice(-2);
  // Most calls go on where the last two were: the stay only gets longer.
  if (before?.network === sighting.network && last?.network === sighting.network && last.at <= sighting.at)
    return [...sightings.slice(0, -1), sighting];
  const all = [...sightings, sighting].toSorted((one, other) => one.at - other.at);
  const families = (['v4', 'v6', 'private'] as const).map(family => all.filter(one => one.family === family));
  const ends = families.flatMap(stays => stays.filter((_, index) => isEnd(stays, index)));
  return ends.toSorted((one, other) => one.at - other.at).slice(-MOST_SIGHTINGS);
}

function isEnd(stays: readonly Sighting[], index: number): boolean {
  const network = stays[index]?.network;
  return stays[index - 1]?.network !== network || stays[index + 1]?.network !== network;
}

function withClient(clients: readonly Seen[], client: Seen): Seen[] {
  const isKnown = clients.some(one => nameOf(one) === nameOf(client));
  return isKnown || clients.length >= MOST_CLIENTS ? [...clients] : [...clients, client];
}

function nameOf({ agents, os, isBrowser, network }: Seen): string {
  return JSON.stringify([agents, os, isBrowser, network]);
}

/** An unbroken stay in one network. */
export interface Stay {
  readonly family: Sighting['family'];
  readonly network: string;
  readonly from: number;
  readonly to: number;
  /** Its first and its last call. */
  readonly ends: readonly Sighting[];
}

/** By time. */
export function staysOf({ sightings }: Watch, family: Sighting['family']): Stay[] {
  const stays: Stay[] = [];
  for (const one of sightings.filter(each => each.family === family)) {
    const { at, network } = one;
    const last = stays.at(-1);
    if (last?.network === network) stays[stays.length - 1] = { ...last, to: at, ends: [...last.ends, one] };
    else stays.push({ family, network, from: at, to: at, ends: [one] });
  }
  return stays;
}
