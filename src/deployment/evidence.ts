/**
 * A deployment as a file for those who were not there: what was planned, who said yes to which hash, what was done by
 * which sessions, and which of CloudTrail's events say so. It holds no secret: keys of sessions by their ids, parameters
 * as the plan shows them, the source by its hash, outputs by name. The hash over the whole shows whether it was changed
 * since. Pure.
 */
import type { LedgerEntry } from '../identity/ledger.ts';
import type { StoredEvent } from '../trail/storedEvent.ts';
import type { Deployment } from './deployment.ts';
import type { Deployments } from './deployments.ts';
import { canonicalJson, planHash, sha256 } from './plan.ts';
import type { ResourceEvent } from './resourceEvents.ts';
import { reversedBy } from './rollBack.ts';
import type { Source } from './source.ts';

export interface EvidenceInput {
  readonly deployment: Deployment;
  readonly source: Source | undefined;
  readonly events: readonly ResourceEvent[];
  readonly sessions: readonly LedgerEntry[];
  /** What CloudTrail has for it. */
  readonly trail: readonly StoredEvent[];
  /** The one that has taken it back. */
  readonly reversedBy: string | undefined;
  readonly now: number;
}

export const EVIDENCE_VERSION = 1;

export interface EvidenceSources {
  readonly deployments: Pick<Deployments, 'list' | 'source' | 'events'>;
  readonly sessionsOf: (deploymentId: string) => readonly LedgerEntry[];
  readonly trailOf: (deploymentId: string) => readonly StoredEvent[];
  readonly now: () => number;
}

export function collectEvidence(deployment: Deployment, from: EvidenceSources): EvidenceInput {
  const { deployments, sessionsOf, trailOf, now } = from;
  const { id } = deployment;
  return {
    deployment,
    source: deployments.source(id),
    events: deployments.events(id),
    sessions: sessionsOf(id),
    trail: trailOf(id),
    reversedBy: reversedBy(deployment, deployments.list())?.id,
    now: now(),
  };
}

/** The file: JSON with sorted keys; `sha256` is that of the rest, written the same way without white space. */
export function evidenceFile(input: EvidenceInput): string {
  const content = evidence(input);
  const hashed = { ...content, sha256: sha256(canonicalJson(content)) };
  return `${JSON.stringify(JSON.parse(canonicalJson(hashed)), undefined, 2)}\n`;
}

/** Whether a file is as it was written. */
export function isUnchanged(file: string): boolean {
  const value: unknown = JSON.parse(file);
  if (typeof value !== 'object' || value === null || !('sha256' in value)) return false;
  const { sha256: hash, ...content } = value;
  return hash === sha256(canonicalJson(content));
}

function evidence(input: EvidenceInput) {
  const { deployment, source, events, sessions, trail, reversedBy, now } = input;
  const { state, verification, ...facts } = deployment;
  const plan = 'plan' in state ? state.plan : undefined;
  return {
    schema: `no-wing/deployment-evidence/${EVIDENCE_VERSION}`,
    exportedAt: iso(now),
    deployment: {
      ...withTimes(facts),
      status: state.status,
      ...(reversedBy === undefined ? {} : { reversedBy }),
    },
    outcome: outcomeOf(deployment),
    ...(source === undefined
      ? {}
      : { source: { engine: source.engine, sha256: sha256(canonicalJson(source)) } }),
    ...(plan === undefined ? {} : { plan, planHash: { recorded: plan.hash, computed: planHash(plan) } }),
    ...('approval' in state && state.approval
      ? { approval: { ...state.approval, at: iso(state.approval.at) } }
      : {}),
    events: events.map(event => ({ ...event, at: iso(event.at) })),
    sessions: sessions.map(sessionOf),
    verification: { ...verification, cloudTrail: trail.map(trailEvent) },
  };
}

function withTimes({ startedAt, endedAt, ...facts }: Omit<Deployment, 'state' | 'verification'>) {
  return {
    ...facts,
    startedAt: iso(startedAt),
    ...(endedAt === undefined ? {} : { endedAt: iso(endedAt), durationMs: endedAt - startedAt }),
  };
}

/** What its state tells, besides plan and approval. */
function outcomeOf({ state }: Deployment) {
  // By name only: what a template puts out may be meant for few.
  if (state.status === 'succeeded') return { outputs: state.outputs.map(({ key }) => key) };
  if ('failure' in state) return { failure: state.failure };
  if ('effect' in state) return { cancelled: state.effect };
  if ('reason' in state) return { reason: state.reason };
  if (state.status === 'handedOver') return { handedOverTo: state.to };
  return {};
}

/** Of a key its id only: that is what CloudTrail shows too. */
function sessionOf({
  accessKeyId,
  arn,
  roleSessionName,
  sourceIdentity,
  purpose,
  mintedAt,
  expiresAt,
}: LedgerEntry) {
  return {
    accessKeyId,
    arn,
    ...(roleSessionName === undefined ? {} : { roleSessionName }),
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    purpose,
    mintedAt: iso(mintedAt),
    ...(expiresAt === undefined ? {} : { expiresAt: iso(expiresAt) }),
  };
}

function trailEvent(event: StoredEvent) {
  const { eventId, time, name, source, region, error, accessKeyId, sessionName, resources, attribution } =
    event;
  const { actor, onBehalfOf, via, strength, reason } = attribution;
  return {
    eventId,
    time: iso(time),
    name,
    source,
    region,
    ...(error === undefined ? {} : { error }),
    ...(accessKeyId === undefined ? {} : { accessKeyId }),
    ...(sessionName === undefined ? {} : { sessionName }),
    resources,
    attribution: {
      actor,
      ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
      ...(via === undefined ? {} : { via }),
      strength,
      reason,
    },
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
