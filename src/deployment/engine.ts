/**
 * What an engine does for a deployment: plan → (gate) → approval → apply → follow. One folder for each engine.
 * It acts, and tells what came of it; what is recorded, and who may say yes, is decided by its caller.
 */
import type { Session } from '../identity/session.ts';
import type { CancelEffect, Failure, Output } from './deployment.ts';
import type { Draft, Plan } from './plan.ts';
import type { Progress, ResourceEvent } from './resourceEvents.ts';

/** What a person asks for. */
export interface DeployRequest {
  readonly profileId: string;
  /** The profile's own when absent. */
  readonly region?: string;
  readonly stackName: string;
  readonly template: { readonly name: string; readonly text: string };
  /** On an update, those that are missing keep the value they have. */
  readonly parameters: Readonly<Record<string, string>>;
}

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
  /** Known once there was a plan. */
  readonly stackId?: string;
  readonly changeSetArn?: string;
  /** We made the stack for the plan; it goes too if it is still empty. */
  readonly createsStack: boolean;
}

/** A stack that failed when it was created, and as whom it is deleted. */
export interface FailedStack {
  readonly profileId: string;
  readonly region: string;
  /** The ARN: a new stack of the same name is another one. */
  readonly stackId: string;
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
  | { readonly kind: 'deleted' };

/** Where a follower keeps what it saw, so that each event is told once, also by the window after this one. */
export interface Watch {
  known(): readonly ResourceEvent[];
  /** @returns the new ones. @throws when another window has taken over. */
  record(events: readonly ResourceEvent[]): readonly ResourceEvent[];
  say(progress: Progress): void;
}

export interface Engine {
  /** Before anything is recorded or sent. @returns the parameters that may be kept: the secret ones are left out. */
  check(request: DeployRequest): Promise<Readonly<Record<string, string>>>;
  /** @param creating called before a stack is made for the plan. */
  plan(request: DeployRequest, run: Run, creating: () => void): Promise<Draft>;
  /** @param mayOrder asked right before every attempt; false stops it. */
  apply(plan: Plan, run: Run, mayOrder: () => boolean): Promise<Ordered>;
  /** Goes on through throttling and network loss. @throws when it cannot go on; the deployment itself does. */
  follow(plan: Plan, run: Run, watch: Watch): Promise<Outcome>;
  stop(plan: Plan, effect: CancelEffect, run: Run): Promise<'stopping' | 'tooLate'>;
  /** Takes a plan back. `ordered`: it could not be, since AWS has begun with it. */
  discard(leftover: Leftover, run: Run): Promise<'discarded' | 'ordered'>;
  /** Deletes a stack whose creation had failed. @throws UserError when it is in any other state. */
  deleteFailedStack(stackId: string, run: Run): Promise<void>;
}
