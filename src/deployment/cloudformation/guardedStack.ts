/**
 * What guardrails look at, nested stacks included: the root's template tells of its resources, and what AWS says of the
 * properties tells of those in nested stacks, whose templates lie elsewhere.
 */
import { known, unknown } from '../../guardrail/fact.ts';
import { resourceFacts, unreadableFacts } from '../../guardrail/facts/resourceFacts.ts';
import type { GuardedResource } from '../../guardrail/guardedResource.ts';
import type { FoundChange } from './cloudFormation.ts';
import { contextProperties } from './guardrailContext.ts';
import { guardedResources, type PlannedStack } from './guardrailFacts.ts';

/** @throws UserError `template.syntax` */
export function guardedStack(
  stack: Omit<PlannedStack, 'changes'>,
  found: readonly FoundChange[],
): GuardedResource[] {
  const [nested, own] = [found.filter(isNested), found.filter(change => !isNested(change))];
  const seen = new Set(own.filter(({ nestedArn }) => nestedArn !== undefined).map(({ address }) => address));
  const guarded = guardedResources({ ...stack, changes: own }).map(resource =>
    seen.has(resource.address) ? withContentsSeen(resource) : resource,
  );
  return [...guarded, ...nested.map(change => guardedInNested(change, stack.stackTags))];
}

function isNested({ address }: FoundChange): boolean {
  return address.includes('/');
}

/** Of one that stands there already, the change set lists what changes, not what stays. */
function withContentsSeen({
  facts: { unreadable: _unseen, ...facts },
  ...resource
}: GuardedResource): GuardedResource {
  if (resource.action === 'add' || resource.action === 'remove') return { ...resource, facts };
  const why = 'what stays as it is in a nested stack is not seen';
  return { ...resource, facts: { ...facts, machines: unknown(why), charges: [{ kind: 'unknown', why }] } };
}

function guardedInNested(change: FoundChange, inheritedTags: readonly string[]): GuardedResource {
  const { address, type, replacement, after, nestedArn } = change;
  const action = change.action === 'sync' ? 'modify' : change.action;
  const resource = { address, type, action, replacement };
  const isKept = known(change.isKept === true);
  if (action === 'remove') return { ...resource, facts: resourceFacts({ type, properties: {}, isKept }) };
  const properties = contextProperties(after);
  if (properties === undefined)
    return { ...resource, facts: unreadableFacts(type, 'AWS does not tell its properties', isKept) };
  const guarded = { ...resource, facts: resourceFacts({ type, properties, inheritedTags, isKept }) };
  return nestedArn === undefined ? guarded : withContentsSeen(guarded);
}
