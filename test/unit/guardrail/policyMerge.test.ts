import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Fact, known, unknown } from '../../../src/guardrail/fact.ts';
import type { GuardedResource } from '../../../src/guardrail/guardedResource.ts';
import {
  DEFAULT_SOURCE,
  defaultPolicy,
  type GuardrailPolicy,
} from '../../../src/guardrail/guardrailPolicy.ts';
import { type Cost, RULES, type RuleName } from '../../../src/guardrail/guardrailResult.ts';
import { type PolicyFile, readPolicyFile } from '../../../src/guardrail/policyFile.ts';
import { overlaid, tightened } from '../../../src/guardrail/policyMerge.ts';
import { judged, verdictsOf } from './plans.ts';

function file(text: string, name = 'file'): PolicyFile {
  const reading = readPolicyFile(text, name);
  assert.ok(reading.kind === 'read', JSON.stringify(reading));
  return reading.file;
}

const dev = (rules: string): PolicyFile => file(`version: 1\ndev: { ${rules} }\n`);

describe("the machine's file", () => {
  it('loosens what is shipped', () => {
    const { rules } = overlaid(
      defaultPolicy('dev'),
      dev('diskSize: { limit: none }, stateful: { limit: allowed }'),
    );
    assert.deepEqual([rules.diskSize.limit, rules.diskSize.source], ['none', 'file']);
    assert.equal(rules.stateful.limit, 'allowed');
  });

  it('says first what counts everywhere, then what counts for the environment', () => {
    const text = 'version: 1\neverywhere: { diskSize: { limit: 10 } }\nprod: { diskSize: { limit: 20 } }\n';
    const limits = (['dev', 'prod'] as const).map(
      environment => overlaid(defaultPolicy(environment), file(text)).rules.diskSize.limit,
    );
    assert.deepEqual(limits, [10, 20]);
  });

  it('leaves what it does not name', () => {
    const { rules } = overlaid(defaultPolicy('dev'), dev('diskSize: { unknown: refuse }'));
    assert.deepEqual(rules.diskSize, {
      limit: 500,
      broken: 'refuse',
      unknown: 'refuse',
      source: DEFAULT_SOURCE,
    });
    assert.deepEqual(rules.regions, defaultPolicy('dev').rules.regions);
  });
});

interface Tightening {
  readonly rule: RuleName;
  readonly machine: string;
  readonly workspace: string;
  readonly limit: unknown;
  readonly source: string;
}

const TIGHTENINGS: readonly Tightening[] = [
  { rule: 'diskSize', machine: '100', workspace: '50', limit: 50, source: 'theirs, within file' },
  { rule: 'diskSize', machine: '100', workspace: '200', limit: 100, source: 'file' },
  { rule: 'diskSize', machine: '100', workspace: 'none', limit: 100, source: 'file' },
  { rule: 'diskSize', machine: 'none', workspace: '5', limit: 5, source: 'theirs, within file' },
  { rule: 'regions', machine: '[]', workspace: '[eu-*]', limit: [['eu-*']], source: 'theirs, within file' },
  { rule: 'regions', machine: '[eu-*]', workspace: '[]', limit: [['eu-*']], source: 'file' },
  {
    rule: 'regions',
    machine: '[eu-*]',
    workspace: '[us-*]',
    limit: [['eu-*'], ['us-*']],
    source: 'theirs, within file',
  },
  {
    rule: 'requiredTags',
    machine: '[a]',
    workspace: '[b, a]',
    limit: ['a', 'b'],
    source: 'theirs, within file',
  },
  { rule: 'requiredTags', machine: '[a]', workspace: '[]', limit: ['a'], source: 'file' },
  { rule: 'openPorts', machine: '[22]', workspace: '[80]', limit: [22, 80], source: 'theirs, within file' },
  { rule: 'openTrust', machine: 'forbidden', workspace: 'allowed', limit: 'forbidden', source: 'file' },
  {
    rule: 'openTrust',
    machine: 'allowed',
    workspace: 'forbidden',
    limit: 'forbidden',
    source: 'theirs, within file',
  },
];

describe("a workspace's file", () => {
  for (const { rule, machine, workspace, limit, source } of TIGHTENINGS) {
    it(`makes of ${rule} ${machine} with ${workspace}: ${JSON.stringify(limit)}`, () => {
      const ours = overlaid(defaultPolicy('dev'), dev(`${rule}: { limit: ${machine} }`));
      const theirs = file(`version: 1\neverywhere: { ${rule}: { limit: ${workspace} } }\n`, 'theirs');
      const merged = tightened(ours, theirs).rules[rule];
      assert.deepEqual([merged.limit, merged.source], [limit, source]);
    });
  }

  it('makes a question a refusal, never the other way round', () => {
    const stateful = (from: GuardrailPolicy, said: string): string =>
      tightened(from, file(`version: 1\neverywhere: { stateful: { broken: ${said} } }\n`)).rules.stateful
        .broken;
    assert.equal(stateful(defaultPolicy('dev'), 'refuse'), 'refuse');
    assert.equal(stateful(defaultPolicy('prod'), 'ask'), 'refuse');
  });

  it('asks for the name to be typed, and never not to', () => {
    const approval = (from: GuardrailPolicy, said: string): string =>
      tightened(from, file(`version: 1\neverywhere: { approval: ${said} }\n`)).approval;
    assert.equal(approval(defaultPolicy('dev'), 'typedName'), 'typedName');
    assert.equal(approval(defaultPolicy('prod'), 'button'), 'typedName');
  });
});

