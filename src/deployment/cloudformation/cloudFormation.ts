/** CloudFormation in No Wing's own small types: what the adapter answers, and what everything else works with. */
import type { Session } from '../../identity/session.ts';
import type { PlannedChange } from '../plan.ts';
import type { ResourceEvent } from '../resourceEvents.ts';

export interface Stack {
  readonly stackId: string;
  readonly status: string;
  readonly statusReason?: string;
  readonly serviceRoleArn?: string;
  /** When the last operation on it began: milliseconds since the epoch. */
  readonly changedAt: number;
  readonly parameterNames: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly outputs: readonly {
    readonly key: string;
    readonly value: string;
    readonly description?: string;
  }[];
}

export interface ChangeSet {
  readonly arn: string;
  readonly stackId: string;
  readonly status: string;
  readonly statusReason: string;
  /** `AVAILABLE`, `EXECUTE_IN_PROGRESS`, `OBSOLETE` ... */
  readonly executionStatus: string;
  readonly changes: readonly PlannedChange[];
}

export interface StackEvent extends ResourceEvent {
  readonly token?: string;
}

export interface NewChangeSet {
  readonly name: string;
  readonly stackName: string;
  readonly action: 'create' | 'update';
  readonly template: string;
  /** undefined keeps the value the stack has. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
  readonly capabilities: readonly string[];
  /** All that the stack and its resources are to have. */
  readonly tags: Readonly<Record<string, string>>;
  readonly description: string;
}

/** Answers undefined for what does not exist; lets AWS's errors through. */
export interface CloudFormationApi {
  stack(nameOrId: string, signal?: AbortSignal): Promise<Stack | undefined>;
  createChangeSet(input: NewChangeSet, signal?: AbortSignal): Promise<{ arn: string; stackId: string }>;
  /** All pages of it. */
  changeSet(nameOrArn: string, stack?: string, signal?: AbortSignal): Promise<ChangeSet | undefined>;
  changeSetNames(stackId: string, signal?: AbortSignal): Promise<readonly string[]>;
  deleteChangeSet(arn: string, signal?: AbortSignal): Promise<void>;
  executeChangeSet(arn: string, token: string, signal?: AbortSignal): Promise<void>;
  /** Newest first. */
  events(
    stackId: string,
    nextToken?: string,
    signal?: AbortSignal,
  ): Promise<{ readonly events: readonly StackEvent[]; readonly nextToken?: string } | undefined>;
  cancelUpdate(stackId: string, token: string, signal?: AbortSignal): Promise<void>;
  deleteStack(stackId: string, token: string, signal?: AbortSignal): Promise<void>;
}

/** The session for the next call: asked for at every call, so that a refreshed one is used at once. */
export type CurrentSession = (signal?: AbortSignal) => Promise<Session>;

/** Loads the SDK when it is first needed. */
export type OpenCloudFormation = (region: string, session: CurrentSession) => Promise<CloudFormationApi>;
