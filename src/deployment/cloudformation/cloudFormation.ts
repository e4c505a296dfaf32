/** CloudFormation in No Wing's own small types: what the adapter answers, and what everything else works with. */
import type { Session } from '../../identity/session.ts';
import type { DriftedResource } from '../engine.ts';
import type { PlannedChange } from '../plan.ts';
import type { ResourceEvent } from '../resourceEvents.ts';

export interface Stack {
  readonly stackId: string;
  readonly status: string;
  readonly statusReason?: string;
  readonly serviceRoleArn?: string;
  readonly terminationProtected: boolean;
  /** The stack that it is nested in: it is changed through that one only. */
  readonly rootId?: string;
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
}

/** A change as AWS lists it. */
export type FoundChange = PlannedChange & {
  /** The change set of a nested stack. */
  readonly nestedArn?: string;
  /** The old one, or a snapshot of it, stays in the account. */
  readonly isKept?: boolean;
};

/** The text that was given, or what transforms made of it. */
export type TemplateStage = 'Original' | 'Processed';

export interface StackResource {
  /** Its logical id. */
  readonly address: string;
  readonly physicalId?: string;
  readonly type: string;
  readonly status: string;
}

export interface StackEvent extends ResourceEvent {
  readonly token?: string;
}

/** In the request, or in a bucket. */
export type TemplateSource = { readonly body: string } | { readonly url: string };

export interface NewChangeSet {
  readonly name: string;
  readonly stackName: string;
  readonly action: 'create' | 'update';
  readonly template: TemplateSource;
  /** It has nested stacks: they get change sets too, so that what they contain is planned and not read anew later. */
  readonly nested: boolean;
  /** undefined keeps the value the stack has. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
  readonly capabilities: readonly string[];
  /** Absent: the one that the stack has, if any. */
  readonly serviceRoleArn?: string;
  /** All that the stack and its resources are to have. */
  readonly tags: Readonly<Record<string, string>>;
  readonly description: string;
}

export interface StackDeletion {
  readonly stackId: string;
  readonly token: string;
  /** Logical ids of resources that stay in the account; only for a stack whose deletion has failed. */
  readonly retain?: readonly string[];
}

export interface DriftDetection {
  /** `DETECTION_IN_PROGRESS`, `DETECTION_COMPLETE`, `DETECTION_FAILED`: then there are results for some. */
  readonly status: string;
  readonly statusReason?: string;
  /** `DRIFTED`, `IN_SYNC`, `UNKNOWN`, `NOT_CHECKED`. */
  readonly stackStatus: string;
}

export interface TemplateOf {
  readonly stackId: string;
  readonly changeSetArn?: string;
}

/** Answers undefined for what does not exist; lets AWS's errors through. */
export interface CloudFormationApi {
  stack(nameOrId: string, signal?: AbortSignal): Promise<Stack | undefined>;
  createChangeSet(input: NewChangeSet, signal?: AbortSignal): Promise<{ arn: string; stackId: string }>;
  changeSet(nameOrArn: string, stack?: string, signal?: AbortSignal): Promise<ChangeSet | undefined>;
  /** All pages, with the values of properties. */
  changes(changeSetArn: string, signal?: AbortSignal): Promise<readonly FoundChange[]>;
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
  deleteStack(deletion: StackDeletion, signal?: AbortSignal): Promise<void>;
  /** All pages; those of nested stacks not. */
  resources(stackId: string, signal?: AbortSignal): Promise<readonly StackResource[]>;
  /** Its stack policy, as JSON. */
  stackPolicy(stackId: string, signal?: AbortSignal): Promise<string | undefined>;
  setStackPolicy(stackId: string, policy: string, signal?: AbortSignal): Promise<void>;
  setTerminationProtection(stackId: string, on: boolean, signal?: AbortSignal): Promise<void>;
  /** Back to the last state that was complete, after an operation that was not rolled back by itself. */
  rollBackStack(stackId: string, token: string, signal?: AbortSignal): Promise<void>;
  /** @param skip logical ids of resources that are taken for rolled back. */
  continueRollBack(
    stackId: string,
    token: string,
    skip: readonly string[],
    signal?: AbortSignal,
  ): Promise<void>;
  /** @returns the id of the detection. */
  detectDrift(stackId: string, signal?: AbortSignal): Promise<string>;
  drift(detectionId: string, signal?: AbortSignal): Promise<DriftDetection>;
  /** All pages; every resource that was looked at. */
  resourceDrifts(stackId: string, signal?: AbortSignal): Promise<readonly DriftedResource[]>;
  /** That of a change set when its ARN is given, else the stack's. */
  template(of: TemplateOf, stage: TemplateStage, signal?: AbortSignal): Promise<string>;
}

/** The session for the next call: asked for at every call, so that a refreshed one is used at once. */
export type CurrentSession = (signal?: AbortSignal) => Promise<Session>;

/** Loads the SDK when it is first needed. */
export type OpenCloudFormation = (region: string, session: CurrentSession) => Promise<CloudFormationApi>;
