/** Rules with a ceiling: machines, disks, dollars. What is known already may break one whatever the rest is. */
import { amount, dollars } from '../amounts.ts';
import { isKnown } from '../fact.ts';
import type { GuardedResource } from '../guardedResource.ts';
import type { Cost } from '../guardrailResult.ts';
import type { Ceiling } from '../limits.ts';
import {
  broken,
  type Check,
  examine,
  type Finding,
  isMade,
  isStanding,
  notKnown,
  type Planned,
} from './finding.ts';

/** All that stand afterwards: otherwise ten at a time would never be more than ten. */
export const instanceCount: Check<Ceiling> = {
  findings: (limit, planned) => {
    if (limit === 'none') return [];
    const { known, unsure } = machineCount(planned);
    if (known > limit) return [broken(`${amount(known)} machines${unsure.length > 0 ? ' at least' : ''}`)];
    return unsure;
  },
  summary: (_limit, planned) => `${amount(machineCount(planned).known)} machines`,
};

function machineCount({ resources }: Planned): { known: number; unsure: Finding[] } {
  let known = 0;
  const unsure = resources.filter(isStanding).flatMap(resource =>
    examine(resource, resource.facts.machines, machines =>
      machines.flatMap(({ count }) => {
        if (!isKnown(count)) return [notKnown(count.unknown, resource)];
        // A number below zero would make room for others.
        known += Math.max(0, count.value);
        return [];
      }),
    ),
  );
  return { known, unsure };
}

export const diskSize: Check<Ceiling> = {
  findings: (limit, { resources }) =>
    limit === 'none' ? [] : resources.filter(isMade).flatMap(resource => examineDisks(limit, resource)),
  summary: (_limit, { resources }) => {
    const sizes = resources
      .filter(isMade)
      .flatMap(({ facts: { disks } }) =>
        disks !== undefined && isKnown(disks)
          ? disks.value.flatMap(({ gb }) => (isKnown(gb) ? [gb.value] : []))
          : [],
      );
    return sizes.length === 0 ? 'no disks' : `the largest has ${amount(Math.max(...sizes))} GB`;
  },
};

function examineDisks(limit: number, resource: GuardedResource): Finding[] {
  return examine(resource, resource.facts.disks, disks =>
    disks.flatMap(({ gb }) => {
      if (!isKnown(gb)) return [notKnown(gb.unknown, resource)];
      return gb.value > limit ? [broken(`${amount(gb.value)} GB`, resource)] : [];
    }),
  );
}

export const monthlyBudget: Check<Ceiling> = {
  findings: (limit, { cost }) => {
    if (limit === 'none') return [];
    if (cost.knownUsd > limit) return [broken(costWords(cost))];
    const missing = cost.lines.filter(({ price }) => price.kind === 'unknown');
    if (missing.length === 0) return [];
    return [notKnown(`${costWords(cost)}; ${missingWords(missing)}`)];
  },
  summary: (_limit, { cost }) => costWords(cost),
};

function costWords({ knownUsd, lines }: Cost): string {
  const hasMore = lines.some(({ price }) => price.kind === 'unknown');
  const byUsage = lines.some(({ price }) => price.kind === 'usage') ? ', and what is charged by usage' : '';
  return `${hasMore ? 'at least ' : ''}${dollars(knownUsd)} a month${byUsage}`;
}

const NAMED = 3;

function missingWords(lines: Cost['lines']): string {
  const named = [...new Set(lines.map(({ resource }) => resource))];
  const rest = named.length > NAMED ? ` and ${named.length - NAMED} more` : '';
  return `no price for ${named.slice(0, NAMED).join(', ')}${rest}`;
}