const patterns = fc.array(fc.constantFrom('*', 't3.*', '*.large', 't3.large', 'eu-*', 'AWS::EC2::*'), {
  maxLength: 3,
});
const reaction = fc.constantFrom('ask', 'refuse');
const ceiling = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constant('none'));
const permitted = fc.constantFrom('forbidden', 'allowed');
const limits: Readonly<Record<RuleName, fc.Arbitrary<unknown>>> = {
  regions: patterns,
  resourceTypes: patterns,
  instanceTypes: patterns,
  instanceCount: ceiling,
  diskSize: ceiling,
  monthlyBudget: ceiling,
  requiredTags: fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }),
  stateful: permitted,
  openPorts: fc.array(fc.constantFrom(22, 80, 443), { maxLength: 2 }),
  publicAccess: permitted,
  iamWildcards: permitted,
  openTrust: permitted,
};
const rule = (limit: fc.Arbitrary<unknown>): fc.Arbitrary<object> =>
  fc.record({ limit, broken: reaction, unknown: reaction }, { requiredKeys: [] });
const part = fc.record(Object.fromEntries(RULES.map(name => [name, rule(limits[name])])), {
  requiredKeys: [],
});
const policyFile = fc
  .record({ everywhere: part, dev: part, prod: part }, { requiredKeys: [] })
  .map(parts => file(JSON.stringify({ version: 1, ...parts })));

const fact = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Fact<T>> =>
  fc.oneof(value.map(known), fc.constant(unknown<T>('later')));
const facts = fc.record(
  {
    machines: fact(
      fc.array(
        fc.record({
          count: fact(fc.integer({ min: 0, max: 9 })),
          type: fact(fc.constantFrom('t3.large', 'm5.large')),
        }),
        {
          maxLength: 2,
        },
      ),
    ),
    disks: fact(
      fc.array(fc.record({ count: fact(fc.constant(1)), gb: fact(fc.integer({ min: 0, max: 20 })) }), {
        maxLength: 2,
      }),
    ),
    tags: fact(fc.subarray(['a', 'b'])),
    stateful: fact(fc.boolean()),
    trust: fact(fc.array(fact(fc.constantFrom('*', 'me')), { maxLength: 1 })),
    publicAccess: fact(fc.array(fact(fc.constant('open')), { maxLength: 1 })),
    region: fact(fc.constantFrom('eu-west-1', 'us-east-1')),
    unreadable: fc.constant('hidden'),
  },
  { requiredKeys: [] },
);
const resources: fc.Arbitrary<GuardedResource[]> = fc.array(
  fc.record({
    address: fc.constantFrom('A', 'B'),
    type: fc.constantFrom('AWS::EC2::Instance', 'AWS::S3::Bucket'),
    action: fc.constantFrom('add', 'modify', 'remove', 'unchanged', 'decidedLater'),
    replacement: fc.constantFrom('no', 'yes', 'maybe'),
    facts,
  }),
  { maxLength: 3 },
);
const cost: fc.Arbitrary<Cost> = fc.record({
  knownUsd: fc.integer({ min: 0, max: 20 }),
  lines: fc.constantFrom([], [{ resource: 'A', what: '?', price: { kind: 'unknown', why: 'later' } }]),
});

const SEVERITY = ['pass', 'ask', 'refuse'];

it('whatever a workspace says, no rule is ever less severe than the machine has it', () => {
  const property = fc.property(
    fc.constantFrom('dev', 'prod'),
    policyFile,
    policyFile,
    resources,
    cost,
    (environment, ours, theirs, planned, priced) => {
      const machine = overlaid(defaultPolicy(environment), ours);
      const [before, after] = [machine, tightened(machine, theirs)].map(policy =>
        judged(planned, policy, { cost: priced }),
      );
      assert.ok(before && after);
      for (const name of RULES) {
        const [was, is] = [before, after].map(result =>
          Math.max(...verdictsOf(result, name).map(({ verdict }) => SEVERITY.indexOf(verdict))),
        );
        assert.ok(
          Number(is) >= Number(was),
          `${name} was ${SEVERITY[Number(was)]}, is ${SEVERITY[Number(is)]}`,
        );
      }
      assert.ok(SEVERITY.indexOf(after.verdict) >= SEVERITY.indexOf(before.verdict));
    },
  );
  fc.assert(property, { numRuns: 150 });
});
