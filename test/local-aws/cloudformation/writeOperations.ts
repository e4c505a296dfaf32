/** The operations that deploy, change and delete. They answer at once; the work goes on behind. */
import { validationError } from '../http/awsFault.ts';
import type { Caller } from '../keys.ts';
import { type Fields, isFields, parseJson, textOf, textsOf } from '../values.ts';
import { type ChangeSets, checkName, checkUpdatable } from './changeSets.ts';
import { changesAnything, changesOf } from './changes.ts';
import { runCreate, runDelete } from './createStack.ts';
import { type Deployment, environmentOf } from './deployment.ts';
import { desiredOf, type TemplateSource } from './desired.ts';
import type { ResourceType } from './resources/resourceType.ts';
import { type Desired, isInProgress, type Stack } from './stack.ts';
import type { Scope, StackBook } from './stackBook.ts';
import { runUpdate } from './updateStack.ts';

export interface Asked {
  readonly scope: Scope;
  readonly given: Fields;
  readonly caller: Caller;
}

export type Operation = (asked: Asked) => unknown;

export interface OperationParts {
  readonly book: StackBook;
  readonly changeSets: ChangeSets;
  readonly source: TemplateSource;
  readonly now: () => number;
  typeOf(name: string): ResourceType;
  deploymentFor(
    stack: Stack,
    caller: Caller,
    token: string | undefined,
    nested?: Deployment['nested'],
  ): Promise<Deployment>;
}

export function writeOperations(parts: OperationParts): Readonly<Record<string, Operation>> {
  return {
    CreateStack: asked => createStack(parts, asked),
    UpdateStack: asked => updateStack(parts, asked),
    DeleteStack: asked => deleteStack(parts, asked),
    CancelUpdateStack: asked => cancelUpdate(parts, asked),
    CreateChangeSet: async ({ scope, given }) => {
      const made = await parts.changeSets.create(scope, given);
      return { Id: made.id, StackId: made.stack.stackId };
    },
    DeleteChangeSet: ({ scope, given }) => {
      parts.changeSets.remove(scope, given);
      return {};
    },
    ExecuteChangeSet: asked => executeChangeSet(parts, asked),
    SetStackPolicy: ({ scope, given }) => {
      const policy = textOf(given['StackPolicyBody']);
      if (!isFields(parseJson(policy ?? '')))
        throw validationError('Error validating stack policy: Invalid stack policy');
      parts.book.get(scope, textOf(given['StackName']) ?? '').policy = policy;
      return {};
    },
    UpdateTerminationProtection: ({ scope, given }) => {
      const stack = parts.book.get(
        scope,
        textOf(given['StackName']) ?? '',
        name => `Stack [${name}] does not exist`,
      );
      stack.terminationProtection = textOf(given['EnableTerminationProtection']) === 'true';
      return { StackId: stack.stackId };
    },
  };
}

async function createStack(parts: OperationParts, { scope, given, caller }: Asked): Promise<Fields> {
  const name = textOf(given['StackName']) ?? '';
  checkName(name, 'stackName');
  const desired = await desiredOf(given, undefined, parts.source);
  const stack = parts.book.add(scope, name, desired);
  stack.disableRollback = textOf(given['DisableRollback']) === 'true' || given['OnFailure'] === 'DO_NOTHING';
  stack.roleArn = textOf(given['RoleARN']);
  stack.terminationProtection = textOf(given['EnableTerminationProtection']) === 'true';
  await startCreate(parts, { stack, caller, token: tokenOf(given) });
  return { StackId: stack.stackId };
}

export const tokenOf = (given: Fields): string | undefined => textOf(given['ClientRequestToken']);

interface Start {
  readonly stack: Stack;
  readonly caller: Caller;
  readonly token: string | undefined;
  readonly nested?: Deployment['nested'];
  /** Called when the run is over, well or badly. */
  readonly ended?: () => void;
}

async function startCreate(
  parts: OperationParts,
  { stack, caller, token, nested, ended }: Start,
): Promise<void> {
  const deployment = await parts.deploymentFor(stack, caller, token, nested);
  parts.book.move(stack, 'CREATE_IN_PROGRESS', 'User Initiated', token);
  inBackground(runCreate(deployment).then(ended));
}

