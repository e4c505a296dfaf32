/** All stacks of all accounts and Regions, found by name (the living one) or by id (also deleted ones). */
import { randomUUID } from 'node:crypto';
import { AwsFault, validationError } from '../http/awsFault.ts';
import type { Desired, Exported, Stack, StackEvent } from './stack.ts';

export interface Scope {
  readonly accountId: string;
  readonly region: string;
}

export interface StackBook {
  add(scope: Scope, stackName: string, desired: Desired, parent?: Stack): Stack;
  find(scope: Scope, nameOrId: string): Stack | undefined;
  /** @throws AwsFault in the words of the operation that asks. */
  get(scope: Scope, nameOrId: string, missing?: (name: string) => string): Stack;
  all(scope: Scope): readonly Stack[];
  exports(scope: Scope): readonly (Exported & { readonly stackId: string })[];
  emit(stack: Stack, event: Omit<StackEvent, 'eventId' | 'at'>): void;
  /** Moves the stack itself to a status, with its event. */
  move(stack: Stack, status: string, reason?: string, token?: string): void;
  forget(stack: Stack): void;
}

export function createStackBook(now: () => number): StackBook {
  const stacks: Stack[] = [];
  const within = (scope: Scope): Stack[] =>
    stacks.filter(stack => stack.accountId === scope.accountId && stack.region === scope.region);
  const find = (scope: Scope, nameOrId: string): Stack | undefined =>
    within(scope).find(
      stack => stack.stackId === nameOrId || (stack.stackName === nameOrId && stack.deletedAt === undefined),
    );
  const emit: StackBook['emit'] = (stack, event) => {
    const isStack = event.logicalId === stack.stackName && event.physicalId === stack.stackId;
    const eventId = isStack
      ? randomUUID()
      : `${event.logicalId}-${event.status}-${new Date(now()).toISOString()}`;
    stack.events.push({ ...event, eventId, at: now() });
  };
  return {
    find,
    emit,
    all: within,
    get: (scope, nameOrId, missing = name => `Stack with id ${name} does not exist`) => {
      const stack = find(scope, nameOrId);
      if (stack === undefined) throw validationError(missing(nameOrId));
      return stack;
    },
    add: (scope, stackName, desired, parent) => {
      if (find(scope, stackName) !== undefined)
        throw new AwsFault('AlreadyExistsException', `Stack [${stackName}] already exists`);
      const stack = newStack(scope, stackName, desired, parent, now());
      stacks.push(stack);
      return stack;
    },
    exports: scope =>
      within(scope)
        .filter(stack => stack.deletedAt === undefined)
        .flatMap(stack =>
          stack.outputs.flatMap(output =>
            output.exportName === undefined
              ? []
              : [{ name: output.exportName, value: output.value, stackId: stack.stackId }],
          ),
        ),
    move: (stack, status, reason, token) => {
      stack.status = status;
      stack.statusReason = reason;
      const { stackName, stackId } = stack;
      emit(stack, {
        logicalId: stackName,
        physicalId: stackId,
        type: 'AWS::CloudFormation::Stack',
        status,
        reason,
        token,
      });
    },
    forget: stack => void stacks.splice(stacks.indexOf(stack), 1),
  };
}

function newStack(
  { accountId, region }: Scope,
  stackName: string,
  desired: Desired,
  parent: Stack | undefined,
  now: number,
): Stack {
  return {
    stackId: `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/${randomUUID()}`,
    stackName,
    accountId,
    region,
    createdAt: now,
    updatedAt: undefined,
    deletedAt: undefined,
    status: 'REVIEW_IN_PROGRESS',
    statusReason: undefined,
    desired,
    outputs: [],
    roleArn: undefined,
    changeSetId: undefined,
    disableRollback: false,
    terminationProtection: false,
    cancelled: false,
    parent,
    root: parent?.root ?? parent,
    policy: undefined,
    before: undefined,
    drift: undefined,
    resources: new Map(),
    events: [],
  };
}
