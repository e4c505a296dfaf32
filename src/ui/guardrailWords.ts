/** What guardrails say, in words: the rule, what to change, where the limit is. Pure. */
import type { RuleVerdict } from '../guardrail/guardrailResult.ts';
import { oneLine } from './wording.ts';

type RuleOf = RuleVerdict['rule'];

const TITLES: Readonly<Record<RuleOf, string>> = {
  guardrailFile: 'Guardrail file',
  regions: 'Regions',
  resourceTypes: 'Types of resources',
  instanceTypes: 'Types of machines',
  instanceCount: 'Number of machines',
  diskSize: 'Size of disks',
  monthlyBudget: 'Monthly budget',
  requiredTags: 'Required tags',
  stateful: 'Data that would be lost',
  openPorts: 'Ports open to everybody',
  publicAccess: 'Access for everybody',
  iamWildcards: 'Wildcards in permissions',
  openTrust: 'Trust in everybody',
};

export function ruleTitle(rule: RuleOf): string {
  return TITLES[rule];
}

const CORRECTIONS: Readonly<Record<RuleOf, string>> = {
  guardrailFile: 'Correct the file.',
  regions: 'Deploy to a Region that is allowed.',
  resourceTypes: 'Do without this resource, or make it of a type that is allowed.',
  instanceTypes: 'Choose a type that is allowed.',
  instanceCount: 'Plan fewer machines.',
  diskSize: 'Make the disk smaller.',
  monthlyBudget: 'Choose fewer or smaller machines.',
  requiredTags: 'Add the tags.',
  stateful: 'Keep the resource, or give it DeletionPolicy and UpdateReplacePolicy "Retain" or "Snapshot".',
  openPorts: 'Let in the addresses that need it, or use Session Manager.',
  publicAccess: 'Close it, and name who may use it.',
  iamWildcards: 'Name the actions and the resources.',
  openTrust: 'Name who may act as it.',
};

/** What a person can do about a verdict that is no pass. */
export function adviceOf({ rule, verdict, value }: RuleVerdict): string {
  const correction = CORRECTIONS[rule];
  if (rule === 'guardrailFile') return `${correction} Nothing is deployed while it is wrong.`;
  if (value.startsWith('unknown: '))
    return verdict === 'ask'
      ? 'No Wing cannot tell. Look at the template, and agree only if you know.'
      : 'No Wing cannot tell, and the limit does not let it pass. Write the value into the template.';
  return verdict === 'ask'
    ? `${correction} Or agree to it expressly.`
    : `${correction} Or ask whoever sets the limit.`;
}

/** One line: `Size of disks: Volume: 900 GB (at most 500 GB a disk, set by No Wing's defaults)`. */
export function verdictLine({ rule, resource, value, limit, source }: RuleVerdict): string {
  const subject = resource === undefined ? '' : `${resource}: `;
  return oneLine(`${ruleTitle(rule)}: ${subject}${value} (${limit}, set by ${source})`);
}