async function startUpdate(
  parts: OperationParts,
  desired: Desired,
  { stack, caller, token, nested, ended }: Start,
): Promise<void> {
  const deployment = await parts.deploymentFor(stack, caller, token, nested);
  stack.updatedAt = parts.now();
  stack.cancelled = false;
  parts.book.move(stack, 'UPDATE_IN_PROGRESS', 'User Initiated', token);
  inBackground(runUpdate(deployment, desired).then(ended));
}

/** Runs record their failures as events; anything else is a bug here and may end the process. */
export function inBackground(run: Promise<void>): void {
  run.catch(error => {
    throw error;
  });
}

async function updateStack(parts: OperationParts, { scope, given, caller }: Asked): Promise<Fields> {
  const stack = parts.book.get(
    scope,
    textOf(given['StackName']) ?? '',
    name => `Stack [${name}] does not exist`,
  );
  checkUpdatable(stack);
  const desired = await desiredOf(given, stack, parts.source);
  const environment = environmentOf(stack, desired, parts.book);
  const context = { stack, desired, environment, typeOf: parts.typeOf };
  if (!changesAnything(context, changesOf(context))) throw validationError('No updates are to be performed.');
  stack.roleArn = textOf(given['RoleARN']) ?? stack.roleArn;
  await startUpdate(parts, desired, { stack, caller, token: tokenOf(given) });
  return { StackId: stack.stackId };
}

async function deleteStack(parts: OperationParts, { scope, given, caller }: Asked): Promise<Fields> {
  const stack = parts.book.find(scope, textOf(given['StackName']) ?? '');
  if (stack === undefined || stack.deletedAt !== undefined || stack.status === 'DELETE_IN_PROGRESS')
    return {};
  if (stack.terminationProtection) {
    throw validationError(
      `Stack [${stack.stackName}] cannot be deleted while TerminationProtection is enabled`,
    );
  }
  const retain = textsOf(given['RetainResources']);
  if (retain.length > 0 && stack.status !== 'DELETE_FAILED')
    throw validationError(
      `Invalid operation on stack [${stack.stackId}]. RetainResources can only be specified for a stack in the DELETE_FAILED state.`,
    );
  if (isInProgress(stack) && stack.status !== 'CREATE_IN_PROGRESS') {
    throw validationError(`Stack [${stack.stackId}] cannot be deleted while in status ${stack.status}`);
  }
  stack.roleArn = textOf(given['RoleARN']) ?? stack.roleArn;
  const deployment = await parts.deploymentFor(stack, caller, tokenOf(given));
  parts.book.move(stack, 'DELETE_IN_PROGRESS', 'User Initiated', tokenOf(given));
  inBackground(runDelete(deployment, retain));
  return {};
}

function cancelUpdate(parts: OperationParts, { scope, given }: Asked): Fields {
  const stack = parts.book.get(
    scope,
    textOf(given['StackName']) ?? '',
    name => `Stack [${name}] does not exist`,
  );
  if (stack.status !== 'UPDATE_IN_PROGRESS')
    throw validationError('CancelUpdateStack cannot be called from current stack status');
  stack.cancelled = true;
  return {};
}

async function executeChangeSet(parts: OperationParts, { scope, given, caller }: Asked): Promise<Fields> {
  const set = parts.changeSets.get(scope, given);
  if (set.parent !== undefined)
    throw validationError('ExecuteChangeSet can only be called on a root change set.');
  const { stack } = set;
  if (set.type === 'UPDATE' && set.executionStatus === 'AVAILABLE') checkUpdatable(stack);
  parts.changeSets.begin(set);
  stack.changeSetId = set.id;
  stack.roleArn = set.roleArn ?? stack.roleArn;
  stack.disableRollback = textOf(given['DisableRollback']) === 'true' || set.onStackFailure === 'DO_NOTHING';
  const ended = (): void => {
    set.executionStatus = /ROLLBACK|FAILED/.test(stack.status) ? 'EXECUTE_FAILED' : 'EXECUTE_COMPLETE';
  };
  const start = { stack, caller, token: tokenOf(given), nested: set.nested, ended };
  if (set.type === 'CREATE') stack.desired = set.desired;
  await (set.type === 'CREATE' ? startCreate(parts, start) : startUpdate(parts, set.desired, start));
  return {};
}
