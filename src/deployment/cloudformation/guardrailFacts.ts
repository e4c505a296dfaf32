/**
 * What guardrails look at in a stack's plan: the change set says what is done to which resource, the template with its
 * parameters says what the resource then is. Where a macro stands between the two, the template does not tell.
 */
import { type Fact, isKnown, known, mapFact } from '../../guardrail/fact.ts';
import { resourceFacts, unreadableFacts } from '../../guardrail/facts/resourceFacts.ts';
import {
  at,
  isList,
  isProperties,
  type Properties,
  textOf,
  type Value,
  valueFrom,
} from '../../guardrail/facts/value.ts';
import type { Facts, GuardedResource } from '../../guardrail/guardedResource.ts';
import type { PlannedChange } from '../plan.ts';
import { contextProperties } from './guardrailContext.ts';
import { scopeOf } from './guardrailScope.ts';
import { type Resolve, type Resolver, resolver } from './guardrailValues.ts';
import { parseTemplateText } from './templateText.ts';

export interface PlannedStack {
  /** Absent when the stack is deleted. */
  readonly template?: {
    readonly name: string;
    readonly text: string;
    /** AWS gave it after its macros were run (GetTemplate, `Processed`): there is nothing left to run. */
    readonly isProcessed?: boolean;
  };
  /** As they go into the change set: undefined for a value that the stack keeps. */
  readonly parameters: Readonly<Record<string, string | undefined>>;
  readonly changes: readonly GuardedChange[];
  /** The keys of the stack's tags: its resources get them. */
  readonly stackTags: readonly string[];
  readonly stackName: string;
  readonly region: string;
  readonly accountId: string;
}

export interface GuardedChange extends Pick<PlannedChange, 'address' | 'type' | 'action' | 'replacement'> {
  /** The one that is removed or replaced, or a snapshot of it, stays (the change set's `PolicyAction`). */
  readonly isKept?: boolean;
  /** Its properties after the change as JSON, for what the template does not show. */
  readonly after?: string;
}

/** @throws UserError `template.syntax` */
export function guardedResources(stack: PlannedStack): GuardedResource[] {
  const reading = readingOf(stack);
  const changed = stack.changes.map(change => changedResource(change, stack, reading));
  const names = new Set(stack.changes.map(({ address }) => address));
  return [...changed, ...unchangedResources(names, stack, reading)];
}

interface Reading extends Resolver {
  readonly resources: Properties;
  /** Why the template does not tell what the resources are. */
  readonly distorted: string | undefined;
}

function readingOf(stack: PlannedStack): Reading {
  const { template } = stack;
  const root = template === undefined ? {} : valueFrom(parseTemplateText(template.text, template.name).root);
  const scope = scopeOf({ ...stack, root });
  const { resolve, holds } = resolver(scope);
  const resources = at(root, 'Resources');
  return {
    resources: isProperties(resources) ? resources : {},
    resolve,
    holds,
    distorted: template?.isProcessed === true ? undefined : distortion(at(root, 'Transform')),
  };
}

/** These two leave alone what is not written in their own terms. */
const HARMLESS = /^AWS::(?:Serverless-2016-10-31|LanguageExtensions)$/;

function distortion(transform: Value | undefined): string | undefined {
  if (transform === undefined) return undefined;
  const names = isList(transform) ? transform : [transform];
  const others = names.filter(name => typeof name !== 'string' || !HARMLESS.test(name));
  return others.length === 0 ? undefined : 'a macro changes the template before it is deployed';
}

function changedResource(change: GuardedChange, stack: PlannedStack, reading: Reading): GuardedResource {
  const { address, type, replacement } = change;
  const action = change.action === 'sync' ? 'modify' : change.action;
  return { address, type, action, replacement, facts: changedFacts(change, stack, reading) };
}

function changedFacts(change: GuardedChange, stack: PlannedStack, reading: Reading): Facts {
  const { address, type, action } = change;
  const body = at(reading.resources, address);
  const isKept = keptFact(change, body, reading.resolve);
  if (action === 'remove') return resourceFacts({ type, properties: {}, isKept });
  const isWritten = body !== undefined && at(body, 'Type') === type;
  if (isWritten && reading.distorted === undefined) return writtenFacts(type, body, stack, reading, isKept);
  const properties = contextProperties(change.after);
  if (properties === undefined)
    return unreadableFacts(type, reading.distorted ?? 'a macro, a module or a nested stack makes it', isKept);
  return resourceFacts({ type, properties, inheritedTags: stack.stackTags, isKept });
}

function writtenFacts(
  type: string,
  body: Value,
  stack: PlannedStack,
  { resolve }: Reading,
  isKept: Fact<boolean>,
): Facts {
  const written = at(body, 'Properties');
  const properties = written === undefined ? {} : resolve(written);
  if (!isProperties(properties)) return unreadableFacts(type, 'its properties are not known before', isKept);
  return resourceFacts({ type, properties, inheritedTags: stack.stackTags, isKept });
}

function keptFact(change: GuardedChange, body: Value | undefined, resolve: Resolve): Fact<boolean> {
  if (change.isKept !== undefined) return known(change.isKept);
  const policy = at(body, change.action === 'remove' ? 'DeletionPolicy' : 'UpdateReplacePolicy');
  if (policy === undefined) return known(false);
  return mapFact(textOf(resolve(policy), known('Delete')), word => /^(?:Retain|Snapshot)/.test(word));
}

/** What stands there before and after counts for rules about the whole, as far as the template tells of it. */
function unchangedResources(
  changed: ReadonlySet<string>,
  stack: PlannedStack,
  reading: Reading,
): GuardedResource[] {
  return Object.entries(reading.resources).flatMap(([address, body]): GuardedResource[] => {
    const type = textOf(at(body, 'Type'), known(''));
    if (changed.has(address) || !isKnown(type) || isLeftOut(body, reading)) return [];
    const facts =
      reading.distorted === undefined
        ? writtenFacts(type.value, body, stack, reading, known(false))
        : unreadableFacts(type.value, reading.distorted);
    return [{ address, type: type.value, action: 'unchanged', replacement: 'no', facts }];
  });
}

function isLeftOut(body: Value, { holds }: Reading): boolean {
  const condition = at(body, 'Condition');
  return typeof condition === 'string' && holds(condition) === false;
}
