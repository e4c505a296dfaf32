/**
 * What a verdict depends on, as a tuple of texts: the principal, the account whose trail it is, the agent that the user
 * agent text names; for an STS call that starts a session, the session; and only where the principal itself names nobody,
 * the service and the kind of event. Not on the event's id, time, name, Region, resources. Equal tuples, equal verdicts.
 */

import { attribute } from './attribute.ts';
import type { Attribution, Evidence, Known } from './attribution.ts';
import { hidesCaller } from './copyRule.ts';
import { agentInUserAgent } from './userAgent.ts';

/** For a table of identities in a store. Keys of another `RULES_VERSION` mean nothing. */
export function identityKey(event: Evidence): string {
  const { requestedSession: asked } = event;
  const session = asked === undefined ? undefined : [event.error, ...askedTuple(asked)];
  return JSON.stringify([agentInUserAgent(event.userAgent), session, ...tuple(event)]);
}

type Part = string | undefined;

function tuple(event: Evidence): readonly Part[] {
  const { principal: one } = event;
  const isNameless = one.arn === undefined || one.type === 'AWSService';
  return [
    one.accessKeyId,
    one.type,
    one.arn,
    one.principalId,
    one.invokedBy,
    one.sourceIdentity,
    one.issuerArn,
    one.sessionName,
    one.issuerName,
    one.accountId,
    one.userName,
    one.onBehalfOfUser,
    one.createdAt,
    one.provider,
    event.accountId,
    isNameless ? event.source : undefined,
    isNameless ? event.eventType : undefined,
    hidesCaller(event) ? event.sharedEventId : undefined,
  ];
}

function askedTuple(asked: NonNullable<Evidence['requestedSession']>): readonly unknown[] {
  const { accessKeyId, sessionId, roleArn, sessionName, sourceIdentity, tags, transitiveTags } = asked;
  return [
    accessKeyId,
    sessionId,
    roleArn,
    sessionName,
    sourceIdentity,
    Object.entries(tags),
    Object.entries(transitiveTags),
  ];
}

/**
 * `attribute` that remembers, for millions of events of few identities: it compares texts and makes none. It is for one
 * `Known`: throw it away when more is known.
 * @param limit - how many identities it remembers before it starts again.
 */
export function memoized(known: Known, limit = 20_000): (event: Evidence) => Attribution {
  const byFirst = new Map<string, Remembered[]>();
  let size = 0;
  return event => {
    // A session that starts is one of its kind: to remember it costs more than it gives.
    if (event.requestedSession !== undefined) return attribute(event, known);
    const { principal } = event;
    const first = principal.accessKeyId ?? principal.arn ?? principal.invokedBy ?? event.source;
    const alike = byFirst.get(first);
    for (const one of alike ?? []) if (isSame(one.event, event)) return one.verdict;
    if (size >= limit) {
      byFirst.clear();
      size = 0;
    }
    size++;
    const verdict = attribute(event, known);
    const remembered = { event: onlyEvidence(event), verdict };
    if (alike === undefined || size === 1) byFirst.set(first, [remembered]);
    else alike.push(remembered);
    return verdict;
  };
}

interface Remembered {
  readonly event: Evidence;
  readonly verdict: Attribution;
}

/** Without the record's JSON text, which would stay in memory with it. */
function onlyEvidence({
  principal,
  accountId,
  source,
  eventType,
  sharedEventId,
  userAgent,
}: Evidence): Evidence {
  return {
    principal,
    accountId,
    source,
    eventType,
    sharedEventId,
    userAgent,
    error: undefined,
    requestedSession: undefined,
  };
}

function isSame(one: Evidence, other: Evidence): boolean {
  return (
    one.principal.arn === other.principal.arn &&
    one.userAgent === other.userAgent &&
    one.accountId === other.accountId &&
    samePrincipal(one.principal, other.principal) &&
    (one.principal.arn !== undefined ||
      (one.source === other.source &&
        one.eventType === other.eventType &&
        one.sharedEventId === other.sharedEventId)) &&
    (one.principal.type !== 'AWSService' || one.source === other.source)
  );
}

/** Written out: a loop over the names of the fields takes three times as long. Absent parts cost nothing. */
function samePrincipal(one: Evidence['principal'], other: Evidence['principal']): boolean {
  return (
    one.accessKeyId === other.accessKeyId &&
    one.principalId === other.principalId &&
    one.invokedBy === other.invokedBy &&
    one.createdAt === other.createdAt &&
    one.sourceIdentity === other.sourceIdentity &&
    one.type === other.type &&
    one.accountId === other.accountId &&
    sameIssuer(one, other)
  );
}

function sameIssuer(one: Evidence['principal'], other: Evidence['principal']): boolean {
  return (
    one.issuerArn === other.issuerArn &&
    one.issuerName === other.issuerName &&
    one.sessionName === other.sessionName &&
    one.userName === other.userName &&
    one.onBehalfOfUser === other.onBehalfOfUser &&
    one.provider === other.provider
  );
}
