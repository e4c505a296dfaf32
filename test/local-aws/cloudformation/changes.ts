/** What a change set would do: per resource the action, the properties behind it, and whether it is replaced. */
import { type Fields, isFields } from '../values.ts';
import { conditionHolds, type Environment, resolveFields } from './intrinsics.ts';
import type { ResourceType } from './resources/resourceType.ts';
import type { Desired, Stack, StackResource } from './stack.ts';
import type { TemplateResource } from './template.ts';
import { inOrder, referencesIn } from './templateReferences.ts';
import { changedProperties } from './updateStack.ts';

export interface Change {
  readonly action: 'Add' | 'Modify' | 'Remove';
  readonly logicalId: string;
  readonly physicalId: string | undefined;
  readonly type: string;
  readonly replacement: 'True' | 'False' | 'Conditional' | undefined;
  readonly policyAction: 'Delete' | 'Retain' | 'ReplaceAndDelete' | 'ReplaceAndRetain' | undefined;
  readonly scope: readonly string[];
  readonly details: readonly Fields[];
  /** The properties, as far as they are known. */
  readonly before: Fields | undefined;
  readonly after: Fields | undefined;
}

export interface ChangeContext {
  readonly stack: Stack;
  readonly desired: Desired;
  readonly environment: Environment;
  typeOf(name: string): ResourceType;
}

/** Stands for a value that only the deployment will know. */
const unknownYet = '{{changeSet:KNOWN_AFTER_APPLY}}';

export function changesOf(context: ChangeContext): Change[] {
  const { stack, desired } = context;
  const replaced = new Set<string>();
  const environment: Environment = {
    ...context.environment,
    resource: (logicalId, attribute) =>
      replaced.has(logicalId) || !stack.resources.has(logicalId)
        ? unknownYet
        : context.environment.resource(logicalId, attribute),
  };
  const found = inOrder(desired.template).flatMap(logicalId => {
    const change = changeOf({ ...context, environment }, logicalId);
    if (change?.replacement === 'True') replaced.add(logicalId);
    return change === undefined ? [] : [change];
  });
  return [...found, ...removals({ ...context, environment })];
}

function changeOf(context: ChangeContext, logicalId: string): Change | undefined {
  const { stack, desired, environment } = context;
  const resource = desired.template.resources.get(logicalId);
  if (resource === undefined || !conditionHolds(resource.condition, environment)) return undefined;
  const existing = stack.resources.get(logicalId);
  if (existing !== undefined) return modification(context, resource, existing);
  return {
    action: 'Add',
    logicalId,
    physicalId: undefined,
    type: resource.type,
    replacement: undefined,
    policyAction: undefined,
    scope: [],
    details: [],
    before: undefined,
    after: resolveFields(resource.properties, environment),
  };
}

function modification(
  context: ChangeContext,
  resource: TemplateResource,
  existing: StackResource,
): Change | undefined {
  const type = context.typeOf(resource.type);
  const resolved = resolveFields(resource.properties, context.environment);
  const name = type.nameProperty;
  const kept =
    name !== undefined && resolved[name] === undefined
      ? { ...resolved, [name]: existing.properties[name] }
      : resolved;
  const changed = changedProperties(existing.properties, kept);
  if (changed.length === 0 && resource.type === existing.type) return undefined;
  const details = changed.map(property => detailOf(context, resource, existing, type, property, kept));
  const replacement = resource.type === existing.type ? replacementOf(details) : 'True';
  const onReplace = resource.updateReplacePolicy.startsWith('Retain')
    ? 'ReplaceAndRetain'
    : 'ReplaceAndDelete';
  return {
    action: 'Modify',
    logicalId: existing.logicalId,
    physicalId: existing.physicalId,
    type: resource.type,
    replacement,
    policyAction: replacement === 'True' ? onReplace : undefined,
    scope: [...new Set(changed.map(property => (property === 'Tags' ? 'Tags' : 'Properties')))],
    details,
    before: existing.properties,
    after: kept,
  };
}

