/** Change sets: made, shown, executed once. */
import { randomUUID } from 'node:crypto';
import { AwsFault, validationError } from '../http/awsFault.ts';
import { dig, type Fields, fieldsOf, listOf, textOf } from '../values.ts';
import { type Change, changesAnything, changesOf } from './changes.ts';
import { environmentOf } from './deployment.ts';
import { desiredOf, type TemplateSource } from './desired.ts';
import { conditionHolds, type Environment, resolveFields } from './intrinsics.ts';
import { nestedType } from './nestedStacks.ts';
import type { ResourceType } from './resources/resourceType.ts';
import { type Desired, isInProgress, type Stack, type StackResource } from './stack.ts';
import type { Scope, StackBook } from './stackBook.ts';
import { emptyTemplate } from './template.ts';

export interface ChangeSet {
  readonly id: string;
  readonly name: string;
  readonly stack: Stack;
  readonly type: 'CREATE' | 'UPDATE';
  readonly desired: Desired;
  readonly changes: Change[];
  readonly description: string | undefined;
  readonly roleArn: string | undefined;
  readonly onStackFailure: string | undefined;
  readonly createdAt: number;
  readonly includesNested: boolean;
  readonly parent: ChangeSet | undefined;
  readonly root: ChangeSet | undefined;
  /** By the logical id of the nested stack. */
  readonly nested: Map<string, ChangeSet>;
  status: string;
  reason: string | undefined;
  executionStatus: string;
}

export interface ChangeSetParts {
  readonly book: StackBook;
  readonly source: TemplateSource;
  readonly now: () => number;
  typeOf(name: string): ResourceType;
  pause(): Promise<void>;
}

export interface ChangeSets {
  create(scope: Scope, given: Fields): Promise<ChangeSet>;
  /** @throws AwsFault ChangeSetNotFound */
  get(scope: Scope, given: Fields): ChangeSet;
  of(stack: Stack): readonly ChangeSet[];
  remove(scope: Scope, given: Fields): void;
  /** Checks that it may be executed, and takes note that it is. */
  begin(changeSet: ChangeSet): void;
}

export function createChangeSets(parts: ChangeSetParts): ChangeSets {
  const { book } = parts;
  const sets: ChangeSet[] = [];
  const find = (scope: Scope, given: Fields): ChangeSet | undefined => {
    const name = textOf(given['ChangeSetName']) ?? '';
    const stack = textOf(given['StackName']);
    const matches = (set: ChangeSet): boolean =>
      stack === undefined || set.stack.stackName === stack || set.stack.stackId === stack;
    const within = sets.filter(
      set => set.stack.accountId === scope.accountId && set.stack.region === scope.region,
    );
    return (
      within.find(set => set.id === name) ??
      within.find(set => set.name === name && matches(set) && set.stack.deletedAt === undefined)
    );
  };
  return {
    of: stack => sets.filter(set => set.stack === stack && !set.executionStatus.startsWith('EXECUTE_')),
    create: async (scope, given) => {
      const keep = (set: ChangeSet): void => void sets.push(set);
      return await makeChangeSet(
        { scope, given, parts, keep, find: name => find(scope, { ...given, ChangeSetName: name }) },
        undefined,
      );
    },
    get: (scope, given) => {
      const stack = textOf(given['StackName']);
      const name = textOf(given['ChangeSetName']) ?? '';
      if (stack !== undefined && !name.startsWith('arn:'))
        book.get(scope, stack, missing => `Stack [${missing}] does not exist`);
      const found = find(scope, given);
      if (found === undefined)
        throw new AwsFault('ChangeSetNotFound', `ChangeSet [${name}] does not exist`, 404);
      return found;
    },
    remove: (scope, given) => {
      const found = find(scope, given);
      if (found === undefined) return;
      if (found.executionStatus === 'EXECUTE_IN_PROGRESS')
        throw invalidStatus(found, 'deleted', `execution status of [${found.executionStatus}]`);
      if (found.parent !== undefined)
        throw validationError('DeleteChangeSet can only be called on a root change set.');
      for (const set of withNested(found)) {
        sets.splice(sets.indexOf(set), 1);
        if (set !== found && set.stack.status === 'REVIEW_IN_PROGRESS') book.forget(set.stack);
      }
    },
    begin: changeSet => {
      if (changeSet.status !== 'CREATE_COMPLETE')
        throw invalidStatus(changeSet, 'executed', `status of [${changeSet.status}]`);
      if (changeSet.executionStatus !== 'AVAILABLE') {
        throw invalidStatus(changeSet, 'executed', `execution status of [${changeSet.executionStatus}]`);
      }
      changeSet.executionStatus = 'EXECUTE_IN_PROGRESS';
      for (const other of sets)
        if (other.stack === changeSet.stack && other !== changeSet) other.executionStatus = 'OBSOLETE';
    },
  };
}

