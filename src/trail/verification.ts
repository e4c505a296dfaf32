/**
 * Verification: does CloudTrail say of a deployment what No Wing did? Pure. N is what CloudTrail has for the
 * deployment's sessions, made directly or by a service with their access. It is verified when all N were made by one
 * agent for one human, the expected calls are among them, and nobody else has changed what the deployment changed.
 */
import { formatAccount } from '../base/arn.ts';
import { MINUTE } from '../base/clock.ts';
import { actorLabel } from './attribution/attribution.ts';
import type { StoredEvent } from './storedEvent.ts';

export interface ExpectedCall {
  readonly eventName: string;
  readonly eventSource?: string;
  /** How often at least; 1 when absent. */
  readonly minimum?: number;
}

export interface Expected {
  readonly deploymentId: string;
  readonly sessionNames: readonly string[];
  readonly accessKeyIds: readonly string[];
  readonly expectedCalls: readonly ExpectedCall[];
  /** Stack, change set and resource names: a change to them by somebody else is a mismatch. */
  readonly resourceNames?: readonly string[];
  /** What the deployment made, changed or removed: likewise. */
  readonly touched?: readonly TouchedResource[];
  /** Who it must have been; without it, whoever made the first call. */
  readonly agent?: string;
  readonly onBehalfOf?: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Absent while it runs. */
  readonly endedAt?: number;
}

/** A name alone is not enough: a queue and a topic may have the same. */
export interface TouchedResource {
  readonly name: string;
  /** `sqs.amazonaws.com` */
  readonly eventSource: string;
}

export type VerifiableEvent = Pick<
  StoredEvent,
  | 'eventId'
  | 'accountId'
  | 'time'
  | 'name'
  | 'source'
  | 'readOnly'
  | 'accessKeyId'
  | 'sessionName'
  | 'resources'
  | 'attribution'
>;

export interface Verification<E extends VerifiableEvent = VerifiableEvent> {
  readonly state: 'verified' | 'waiting' | 'mismatch';
  readonly matched: number;
  readonly expected: number;
  readonly missing: readonly ExpectedCall[];
  /** Events of the deployment's sessions or resources that somebody else made. */
  readonly strangers: readonly E[];
  /** For a person: `verified: 14 of 14 by agent copilot for alice`. */
  readonly summary: string;
}

/** After that long, a call that is missing is told in other words: it may never come. */
const OVERDUE = 30 * MINUTE;

export function verify<E extends VerifiableEvent>(
  expected: Expected,
  events: readonly E[],
  now: number,
): Verification<E> {
  const own = events.filter(event => isOwn(expected, event));
  const author = authorOf(expected, own);
  const matched = own.filter(event => isBy(author, event));
  const strangers = [
    ...own.filter(event => !isBy(author, event)),
    ...events.filter(event => isIntrusion(expected, author, event)),
  ];
  const missing = missingCalls(expected.expectedCalls, matched);
  const absent = missing.reduce((sum, { minimum = 1 }) => sum + minimum, 0);
  const state = strangers.length > 0 ? 'mismatch' : absent > 0 || own.length === 0 ? 'waiting' : 'verified';
  const result = {
    state,
    matched: matched.length,
    expected: own.length + absent,
    missing,
    strangers,
  } as const;
  return { ...result, summary: summaryOf(result, author, now - (expected.endedAt ?? now) > OVERDUE) };
}

interface Author {
  readonly agent: string;
  readonly onBehalfOf: string | undefined;
}

function isOwn(
  { sessionNames, accessKeyIds }: Expected,
  { sessionName, accessKeyId }: VerifiableEvent,
): boolean {
  return (
    (sessionName !== undefined && sessionNames.includes(sessionName)) ||
    (accessKeyId !== undefined && accessKeyIds.includes(accessKeyId))
  );
}