function detailOf(
  context: ChangeContext,
  resource: TemplateResource,
  existing: StackResource,
  type: ResourceType,
  property: string,
  after: Fields,
): Fields {
  const recreates = type.createOnly.includes(property);
  const dynamic = JSON.stringify(after[property])?.includes(unknownYet) ?? false;
  const cause = causeOf(context, resource, existing, property);
  return {
    Target: {
      Attribute: property === 'Tags' ? 'Tags' : 'Properties',
      ...(property === 'Tags' ? {} : { Name: property }),
      RequiresRecreation: recreates ? (dynamic ? 'Conditionally' : 'Always') : 'Never',
      Path: `/Properties/${property}`,
      BeforeValue: shownValue(existing.properties[property]),
      AfterValue: shownValue(after[property]),
      AttributeChangeType: attributeChange(existing.properties[property], after[property]),
    },
    Evaluation: dynamic ? 'Dynamic' : 'Static',
    ...cause,
  };
}

const shownValue = (value: unknown): string | undefined =>
  value === undefined
    ? undefined
    : isFields(value) || Array.isArray(value)
      ? JSON.stringify(value)
      : String(value);

function attributeChange(before: unknown, after: unknown): string {
  if (before === undefined) return 'Add';
  return after === undefined ? 'Remove' : 'Modify';
}

/** Unchanged in the template, so a parameter or another resource changed it. */
function causeOf(
  context: ChangeContext,
  resource: TemplateResource,
  existing: StackResource,
  property: string,
): Fields {
  const { stack, desired } = context;
  const raw = resource.properties[property];
  const rawBefore = stack.desired.template.resources.get(existing.logicalId)?.properties[property];
  if (JSON.stringify(raw) !== JSON.stringify(rawBefore)) return { ChangeSource: 'DirectModification' };
  const references = referencesIn(raw);
  const parameter = references.find(({ name }) => desired.parameters[name] !== undefined);
  if (parameter !== undefined) return { ChangeSource: 'ParameterReference', CausingEntity: parameter.name };
  const other = references.find(({ name }) => desired.template.resources.has(name));
  if (other === undefined) return { ChangeSource: 'DirectModification' };
  return other.attribute === undefined
    ? { ChangeSource: 'ResourceReference', CausingEntity: other.name }
    : { ChangeSource: 'ResourceAttribute', CausingEntity: `${other.name}.${other.attribute}` };
}

function replacementOf(details: readonly Fields[]): 'True' | 'False' | 'Conditional' {
  const needs = details.map(detail =>
    isFields(detail['Target']) ? detail['Target']['RequiresRecreation'] : undefined,
  );
  if (needs.includes('Always')) return 'True';
  return needs.includes('Conditionally') ? 'Conditional' : 'False';
}

function removals({ stack, desired, environment }: ChangeContext): Change[] {
  const stays = (logicalId: string): boolean => {
    const resource = desired.template.resources.get(logicalId);
    return resource !== undefined && conditionHolds(resource.condition, environment);
  };
  return [...stack.resources.values()]
    .filter(({ logicalId }) => !stays(logicalId))
    .map(({ logicalId, physicalId, type, deletionPolicy, properties }) => ({
      action: 'Remove',
      logicalId,
      physicalId,
      type,
      replacement: undefined,
      policyAction: deletionPolicy.startsWith('Retain') ? 'Retain' : 'Delete',
      scope: [],
      details: [],
      before: properties,
      after: undefined,
    }));
}

/** Outputs and tags count as changes too, though no resource shows them. */
export function changesAnything(context: ChangeContext, changes: readonly Change[]): boolean {
  const { stack, desired } = context;
  const outputs = (of: Desired): string => JSON.stringify([[...of.template.outputs], of.tags]);
  return changes.length > 0 || outputs(stack.desired) !== outputs(desired);
}
