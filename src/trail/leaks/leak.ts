/** A leak: an event under the user's identity that an agent made, or an agent's session where it should not be. */
import * as v from 'valibot';
import type { Attribution, Known } from '../attribution/attribution.ts';
import type { TrailEvent } from '../trailEvent.ts';

export const LEAK_KINDS = [
  /** The user's identity, with an agent's marks. */
  'agentAsUser',
  /** A session of an agent's role that No Wing did not mint, of this computer's human. */
  'foreignSession',
  /** A session of the ledger from two places at once. */
  'unexpectedPlace',
  /** A session of an agent that a person has stopped. */
  'afterRevocation',
  /** One session in the hands of two clients. */
  'mixedClients',
] as const;
export type LeakKind = (typeof LEAK_KINDS)[number];

/** In the order of their weight. */
export const SEVERITIES = ['low', 'medium', 'high'] as const;
/** `certain`: AWS recorded it; `likely`: the caller says so itself; `possible`: a coincidence would look the same. */
export const CONFIDENCES = ['possible', 'likely', 'certain'] as const;
export type Severity = (typeof SEVERITIES)[number];
export type Confidence = (typeof CONFIDENCES)[number];

export const EventRef = v.object({
  accountId: v.string(),
  eventId: v.string(),
  /** Milliseconds since the epoch. */
  time: v.number(),
  source: v.string(),
  name: v.string(),
});
export type EventRef = Readonly<v.InferOutput<typeof EventRef>>;

/** One event that speaks for a leak. Findings with one key are one leak. */
export interface Finding {
  readonly kind: LeakKind;
  /** What a person says "this is fine" to; the same for events that are the same in their eyes. */
  readonly key: string;
  /** What of it "this is fine" covers: another shape under the same key asks again. */
  readonly shape: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly event: EventRef;
  /** What speaks for it: one or two sentences. */
  readonly sentence: string;
  readonly whatToDo: string;
}

/** What of an event leaks are found by; a `TrailEvent` with its verdict is one. */
export type LeakEvent = Pick<
  TrailEvent,
  | 'id'
  | 'time'
  | 'name'
  | 'source'
  | 'accountId'
  | 'readOnly'
  | 'error'
  | 'eventType'
  | 'sharedEventId'
  | 'userAgent'
  | 'sourceIp'
  | 'principal'
  | 'requestedSession'
> & { readonly attribution: Attribution };

export interface LeakContext {
  readonly known: Known;
  /** When a person stopped the agent, in milliseconds since the epoch; undefined when it is not stopped. */
  revokedAt(profileId: string): number | undefined;
  /** The agent in whose environment this access key of the user was seen, and when. */
  seenInAgent(accessKeyId: string): { readonly agent: string; readonly at: number } | undefined;
}

/** Of an organisation's millions of events, those that are worth a look: cheap, before anything is read or joined. */
export function mayLeak({ actor }: Attribution): boolean {
  return actor.kind === 'user' || actor.kind === 'agent';
}

export function refOf({ accountId, id, time, source, name }: LeakEvent): EventRef {
  return { accountId, eventId: id, time, source, name };
}

/** The service, and whether it was read or changed: finer asks for each call, coarser lets everything through. */
export function shapeOf({ source, readOnly }: Pick<LeakEvent, 'source' | 'readOnly'>): string {
  return `${source} ${readOnly === true ? 'read' : 'write'}`;
}

export function severityOf({ error, readOnly }: Pick<LeakEvent, 'error' | 'readOnly'>): Severity {
  if (error !== undefined) return 'low';
  return readOnly === true ? 'medium' : 'high';
}
