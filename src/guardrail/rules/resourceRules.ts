/** Rules about single resources: their tags, and the data in them. */
import { isKnown } from '../fact.ts';
import type { GuardedResource } from '../guardedResource.ts';
import type { Permitted } from '../limits.ts';
import { broken, type Check, examine, type Finding, isMade, notKnown } from './finding.ts';

export const requiredTags: Check<readonly string[]> = {
  findings: (required, { resources }) =>
    required.length === 0
      ? []
      : resources.filter(isMade).flatMap(resource =>
          examine(resource, resource.facts.tags, tags => {
            const missing = required.filter(key => !tags.includes(key));
            return missing.length === 0 ? [] : [broken(`without ${missing.join(', ')}`, resource)];
          }),
        ),
  summary: required => (required.length === 0 ? 'not looked at' : 'all there'),
};

export const stateful: Check<Permitted> = {
  findings: (limit, { resources }) => (limit === 'allowed' ? [] : resources.flatMap(dataLoss)),
  summary: () => 'nothing that holds data is replaced or deleted',
};

/** A nested stack or a module may take any of its resources away whatever is done to itself. */
function dataLoss(resource: GuardedResource): Finding[] {
  const { facts } = resource;
  const loss = lossOf(resource);
  if (facts.unreadable !== undefined && resource.action !== 'unchanged' && resource.action !== 'add')
    return [notKnown(facts.unreadable, resource)];
  if (loss === undefined || facts.stateful === undefined) return [];
  if (!isKnown(facts.stateful)) return [notKnown(facts.stateful.unknown, resource)];
  if (!facts.stateful.value) return [];
  return loss.isCertain ? [broken(loss.words, resource)] : [notKnown(loss.words, resource)];
}

interface Loss {
  readonly words: string;
  readonly isCertain: boolean;
}

function lossOf({ action, replacement }: GuardedResource): Loss | undefined {
  if (action === 'remove') return { words: 'is deleted', isCertain: true };
  if (action === 'decidedLater')
    return { words: 'AWS decides later whether it is replaced', isCertain: false };
  if (action !== 'modify' || replacement === 'no') return undefined;
  return replacement === 'yes'
    ? { words: 'is replaced', isCertain: true }
    : { words: 'it may be replaced', isCertain: false };
}
