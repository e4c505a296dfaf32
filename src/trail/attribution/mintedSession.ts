/**
 * Sessions as CloudTrail saw them start: which access key was given out, to whom, with which marks. Events show only
 * their own access key, so this is what joins the sessions of a role chain.
 */
import * as v from 'valibot';
import type { Principal, TrailEvent } from '../trailEvent.ts';

const maybe = v.optional(v.string());

const Caller = v.object({
  type: maybe,
  arn: maybe,
  accountId: maybe,
  userName: maybe,
  principalId: maybe,
  accessKeyId: maybe,
  issuerArn: maybe,
  issuerName: maybe,
  sessionName: maybe,
  sourceIdentity: maybe,
  invokedBy: maybe,
  onBehalfOfUser: maybe,
  createdAt: maybe,
  provider: maybe,
} satisfies Record<keyof Principal, typeof maybe>);

/** As it is kept: parse it with this when it comes out of a store. */
export const MintedSession = v.object({
  accessKeyId: v.string(),
  /** `AROAEXAMPLE:session-name`, the principal id of the session's events. */
  sessionId: maybe,
  roleArn: maybe,
  sessionName: maybe,
  sourceIdentity: maybe,
  /** Those that go on into the sessions started from it. */
  transitiveTags: v.record(v.string(), v.string()),
  /** Milliseconds since the epoch. */
  startedAt: v.number(),
  /** The account whose trail told it. */
  accountId: v.string(),
  /** Who asked for it: its access key is the parent in a chain. */
  caller: Caller,
});
export type MintedSession = Readonly<v.InferOutput<typeof MintedSession>>;

/** What the record of AssumeRole*, AssumeRoot, GetSessionToken or GetFederationToken teaches; others teach nothing. */
export function sessionIn(
  event: Pick<TrailEvent, 'requestedSession' | 'principal' | 'time' | 'accountId'>,
): MintedSession | undefined {
  const asked = event.requestedSession;
  if (asked?.accessKeyId === undefined) return undefined;
  const { principal } = event;
  return {
    accessKeyId: asked.accessKeyId,
    sessionId: asked.sessionId,
    roleArn: asked.roleArn,
    sessionName: asked.sessionName,
    sourceIdentity: asked.sourceIdentity ?? principal.sourceIdentity,
    transitiveTags: asked.transitiveTags,
    startedAt: event.time,
    accountId: event.accountId,
    caller: principal,
  };
}

/** Two accounts record one AssumeRole, and only the caller's shows the caller. Of two records of one key, the better one. */
export function better(one: MintedSession, other: MintedSession): MintedSession {
  return shows(other) > shows(one) ? other : one;
}

function shows({ caller }: MintedSession): number {
  return Number(caller.accessKeyId !== undefined) * 2 + Number(caller.arn !== undefined);
}

/** The principal, with every field there: what has been stored lacks those that were undefined. */
export function callerOf({ caller }: MintedSession): Principal {
  return { ...NOBODY, ...caller };
}

const NOBODY: Principal = {
  type: undefined,
  arn: undefined,
  accountId: undefined,
  userName: undefined,
  principalId: undefined,
  accessKeyId: undefined,
  issuerArn: undefined,
  issuerName: undefined,
  sessionName: undefined,
  sourceIdentity: undefined,
  invokedBy: undefined,
  onBehalfOfUser: undefined,
  createdAt: undefined,
  provider: undefined,
};
