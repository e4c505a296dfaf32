/** Attribution: the verdict on one CloudTrail event, and what it is reached from. */
import * as v from 'valibot';
import type { LedgerEntry } from '../../identity/ledger.ts';
import type { TrailEvent } from '../trailEvent.ts';
import type { MintedSession } from './mintedSession.ts';

export const ACTOR_KINDS = ['user', 'agent', 'service', 'root', 'external', 'unknown'] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];

/** `exact` by the ledger's access key, `strong` by what AWS vouches for, `hint` by what the caller says of itself. */
export const STRENGTHS = ['exact', 'strong', 'hint', 'none'] as const;

export const Attribution = v.object({
  actor: v.object({
    kind: v.picklist(ACTOR_KINDS),
    name: v.string(),
    arn: v.optional(v.string()),
    accountId: v.optional(v.string()),
  }),
  /** The human an agent acted for. */
  onBehalfOf: v.optional(v.string()),
  /** What stands between: the service that made the call for the actor, `CloudFormation`, or the role they went into. */
  via: v.optional(v.string()),
  deploymentId: v.optional(v.string()),
  strength: v.picklist(STRENGTHS),
  /** A sentence for a person: why this verdict. */
  reason: v.string(),
});
export type Attribution = v.InferOutput<typeof Attribution>;
export type Actor = Attribution['actor'];

export interface KnownUser {
  readonly name: string;
  readonly arn: string;
  readonly accountId: string;
}

export interface KnownAgent {
  readonly name: string;
  /** The agent's own ARN, when it is an IAM user or one fixed session. */
  readonly arn?: string;
  /** The role its sessions are of. */
  readonly roleArn?: string;
  readonly accountId: string;
}

/** What of an event a verdict depends on; `identityKey` makes one text of it. */
export type Evidence = Pick<
  TrailEvent,
  | 'principal'
  | 'accountId'
  | 'source'
  | 'eventType'
  | 'sharedEventId'
  | 'userAgent'
  | 'error'
  | 'requestedSession'
>;

/** What is known of who is who. Without a lookup that may be missing, nothing is joined by it. */
export interface Known {
  byAccessKey(accessKeyId: string): LedgerEntry | undefined;
  byRoleSessionName(roleSessionName: string): readonly LedgerEntry[];
  readonly users: readonly KnownUser[];
  readonly agents: readonly KnownAgent[];
  /** The session that got this access key, when the record that gave it out was seen. */
  mintedBy?(accessKeyId: string): MintedSession | undefined;
  /** The sessions with this id, `AROAEXAMPLE:session-name`: a call with forwarded access has another access key. */
  mintedAs?(sessionId: string): readonly MintedSession[];
  /** What another account's copy of the same event shows. Asked when this account's copy does not show the caller. */
  copyOf?(sharedEventId: string, accountId: string): Evidence | undefined;
}

/** One way to a verdict; undefined when it does not apply. */
export type Rule = (event: Evidence, known: Known) => Attribution | undefined;

/** `copilot for alice`, as lists and sentences say it. */
export function actorLabel({ name, onBehalfOf }: { name: string; onBehalfOf?: string | undefined }): string {
  return onBehalfOf ? `${name} for ${onBehalfOf}` : name;
}
