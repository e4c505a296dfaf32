/**
 * What an engine does for a deployment: plan → (guardrails) → (approval) → apply → follow. One folder for each engine.
 * It acts, and tells what came of it; what is recorded, and who may say yes, is decided by its caller. To destroy and
 * to roll back are plans like any other, so nothing is removed or taken back without being shown and approved.
 */
import type { GuardedResource } from '../guardrail/guardedResource.ts';
import type { Session } from '../identity/session.ts';
import type { Asker, CancelEffect, Failure, Operation, Output } from './deployment.ts';
import type { DraftedPlan, Plan } from './plan.ts';
import type { Progress, ResourceEvent } from './resourceEvents.ts';
import type { EngineKind, Source } from './source.ts';

/** What a person asks for. */
export interface DeployRequest {
  readonly profileId: string;
  /** The profile's own when absent. */
  readonly region?: string;
  /** The name of what is deployed: a stack, or a project's workspace. */
  readonly stackName: string;
  readonly operation: Operation;
  readonly source: Source;
  readonly askedBy: Asker;
  /** The deployment that this one takes back. */
  readonly reverses?: string;
  /** The one that a command has asked for, and a window has taken over as this. */
  readonly answers?: string;
  /** The workspace folder that it is in, an absolute path: its own guardrails apply too. */
  readonly folder?: string;
}

/** What may be kept of a request: its source without secret values, and its name for people. */
export interface Checked {
  readonly source: Source;
  readonly sourceName: string;
}

export type Draft = DraftOf<DraftedPlan>;

/** "Nothing to change" is a result, not an error. */
export type DraftOf<OwnPlan extends DraftedPlan> =
  | {
      readonly kind: 'plan';
      readonly plan: OwnPlan;
      readonly resources: readonly GuardedResource[];
      /** The source of what stands there now, for a comparison; absent when nothing does, or nobody can tell. */
      readonly deployed?: string;
      /** Planned from, where that is more exact than what was asked for: its local files are published. */
      readonly source?: Source;
    }
  | { readonly kind: 'noChanges' };

/** One piece of work under one identity. */
export interface Run {
  readonly deploymentId: string;
  readonly region: string;
  /** "copilot in account 1111-2222-3333, eu-west-1", for sentences. */
  readonly who: string;
  /** Asked for at every call; refuses whatever is not the agent's. */
  session(signal?: AbortSignal): Promise<Session>;
  /** AWS has ended the session before its time: the next one that is asked for is a new one. Absent for short work. */
  readonly renewSession?: () => void;
  readonly signal: AbortSignal;
}

/** What a plan left at AWS and can be taken away again as long as it was not ordered. */
export interface Leftover {
  readonly stackName: string;
  /** Known once there was one. */
  readonly plan?: Plan;
  /** We made the stack for the plan; it goes too if it is still empty. */
  readonly createsStack: boolean;
}

/** A stack, and as whom something is done about it. */
export interface KnownStack {
  readonly profileId: string;
  readonly region: string;
  /** The ARN: a new stack of the same name is another one. */
  readonly stackId: string;
}

/** What leads a stack out of a failed state. `rollBack`: to its last good state; `delete`: one that never had any. */
export type WayOut = 'delete' | 'rollBack' | 'continueRollBack';

/** A stack that failed, and what is to be done about it. */
export interface FailedStack extends KnownStack {
  readonly way: WayOut;
}

/** What was found when a stack was compared with its template. */
export interface Drift {
  readonly stackId: string;
  /** AWS's word: `IN_SYNC`, `DRIFTED`, `UNKNOWN`, `NOT_CHECKED`. */
  readonly status: string;
  readonly reason?: string;
  /** All that AWS looked at. */
  readonly resources: readonly DriftedResource[];
}

export interface DriftedResource {
  readonly address: string;
  readonly physicalId?: string;
  readonly type: string;
  /** AWS's word: `IN_SYNC`, `MODIFIED`, `DELETED`, `NOT_CHECKED` ... */
  readonly status: string;
  readonly differences: readonly {
    /** As `/Tags/0/Value`. */
    readonly path: string;
    /** AWS's word: `ADD`, `REMOVE`, `NOT_EQUAL`. */
    readonly kind: string;
    readonly expected: string;
    readonly actual: string;
  }[];
}

/** What came of the order. `uncertain`: AWS may or may not have received it; only a new reading of its state tells. */
export type Ordered =
  | { readonly kind: 'ordered' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'refused'; readonly error: Error }
  | { readonly kind: 'uncertain'; readonly error: unknown };

export type Outcome =
  | { readonly kind: 'succeeded'; readonly outputs: readonly Output[] }
  | { readonly kind: 'rolledBack' | 'failed'; readonly failure: Failure }
  /** In the middle, as a person wanted it; what was done stays done. */
  | { readonly kind: 'stopped'; readonly detail: string }
  | { readonly kind: 'deleted' };

/** Where a follower keeps what it saw, so that each event is told once, also by the window after this one. */
export interface Watch {
  known(): readonly ResourceEvent[];
  /** @returns the new ones. @throws when another window has taken over. */
  record(events: readonly ResourceEvent[]): readonly ResourceEvent[];
  say(progress: Progress): void;
}

export interface Engine {
  /** Before anything is recorded or sent. @throws UserError when it cannot be planned at all. */
  check(request: DeployRequest): Promise<Checked>;
  /** @param creating called before a stack is made for the plan. */
  plan(request: DeployRequest, run: Run, creating: () => void): Promise<Draft>;
  /** @param mayOrder asked right before every attempt; false stops it. */
  apply(plan: Plan, run: Run, mayOrder: () => boolean): Promise<Ordered>;
  /** Goes on through throttling and network loss. @throws when it cannot go on; the deployment itself does. */
  follow(plan: Plan, run: Run, watch: Watch): Promise<Outcome>;
  stop(plan: Plan, effect: CancelEffect, run: Run): Promise<'stopping' | 'tooLate'>;
  /** Takes a plan back. `ordered`: it could not be, since AWS has begun with it. */
  discard(leftover: Leftover, run: Run): Promise<'discarded' | 'ordered'>;
}

export type Engines = Readonly<Record<EngineKind, Engine>>;

/** What is done about stacks besides deploying them. */
export interface StackCare {
  /** @throws UserError when the stack is not in a state that this leads out of, or AWS could not do it. */
  recover(stackId: string, way: WayOut, run: Run): Promise<void>;
  /** @throws UserError */
  drift(stackId: string, run: Run): Promise<Drift>;
  /** @returns undefined when the stack does not exist. */
  condition(stackId: string, run: Run): Promise<StackCondition | undefined>;
}

export interface StackCondition {
  /** AWS's word. */
  readonly status: string;
  readonly reason?: string;
}