const invalidStatus = (changeSet: ChangeSet, done: string, status: string): AwsFault =>
  new AwsFault(
    'InvalidChangeSetStatus',
    `ChangeSet [${changeSet.id}] cannot be ${done} in its current ${status}`,
  );

/** A change set and those of the stacks nested below. */
const withNested = (set: ChangeSet): ChangeSet[] => [set, ...[...set.nested.values()].flatMap(withNested)];

interface Making {
  readonly scope: Scope;
  readonly given: Fields;
  readonly parts: ChangeSetParts;
  keep(set: ChangeSet): void;
  find(name: string): ChangeSet | undefined;
}

async function makeChangeSet(making: Making, parent: ChangeSet | undefined): Promise<ChangeSet> {
  const { scope, given, parts, keep, find } = making;
  const name = textOf(given['ChangeSetName']) ?? '';
  const stackName = textOf(given['StackName']) ?? '';
  checkName(name, 'changeSetName');
  const existing = parts.book.find(scope, stackName);
  const type = typeOfChangeSet(given, existing, name, stackName);
  if (existing !== undefined && find(name) !== undefined)
    throw new AwsFault('AlreadyExistsException', `ChangeSet ${name} already exists`);
  const desired = await desiredOf(given, existing, parts.source);
  const stack = existing ?? reviewed(parts.book, scope, stackName, parent?.stack);
  const environment = environmentOf(stack, desired, parts.book);
  const context = { stack, desired, environment, typeOf: parts.typeOf };
  const changeSet: ChangeSet = {
    id: `arn:aws:cloudformation:${scope.region}:${scope.accountId}:changeSet/${name}/${randomUUID()}`,
    name,
    stack,
    type,
    desired,
    changes: changesOf(context),
    description: textOf(given['Description']),
    roleArn: textOf(given['RoleARN']),
    onStackFailure: textOf(given['OnStackFailure']),
    createdAt: parts.now(),
    includesNested: textOf(given['IncludeNestedStacks']) === 'true',
    parent,
    root: parent?.root ?? parent,
    nested: new Map(),
    status: 'CREATE_PENDING',
    reason: undefined,
    executionStatus: 'UNAVAILABLE',
  };
  keep(changeSet);
  if (changeSet.includesNested) await draftNested(making, changeSet, environment);
  void settle(changeSet, changesAnything(context, changeSet.changes) || changeSet.nested.size > 0, parts);
  return changeSet;
}

/** One for each nested stack that is made or changed; the row of a stack that only changes inside is added. */
async function draftNested(making: Making, set: ChangeSet, environment: Environment): Promise<void> {
  for (const [logicalId, resource] of set.desired.template.resources) {
    if (resource.type !== nestedType || !conditionHolds(resource.condition, environment)) continue;
    const existing = set.stack.resources.get(logicalId);
    const properties = resolveFields(resource.properties, environment);
    const given = nestedInput(making.given, set, logicalId, properties, existing?.physicalId);
    const inner = await makeChangeSet({ ...making, given, find: () => undefined }, set);
    if (existing !== undefined && inner.changes.length === 0 && inner.nested.size === 0) continue;
    set.nested.set(logicalId, inner);
    if (existing !== undefined && set.changes.every(change => change.logicalId !== logicalId))
      set.changes.push(changedInside(existing));
  }
}

