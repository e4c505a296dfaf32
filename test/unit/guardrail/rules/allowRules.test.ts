import { known, unknown } from '../../../../src/guardrail/fact.ts';
import type { Facts } from '../../../../src/guardrail/guardedResource.ts';
import { itJudges, machines, policyWith } from '../plans.ts';

const why = unknown<never>('chosen later');
const NESTED: Facts = { unreadable: 'not seen' };

itJudges('regions', [
  { what: 'any by default', expected: 'pass' },
  { what: 'one on the list', policy: policyWith('regions', [['eu-*']]), expected: 'pass' },
  { what: 'another', policy: policyWith('regions', [['us-*']]), expected: 'refuse', value: /eu-west-1/ },
  {
    what: 'a resource of its own Region',
    policy: policyWith('regions', [['eu-*']]),
    facts: { region: known('us-east-1') },
    expected: 'refuse',
  },
  {
    what: 'a Region not known',
    policy: policyWith('regions', [['eu-*']]),
    facts: { region: why },
    expected: 'ask',
  },
]);

itJudges('resourceTypes', [
  { what: 'any by default', expected: 'pass' },
  { what: 'not on the list', policy: policyWith('resourceTypes', [['AWS::S3::*']]), expected: 'refuse' },
  {
    what: 'by its name in another engine',
    policy: policyWith('resourceTypes', [['aws_instance']]),
    changes: { type: 'aws_instance' },
    expected: 'pass',
  },
  {
    what: "by CloudFormation's name in another engine",
    policy: policyWith('resourceTypes', [['AWS::EC2::*']]),
    changes: { type: 'aws_instance' },
    expected: 'pass',
  },
  {
    what: 'deleting what is not on the list',
    policy: policyWith('resourceTypes', [['AWS::S3::*']]),
    changes: { action: 'remove' },
    expected: 'refuse',
  },
  {
    what: 'a nested stack that is allowed',
    policy: policyWith('resourceTypes', [['AWS::EC2::*']]),
    facts: NESTED,
    expected: 'ask',
  },
  {
    what: 'what is not touched',
    policy: policyWith('resourceTypes', [['AWS::S3::*']]),
    changes: { action: 'unchanged' },
    expected: 'pass',
  },
]);

itJudges('instanceTypes', [
  { what: 'any by default', facts: machines(1, 'u-24tb1.112xlarge'), expected: 'pass' },
  {
    what: 'on the list',
    policy: policyWith('instanceTypes', [['t3.*']]),
    facts: machines(1),
    expected: 'pass',
  },
  {
    what: 'not on the list',
    policy: policyWith('instanceTypes', [['t3.*']]),
    facts: machines(1, 'm5.24xlarge'),
    expected: 'refuse',
    value: /m5\.24xlarge/,
  },
  {
    what: 'on one of two lists',
    policy: policyWith('instanceTypes', [['t3.*', 'm5.*'], ['t3.*']]),
    facts: machines(1, 'm5.large'),
    expected: 'refuse',
  },
  {
    what: 'not known',
    policy: policyWith('instanceTypes', [['t3.*']]),
    facts: { machines: known([{ count: known(1), type: why }]) },
    expected: 'ask',
    value: /unknown: chosen later/,
  },
  {
    what: 'a nested stack',
    policy: policyWith('instanceTypes', [['t3.*']]),
    facts: NESTED,
    expected: 'ask',
  },
]);
