/**
 * Which verdicts new knowledge can change. A verdict hangs on clues, the ids by which it was looked up; a ledger entry, a
 * session that was seen to start, and a profile each touch some. A verdict can change when its clues and theirs meet, or
 * when its session descends from one that they touch: for a profile also the sessions that its ARN started, and those of
 * its role. An event that is touched touches its copy. One that is exact by the event's own access key is final.
 */
import type { LedgerEntry } from '../../identity/ledger.ts';
import type { Evidence, KnownAgent, KnownUser } from './attribution.ts';
import { hidesCaller } from './copyRule.ts';
import type { MintedSession } from './mintedSession.ts';

/** `key:`, `session:`, `id:`, `arn:` or `copy:` and what follows it. */
export type Clue = `${'key' | 'session' | 'id' | 'arn' | 'copy'}:${string}`;

export function cluesOf(event: Evidence): Clue[] {
  const { principal, requestedSession: asked } = event;
  return clues({
    key: [principal.accessKeyId, asked?.accessKeyId],
    session: [principal.sessionName],
    id: [principal.principalId],
    arn: [principal.arn, principal.issuerArn],
    copy: [hidesCaller(event) ? event.sharedEventId : undefined],
  });
}

export function cluesOfEntry({
  accessKeyId,
  roleSessionName,
}: Pick<LedgerEntry, 'accessKeyId' | 'roleSessionName'>): Clue[] {
  return clues({ key: [accessKeyId], session: [roleSessionName] });
}

export function cluesOfSession({ accessKeyId, sessionId }: MintedSession): Clue[] {
  return clues({ key: [accessKeyId], id: [sessionId] });
}

/** A profile that came, changed or went: both what it was and what it is. */
export function cluesOfIdentity(identity: KnownUser | KnownAgent): Clue[] {
  return clues({ arn: [identity.arn, 'roleArn' in identity ? identity.roleArn : undefined] });
}

/** An event of the caller's own account came: it may be the copy that shows who called. */
export function cluesOfCopy(event: Evidence): Clue[] {
  return hidesCaller(event) ? [] : clues({ copy: [event.sharedEventId] });
}

/**
 * These access keys and all that were given out, over any number of steps, to sessions with them.
 * @param childrenOf - of many at once: to ask for one after the other takes an index longer.
 */
export function withDescendants(
  accessKeyIds: Iterable<string>,
  childrenOf: (accessKeyIds: readonly string[]) => Iterable<string>,
): Set<string> {
  const all = new Set(accessKeyIds);
  for (let latest = [...all]; latest.length > 0; ) {
    // Each key once: a chain in a circle ends.
    const children = new Set([...childrenOf(latest)].filter(key => !all.has(key)));
    for (const key of children) all.add(key);
    latest = [...children];
  }
  return all;
}

function clues(
  of: Partial<Record<'key' | 'session' | 'id' | 'arn' | 'copy', readonly (string | undefined)[]>>,
): Clue[] {
  return (['key', 'session', 'id', 'arn', 'copy'] as const).flatMap(kind =>
    (of[kind] ?? []).filter(text => text !== undefined).map((text): Clue => `${kind}:${text}`),
  );
}
