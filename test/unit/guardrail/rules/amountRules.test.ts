import { known, unknown } from '../../../../src/guardrail/fact.ts';
import type { Facts } from '../../../../src/guardrail/guardedResource.ts';
import type { Cost } from '../../../../src/guardrail/guardrailResult.ts';
import { itJudges, machines, policyWith, resource } from '../plans.ts';

const disk = (gb: number): Facts => ({ disks: known([{ count: known(1), gb: known(gb) }]) });
const costs = (knownUsd: number, ...kinds: ('usage' | 'unknown')[]): Cost => ({
  knownUsd,
  lines: kinds.map(kind => ({
    resource: 'Db',
    what: '?',
    price: kind === 'usage' ? { kind } : { kind, why: 'no price' },
  })),
});
const why = unknown<never>('chosen later');
const NESTED: Facts = { unreadable: 'not seen' };

itJudges('instanceCount', [
  { what: 'the limit', facts: machines(10), expected: 'pass', value: /^10 machines$/ },
  { what: 'one more', facts: machines(11), expected: 'refuse', value: /^11 machines$/ },
  {
    what: 'more together with what stands there already',
    resources: [resource(machines(6)), resource(machines(5), { address: 'Old', action: 'unchanged' })],
    expected: 'refuse',
  },
  {
    what: 'room made by what goes',
    resources: [resource(machines(6)), resource(machines(5), { address: 'Old', action: 'remove' })],
    expected: 'pass',
  },
  {
    what: 'room made by a number below zero',
    resources: [resource(machines(11)), resource(machines(-5), { address: 'Trick' })],
    expected: 'refuse',
  },
  { what: 'a number not known', facts: { machines: why }, expected: 'ask' },
  {
    what: 'too many without counting what is not known',
    resources: [resource(machines(11)), resource({ machines: why }, { address: 'Fleet' })],
    expected: 'refuse',
    value: /11 machines at least/,
  },
  { what: 'no limit', policy: policyWith('instanceCount', 'none'), facts: machines(1e6), expected: 'pass' },
  { what: 'a nested stack', facts: NESTED, expected: 'ask' },
]);

itJudges('diskSize', [
  { what: 'the limit', facts: disk(500), expected: 'pass' },
  { what: 'more', facts: disk(501), expected: 'refuse', value: /501 GB/ },
  { what: 'not known', facts: { disks: known([{ count: known(1), gb: why }]) }, expected: 'ask' },
  { what: 'a large one that goes', facts: disk(900), changes: { action: 'remove' }, expected: 'pass' },
]);

itJudges('monthlyBudget', [
  { what: 'below it', cost: costs(1000), expected: 'pass', value: /1,000\.00 USD/ },
  { what: 'above it', cost: costs(1000.01), expected: 'refuse' },
  {
    what: 'a price not known',
    cost: costs(5, 'unknown'),
    expected: 'ask',
    value: /at least 5\.00 USD.*no price for Db/,
  },
  {
    what: 'above it whatever the rest',
    cost: costs(2000, 'unknown'),
    expected: 'refuse',
    value: /at least/,
  },
  { what: 'charged by usage', cost: costs(5, 'usage'), expected: 'pass', value: /by usage/ },
  {
    what: 'a price not known, where that is refused',
    policy: policyWith('monthlyBudget', 1000, { unknown: 'refuse' }),
    cost: costs(0, 'unknown'),
    expected: 'refuse',
  },
]);
