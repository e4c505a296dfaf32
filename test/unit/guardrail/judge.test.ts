import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as v from 'valibot';
import { known, unknown } from '../../../src/guardrail/fact.ts';
import { defaultPolicy, type GuardrailPolicy } from '../../../src/guardrail/guardrailPolicy.ts';
import { GuardrailResult, RULES } from '../../../src/guardrail/guardrailResult.ts';
import { refusedFor } from '../../../src/guardrail/judge.ts';
import { judged, machines, policyWith, resource, verdictsOf } from './plans.ts';

const LOSS = { stateful: known(true) };

describe('the result', () => {
  it('has a verdict of each rule, with limit and source', () => {
    const { verdicts } = judged([resource(machines(1))]);
    assert.deepEqual([...new Set(verdicts.map(({ rule }) => rule))].sort(), [...RULES].sort());
    for (const { limit, source, value } of verdicts) assert.ok(limit !== '' && source !== '' && value !== '');
  });

  it('shows what is refused first, and is as bad as that', () => {
    const result = judged([resource({ ...machines(11), ...LOSS }, { action: 'modify', replacement: 'yes' })]);
    assert.equal(result.verdict, 'refuse');
    assert.deepEqual(
      result.verdicts.slice(0, 3).map(({ verdict }) => verdict),
      ['refuse', 'ask', 'pass'],
    );
  });

  it('names the resource', () => {
    const [verdict] = verdictsOf(
      judged([resource({ disks: known([{ count: known(1), gb: known(900) }]) }, { address: 'Big' })]),
      'diskSize',
    );
    assert.deepEqual([verdict?.resource, verdict?.type], ['Big', 'AWS::EC2::Instance']);
  });

  it('passes only when every rule does', () => {
    assert.equal(judged([resource(machines(1))]).verdict, 'pass');
    assert.equal(judged([resource({ trust: known([unknown('later')]) })]).verdict, 'ask');
  });

  it('is data that a plan can keep', () => {
    const result = judged([resource(machines(11))]);
    assert.deepEqual(v.parse(GuardrailResult, JSON.parse(JSON.stringify(result))), result);
  });

  it('is refused for a file whatever the rules say', () => {
    const verdict = {
      rule: 'guardrailFile',
      verdict: 'refuse',
      value: 'x',
      limit: 'y',
      source: 'z',
    } as const;
    const result = refusedFor(judged([]), verdict);
    assert.equal(result.verdict, 'refuse');
    assert.deepEqual(result.verdicts[0], verdict);
  });

  it('has another hash for another policy', () => {
    const hash = (policy: GuardrailPolicy): string => judged([], policy).policyHash;
    assert.equal(hash(defaultPolicy('dev')), hash(defaultPolicy('dev')));
    const others = [
      defaultPolicy('prod'),
      policyWith('instanceCount', 9),
      policyWith('instanceCount', 10, { unknown: 'refuse' }),
      policyWith('instanceCount', 10, { source: 'elsewhere' }),
    ].map(hash);
    assert.equal(new Set([hash(defaultPolicy('dev')), ...others]).size, 5);
  });
});