function nestedInput(
  outer: Fields,
  set: ChangeSet,
  logicalId: string,
  properties: Fields,
  physicalId: string | undefined,
): Fields {
  return {
    ChangeSetName: `${set.name}-${logicalId}-${randomUUID().slice(0, 8)}`,
    StackName: physicalId ?? `${set.stack.stackName}-${logicalId}-${randomUUID().slice(0, 12).toUpperCase()}`,
    ChangeSetType: physicalId === undefined ? 'CREATE' : 'UPDATE',
    TemplateURL: properties['TemplateURL'],
    Parameters: Object.entries(fieldsOf(properties['Parameters'])).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
    Capabilities: outer['Capabilities'],
    IncludeNestedStacks: 'true',
  };
}

const changedInside = ({ logicalId, physicalId, type, properties }: StackResource): Change => ({
  action: 'Modify',
  logicalId,
  physicalId,
  type,
  replacement: 'False',
  policyAction: undefined,
  scope: ['Properties'],
  details: [],
  before: properties,
  after: properties,
});

const noChanges =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

async function settle(changeSet: ChangeSet, changesSomething: boolean, parts: ChangeSetParts): Promise<void> {
  await parts.pause();
  const failed = !changesSomething;
  changeSet.reason = failed ? noChanges : undefined;
  changeSet.executionStatus = failed ? 'UNAVAILABLE' : 'AVAILABLE';
  changeSet.status = failed ? 'FAILED' : 'CREATE_COMPLETE';
}

function reviewed(book: StackBook, scope: Scope, stackName: string, parent: Stack | undefined): Stack {
  checkName(stackName, 'stackName');
  const nothing = { template: emptyTemplate, parameters: {}, tags: [], capabilities: [] };
  const stack = book.add(scope, stackName, nothing, parent);
  book.move(stack, 'REVIEW_IN_PROGRESS', 'User Initiated');
  return stack;
}

export function checkName(name: string, at: string): void {
  const pattern = '[a-zA-Z][-a-zA-Z0-9]*';
  if (new RegExp(`^${pattern}$`).test(name) || name.startsWith('arn:')) {
    if (name.length <= 128 || name.startsWith('arn:')) return;
    throw validationError(
      `1 validation error detected: Value '${name}' at '${at}' failed to satisfy constraint: Member must have length less than or equal to 128`,
    );
  }
  throw validationError(
    `1 validation error detected: Value '${name}' at '${at}' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern}`,
  );
}

function typeOfChangeSet(
  given: Fields,
  existing: Stack | undefined,
  name: string,
  stackName: string,
): 'CREATE' | 'UPDATE' {
  const type = textOf(given['ChangeSetType']) ?? 'UPDATE';
  if (type === 'IMPORT') throw importRefused(given);
  if (type === 'CREATE') {
    if (existing === undefined || existing.status === 'REVIEW_IN_PROGRESS') return 'CREATE';
    throw validationError(
      `Stack [${stackName}] already exists and cannot be created again with the changeSet [${name}].`,
    );
  }
  if (existing === undefined) throw validationError(`Stack [${stackName}] does not exist`);
  if (existing.status === 'REVIEW_IN_PROGRESS') throw notUpdatable(existing);
  if (isInProgress(existing) || !updatable(existing)) throw notUpdatable(existing);
  return 'UPDATE';
}

function importRefused(given: Fields): AwsFault {
  if (listOf(given['ResourcesToImport']).every(item => dig(item, 'LogicalResourceId') === undefined)) {
    return validationError(
      'Resources to import must be specified when creating a change set of type IMPORT.',
    );
  }
  return new AwsFault('NotImplemented', 'The local AWS does not implement importing resources.', 501);
}

const updatable = (stack: Stack): boolean =>
  /^(CREATE_COMPLETE|UPDATE_COMPLETE|UPDATE_ROLLBACK_COMPLETE|IMPORT_COMPLETE|UPDATE_FAILED)$/.test(
    stack.status,
  );

export const notUpdatable = (stack: Stack): AwsFault =>
  validationError(`Stack:${stack.stackId} is in ${stack.status} state and can not be updated.`);

/** @throws AwsFault when the stack is not in a state to be updated. */
export function checkUpdatable(stack: Stack): void {
  if (isInProgress(stack) || !updatable(stack)) throw notUpdatable(stack);
}
