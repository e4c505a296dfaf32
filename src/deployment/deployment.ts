/** A deployment and its states. One readonly union, replaced on a transition; views render it and compute nothing. */
import * as v from 'valibot';
import { formatAccount } from '../base/arn.ts';
import { ENVIRONMENTS } from '../identity/profile.ts';
import { Approval } from './approval.ts';
import { Plan } from './plan.ts';
import { ENGINES } from './source.ts';

/** What stopping means depends on how far it is; a person confirms it by this word before it is done. */
export const CancelEffect = v.picklist([
  'discardPlan',
  'rollBackUpdate',
  'deleteNewStack',
  'stopEngine',
  'nothing',
]);
export type CancelEffect = v.InferOutput<typeof CancelEffect>;

/** To roll back is one of the two, with what it `reverses`. */
export const Operation = v.picklist(['deploy', 'destroy']);
export type Operation = v.InferOutput<typeof Operation>;

/** Who asked for it, and at which door. An agent can ask; only a human can approve. */
export const Asker = v.object({
  kind: v.picklist(['user', 'agent']),
  name: v.string(),
  door: v.picklist(['window', 'command']),
});
export type Asker = v.InferOutput<typeof Asker>;

const Output = v.object({ key: v.string(), value: v.string(), description: v.exactOptional(v.string()) });
export type Output = v.InferOutput<typeof Output>;

const Failure = v.object({
  address: v.exactOptional(v.string()),
  type: v.exactOptional(v.string()),
  reason: v.string(),
});
export type Failure = v.InferOutput<typeof Failure>;

const approved = { plan: Plan, approval: Approval };

const State = v.variant('status', [
  v.object({ status: v.literal('planning') }),
  v.object({ status: v.literal('awaitingApproval'), plan: Plan }),
  v.object({
    status: v.literal('executing'),
    ...approved,
    cancelling: v.exactOptional(CancelEffect),
    /** Nobody follows it, and why; it goes on in AWS. */
    interrupted: v.exactOptional(v.string()),
  }),
  v.object({ status: v.literal('succeeded'), ...approved, outputs: v.array(Output) }),
  /** Without a plan: it failed before there was one. */
  v.object({
    status: v.literal('failed'),
    plan: v.exactOptional(Plan),
    approval: v.exactOptional(Approval),
    failure: Failure,
  }),
  v.object({ status: v.literal('rolledBack'), ...approved, failure: Failure }),
  v.object({
    status: v.literal('cancelled'),
    plan: v.exactOptional(Plan),
    approval: v.exactOptional(Approval),
    effect: CancelEffect,
    /** How far it had come, when it was stopped in the middle. */
    detail: v.exactOptional(v.string()),
  }),
  v.object({ status: v.literal('noChanges') }),
  /** A guardrail did: there is nothing to approve. */
  v.object({ status: v.literal('refused'), plan: Plan }),
  /** Planned where nobody can approve; a person took it over in a window, which planned it anew. */
  v.object({ status: v.literal('handedOver'), plan: v.exactOptional(Plan), to: v.string() }),
  v.object({ status: v.literal('abandoned'), plan: v.exactOptional(Plan), reason: v.string() }),
]);
export type State = v.InferOutput<typeof State>;
export type Status = State['status'];
export type StateOf<S extends Status> = Extract<State, { readonly status: S }>;

const Verification = v.object({
  state: v.picklist(['none', 'waiting', 'verified', 'mismatch']),
  summary: v.string(),
});
export type Verification = v.InferOutput<typeof Verification>;

export const Deployment = v.object({
  id: v.string(),
  profileId: v.string(),
  /** The agent profile's name. */
  agent: v.string(),
  /** The human for whom: the session's source identity; unknown until there was a session. */
  onBehalfOf: v.exactOptional(v.string()),
  accountId: v.string(),
  accountAlias: v.exactOptional(v.string()),
  region: v.string(),
  environment: v.picklist(ENVIRONMENTS),
  engine: v.picklist(ENGINES),
  stackName: v.string(),
  operation: Operation,
  /** For people: the template's file, the project's folder. */
  sourceName: v.string(),
  askedBy: Asker,
  /** The deployment that this one takes back. */
  reverses: v.exactOptional(v.string()),
  /** The one that a command has asked for, and a window has taken over as this. */
  answers: v.exactOptional(v.string()),
  /** The workspace folder that it is in, an absolute path. */
  folder: v.exactOptional(v.string()),
  startedAt: v.number(),
  endedAt: v.exactOptional(v.number()),
  /** This deployment makes the stack, so giving it up may remove the empty stack again. */
  createsStack: v.boolean(),
  state: State,
  verification: Verification,
});
export type Deployment = Readonly<v.InferOutput<typeof Deployment>>;

const OPEN: readonly Status[] = ['planning', 'awaitingApproval', 'executing'];

export function hasEnded(deployment: Deployment): boolean {
  return !OPEN.includes(deployment.state.status);
}

export function isIn<S extends Status>(
  deployment: Deployment,
  ...statuses: readonly S[]
): deployment is Deployment & { readonly state: StateOf<S> } {
  return statuses.some(status => status === deployment.state.status);
}

/** "copilot in account 1111-2222-3333 (dev-sandbox), eu-west-1": the identity and account of every sentence. */
export function whoAndWhere(
  deployment: Pick<Deployment, 'agent' | 'accountId' | 'accountAlias' | 'region'>,
): string {
  const account = formatAccount(deployment.accountId);
  const alias = deployment.accountAlias === undefined ? '' : ` (${deployment.accountAlias})`;
  return `${deployment.agent} in account ${account}${alias}, ${deployment.region}`;
}
