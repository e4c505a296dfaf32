/**
 * Verdicts on records that are read from files or a pipe, without the index: a line of JSON for each record, in the order
 * of the input.
 *
 * A record may be explained by a later one: a session's events can stand before the record of its start, in the same file
 * or in another. So what can be read twice is read twice: once for the sessions and the copies alone, then for the
 * verdicts. A pipe is read once, and its records are judged by what came before them. Either way no more is in memory than
 * a record, and of sessions and copies the latest `limit`.
 */

import { attribute } from './attribution/attribute.ts';
import type { Attribution, Evidence, Known } from './attribution/attribution.ts';
import { hidesCaller } from './attribution/copyRule.ts';
import { memoized } from './attribution/identityKey.ts';
import { better, type MintedSession, sessionIn } from './attribution/mintedSession.ts';
import { parseTrailEvent, type TrailEvent } from './trailEvent.ts';

export interface AttributeInput {
  /** The JSON text of one record after the other. Called a second time when it can be read twice. */
  readonly read: () => AsyncIterable<string>;
  readonly canReadTwice: boolean;
  readonly known: Known;
  /** How many sessions, and how many copies, are remembered. */
  readonly limit?: number;
}

const LIMIT = 200_000;

/** Yields one line for each record, without its line feed. */
export async function* attributeRecords(input: AttributeInput): AsyncGenerator<string> {
  const { read, canReadTwice, known, limit = LIMIT } = input;
  const learned = createLearned(limit);
  const among: Known = { ...known, ...learned.lookups };
  if (canReadTwice) for await (const json of read()) if (mayTeach(json)) learned.learn(parse(json));
  // Nothing more is learned in a second reading, so one verdict holds for all events of an identity.
  const verdictOn = canReadTwice ? memoized(among) : (event: TrailEvent) => attribute(event, among);
  for await (const json of read()) {
    const event = parse(json);
    if (!canReadTwice) learned.learn(event);
    yield lineOf(event, verdictOn(event));
  }
}

/** Most records need no parsing the first time. An escaped name would be missed; CloudTrail escapes none. */
function mayTeach(json: string): boolean {
  return json.includes('"sharedEventID"') || json.includes('"AssumeRo') || json.includes('Token"');
}

function parse(json: string): TrailEvent {
  return parseTrailEvent({ json }, { accountId: undefined, region: 'unknown', at: Number.NaN });
}

interface Learned {
  learn(event: TrailEvent): void;
  readonly lookups: Required<Pick<Known, 'mintedBy' | 'mintedAs' | 'copyOf'>>;
}

function createLearned(limit: number): Learned {
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
    learn(event) {
      const session = sessionIn(event);
      if (session) {
        const kept = byKey.get(session.accessKeyId);
        byKey.set(session.accessKeyId, kept ? better(kept, session) : session);
        const { sessionId = '' } = session;
        byId.set(sessionId, (byId.get(sessionId) ?? new Set()).add(session.accessKeyId));
        forgetOldest();
      }
      if (event.sharedEventId === undefined || hidesCaller(event)) return;
      copies.set(event.sharedEventId, withoutText(event));
      const [oldest] = copies.keys();
      if (copies.size > limit && oldest !== undefined) copies.delete(oldest);
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

function withoutText(event: TrailEvent): Evidence {
  const { principal, accountId, source, eventType, sharedEventId, userAgent, error, requestedSession } =
    event;
  return { principal, accountId, source, eventType, sharedEventId, userAgent, error, requestedSession };
}

/** All keys on every line: `null` is what the record or the verdict does not say. */
function lineOf(event: TrailEvent, verdict: Attribution): string {
  const { actor, onBehalfOf, via, strength, deploymentId, reason } = verdict;
  return JSON.stringify({
    eventId: event.id,
    eventTime: Number.isNaN(event.time) ? null : new Date(event.time).toISOString().replace('.000Z', 'Z'),
    eventSource: event.source,
    eventName: event.name,
    errorCode: event.error ?? null,
    actor: {
      kind: actor.kind,
      name: actor.name,
      arn: actor.arn ?? null,
      accountId: actor.accountId ?? null,
    },
    onBehalfOf: onBehalfOf ?? null,
    via: via ?? null,
    deploymentId: deploymentId ?? null,
    strength,
    reason,
  });
}