function authorOf({ agent, onBehalfOf }: Expected, own: readonly VerifiableEvent[]): Author | undefined {
  const first = own.map(({ attribution }) => attribution).find(({ actor }) => actor.kind === 'agent');
  const name = agent ?? first?.actor.name;
  return name === undefined ? undefined : { agent: name, onBehalfOf: onBehalfOf ?? first?.onBehalfOf };
}

/** A hint is what the caller says of itself: not enough to verify by. */
function isBy(author: Author | undefined, { attribution }: VerifiableEvent): boolean {
  const { actor, onBehalfOf, strength } = attribution;
  return (
    author !== undefined &&
    actor.kind === 'agent' &&
    actor.name === author.agent &&
    onBehalfOf === author.onBehalfOf &&
    (strength === 'exact' || strength === 'strong')
  );
}

/** Somebody else changed, meanwhile, what the deployment was changing. A service that acts for itself is nobody else. */
function isIntrusion(expected: Expected, author: Author | undefined, event: VerifiableEvent): boolean {
  const inTime =
    event.time >= expected.startedAt && event.time <= (expected.endedAt ?? Number.POSITIVE_INFINITY);
  return (
    inTime &&
    event.readOnly !== true &&
    !isOwn(expected, event) &&
    !isBy(author, event) &&
    event.attribution.actor.kind !== 'service' &&
    (touches(event.resources, expected.resourceNames ?? []) ||
      (expected.touched ?? []).some(
        ({ name, eventSource }) => eventSource === event.source && touches(event.resources, [name]),
      ))
  );
}

/** By the whole name, or a whole part of an ARN: `orders` is not `orders-archive`. */
function touches(resources: readonly string[], names: readonly string[]): boolean {
  return resources.some(resource =>
    names.some(
      name => resource === name || (resource.startsWith('arn:') && resource.split(/[:/]/).includes(name)),
    ),
  );
}

function missingCalls(calls: readonly ExpectedCall[], matched: readonly VerifiableEvent[]): ExpectedCall[] {
  return calls.flatMap(call => {
    const found = matched.filter(
      ({ name, source }) => name === call.eventName && (call.eventSource ?? source) === source,
    ).length;
    const absent = (call.minimum ?? 1) - found;
    return absent > 0 ? [{ ...call, minimum: absent }] : [];
  });
}

function summaryOf(
  { state, matched, expected, missing, strangers }: Omit<Verification, 'summary'>,
  author: Author | undefined,
  overdue: boolean,
): string {
  const by = author ? ` by agent ${actorLabel({ name: author.agent, onBehalfOf: author.onBehalfOf })}` : '';
  switch (state) {
    case 'verified':
      return `verified: ${matched} of ${expected}${by}`;
    case 'mismatch':
      return `mismatch: ${matched} of ${expected}${by}, but ${list(strangers.map(strangerText))}`;
    case 'waiting':
      return `waiting: ${matched} of ${expected}${by}. ${waitingText(matched, missing, overdue)}`;
  }
}

function waitingText(matched: number, missing: readonly ExpectedCall[], overdue: boolean): string {
  const names = list(missing.map(callText));
  if (overdue)
    return `Still not in CloudTrail: ${names || 'any call'}. Either it was not called, or CloudTrail is very late; verify again later.`;
  return matched === 0
    ? 'CloudTrail has none of the calls yet: it is usually some minutes late.'
    : `Not in CloudTrail yet: ${names}. It is usually some minutes late.`;
}

function callText({ eventName, minimum = 1 }: ExpectedCall): string {
  return minimum === 1 ? eventName : `${minimum} × ${eventName}`;
}

function strangerText({ name, attribution, accountId }: VerifiableEvent): string {
  const { actor, onBehalfOf } = attribution;
  return `${name} was made by ${actor.kind} ${actorLabel({ name: actor.name, onBehalfOf })} in account ${formatAccount(accountId)}`;
}

const LISTED = 3;

function list(texts: readonly string[]): string {
  const shown = texts.slice(0, LISTED).join(', ');
  return texts.length > LISTED ? `${shown} and ${texts.length - LISTED} more` : shown;
}
