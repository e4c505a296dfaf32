/** A stack and what belongs to it. Stacks change while a deployment runs, so these are the mutable records of the book. */
import type { Tag } from '../keys.ts';
import type { Fields } from '../values.ts';
import type { Template } from './template.ts';

export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  readonly status: string;
  readonly statusReason?: string | undefined;
  /** Resolved. */
  readonly properties: Fields;
  /** What Fn::GetAtt finds. */
  readonly attributes: Fields;
  readonly deletionPolicy: string;
  readonly at: number;
}

export interface StackEvent {
  readonly eventId: string;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason?: string | undefined;
  readonly properties?: Fields | undefined;
  readonly token?: string | undefined;
  readonly at: number;
}

export interface Exported {
  readonly name: string;
  readonly value: string;
}

export interface StackOutput {
  readonly key: string;
  readonly value: string;
  readonly description: string | undefined;
  readonly exportName: string | undefined;
}

/** What a deployment takes the stack to, and what a rollback takes it back to. */
export interface Desired {
  readonly template: Template;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: readonly Tag[];
  readonly capabilities: readonly string[];
}

export interface Before {
  readonly desired: Desired;
  readonly resources: ReadonlyMap<string, StackResource>;
  /** In the order in which they were touched. */
  readonly touched: readonly string[];
}

export interface Drift {
  readonly id: string;
  readonly at: number;
  status: 'DETECTION_IN_PROGRESS' | 'DETECTION_COMPLETE';
  resources: readonly ResourceDrift[];
}

export interface ResourceDrift {
  readonly resource: StackResource;
  readonly status: 'IN_SYNC' | 'MODIFIED' | 'DELETED' | 'NOT_CHECKED';
  readonly actual: Fields;
}

export interface Stack {
  readonly stackId: string;
  readonly stackName: string;
  readonly accountId: string;
  readonly region: string;
  readonly createdAt: number;
  updatedAt: number | undefined;
  deletedAt: number | undefined;
  status: string;
  statusReason: string | undefined;
  desired: Desired;
  outputs: readonly StackOutput[];
  roleArn: string | undefined;
  changeSetId: string | undefined;
  disableRollback: boolean;
  terminationProtection: boolean;
  /** Set by CancelUpdateStack while an update runs. */
  cancelled: boolean;
  /** Of a nested stack. */
  readonly parent: Stack | undefined;
  readonly root: Stack | undefined;
  policy: string | undefined;
  /** What an update that failed without being rolled back, or whose roll back failed, goes back to. */
  before: Before | undefined;
  drift: Drift | undefined;
  readonly resources: Map<string, StackResource>;
  readonly events: StackEvent[];
}

export const isInProgress = (stack: Stack): boolean =>
  stack.status.endsWith('_IN_PROGRESS') && stack.status !== 'REVIEW_IN_PROGRESS';
