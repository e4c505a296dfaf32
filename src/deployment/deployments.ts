/**
 * Deployments of stacks under the agent's identity: the feature's face, shared by all front doors.
 * plan → guardrails → approval → apply → verify; every step is in the store before it is taken, so that a window which is
 * closed, reloaded or killed loses nothing, and no order is ever given twice.
 */
import type { Disposable } from '../base/disposables.ts';
import { Emitter, type Listen } from '../base/emitter.ts';
import type { LedgerEntry } from '../identity/ledger.ts';
import type { Say } from './applying.ts';
import type { Approval } from './approval.ts';
import { cancelEffect } from './cancelling.ts';
import type { CancelEffect, Deployment, Verification } from './deployment.ts';
import { type DeploymentTree, deploymentTree } from './deploymentTree.ts';
import { createDesk, type Waiting } from './desk.ts';
import type { DeployRequest, Drift, FailedStack, KnownStack, StackCondition } from './engine.ts';
import { type ExpectedTrail, expectedTrail } from './expectedTrail.ts';
import type { Complete } from './handOver.ts';
import { createHeartbeat } from './heartbeat.ts';
import { type Office, requireDeployment } from './office.ts';
import type { ResourceEvent } from './resourceEvents.ts';
import type { Source } from './source.ts';
import { conditionOf, driftOf, recoverFailedStack } from './stackCare.ts';

export interface Deployments extends Disposable {
  /** Ends in `awaitingApproval`, `noChanges` or `refused`. @throws UserError, Cancelled */
  plan(request: DeployRequest, signal: AbortSignal): Promise<Deployment>;
  /** Plans anew what a command has asked for; ends as `plan` does. @throws UserError, Cancelled */
  handOver(id: string, complete: Complete, signal: AbortSignal): Promise<Deployment>;
  /** What this window has planned and nobody has decided on yet; it is what a person is shown. */
  waiting(id: string): Waiting | undefined;
  /** Only the window that planned it can. Resolves at the end, also at a bad one. @throws UserError */
  apply(id: string, approval: Approval, say: Say): Promise<Deployment>;
  /** A human's no: the plan is taken back. */
  refuse(id: string, reason: string): Promise<Deployment>;
  /** What `cancel` would do now, for the question to the person. */
  cancelEffect(id: string): CancelEffect;
  /**
   * Resolves when it has ended. @throws UserError when it would do something else than was confirmed, or do it to
   * something else than a person was `shown`.
   */
  cancel(id: string, confirmed: CancelEffect, say: Say, shown?: Deployment): Promise<Deployment>;
  /** Takes up what windows that are gone have left, at once and from then on. */
  resume(say: Say): void;
  /** Follows one that is executing and that nobody follows. */
  follow(id: string, say: Say): Promise<Deployment>;
  /** Resolves when the stack is at rest. @throws UserError */
  recoverStack(stack: FailedStack, signal: AbortSignal): Promise<void>;
  detectDrift(stack: KnownStack, signal: AbortSignal): Promise<Drift>;
  /** How the stack is now; undefined when it does not exist. */
  stackCondition(stack: KnownStack, signal: AbortSignal): Promise<StackCondition | undefined>;
  /** Newest first. */
  list(): Deployment[];
  tree(): DeploymentTree;
  get(id: string): Deployment | undefined;
  events(id: string): ResourceEvent[];
  /** What it was planned from, without secret values. */
  source(id: string): Source | undefined;
  /** What CloudTrail should show; undefined for one that AWS never began. */
  expectedTrail(id: string): ExpectedTrail | undefined;
  recordVerification(id: string, verification: Verification): void;
  /** The id of the one that changed; undefined when another window changed something. */
  readonly onChange: Listen<string | undefined>;
}

export interface DeploymentsOptions extends Omit<Office, 'closing' | 'changed'> {
  /** The ledger's entries of a deployment: the sessions that CloudTrail will name. */
  readonly sessionsOf: (deploymentId: string) => readonly LedgerEntry[];
  /** Unique; letters, digits and hyphens. */
  readonly newId: () => string;
}

export function createDeployments(options: DeploymentsOptions): Deployments {
  const { store } = options;
  const closing = new AbortController();
  const changes = new Emitter<string | undefined>();
  const office: Office = { ...options, closing: closing.signal, changed: id => changes.fire(id) };
  const { takeUpOrphans, ...desk } = createDesk(office, options.newId);
  let resumed: Say | undefined;
  const atEachBeat = (): void => {
    if (resumed) takeUpOrphans(resumed);
  };
  const heartbeat = createHeartbeat(office, atEachBeat, () => changes.fire(undefined));
  return {
    ...desk,
    ...records(options),
    plan(request, signal) {
      heartbeat.start();
      return desk.plan(request, signal);
    },
    handOver(id, complete, signal) {
      heartbeat.start();
      return desk.handOver(id, complete, signal);
    },
    resume(say) {
      resumed = say;
      heartbeat.start();
      takeUpOrphans(say);
    },
    recoverStack: (stack, signal) => recoverFailedStack(office, options.newId(), stack, signal),
    stackCondition: (stack, signal) => conditionOf(office, options.newId(), stack, signal),
    detectDrift: (stack, signal) => driftOf(office, options.newId(), stack, signal),
    recordVerification(id, verification) {
      store.note(id, { verification });
      changes.fire(id);
    },
    onChange: changes.listen,
    dispose() {
      closing.abort();
      store.release(options.owner);
      changes.dispose();
    },
  };
}

type Records = Pick<
  Deployments,
  'cancelEffect' | 'list' | 'tree' | 'get' | 'events' | 'source' | 'expectedTrail'
>;

function records({ store, sessionsOf }: DeploymentsOptions): Records {
  return {
    cancelEffect: id => cancelEffect(requireDeployment({ store }, id), store.events(id)),
    list: () => store.list(),
    tree: () => deploymentTree(store.list()),
    get: id => store.get(id),
    events: id => store.events(id),
    source: id => store.source(id),
    expectedTrail: id => expectedTrail(requireDeployment({ store }, id), store.events(id), sessionsOf(id)),
  };
}
