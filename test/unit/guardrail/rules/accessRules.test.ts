import { known, unknown } from '../../../../src/guardrail/fact.ts';
import type { Facts } from '../../../../src/guardrail/guardedResource.ts';
import { defaultPolicy } from '../../../../src/guardrail/guardrailPolicy.ts';
import { itJudges, policyWith } from '../plans.ts';

const ingress = (source: string, from: number, to = from): Facts => ({
  ingress: known([{ source: known(source), ports: known({ from, to }) }]),
});
const allows = (actions: readonly string[], resources: readonly string[]): Facts => ({
  permissions: known([{ actions: known(actions.map(known)), resources: known(resources.map(known)) }]),
});
const why = unknown<never>('chosen later');

itJudges('openPorts', [
  {
    what: 'SSH to everybody',
    facts: ingress('0.0.0.0/0', 22),
    expected: 'refuse',
    value: /port 22 open to 0\.0\.0\.0\/0/,
  },
  { what: 'SSH to everybody by IPv6', facts: ingress('::/0', 22), expected: 'refuse' },
  { what: 'SSH to half the internet', facts: ingress('128.0.0.0/1', 22), expected: 'refuse' },
  { what: 'SSH to all of IPv6 that is used', facts: ingress('2000::/3', 22), expected: 'refuse' },
  { what: 'zeros written otherwise', facts: ingress('0.0.0.0/00', 22), expected: 'refuse' },
  {
    what: 'an unknown address with no length',
    facts: ingress(`\${Address}/0`, 22),
    expected: 'refuse',
  },
  { what: 'all ports', facts: ingress('0.0.0.0/0', 0, 65_535), expected: 'refuse', value: /ports 22, / },
  { what: 'HTTPS to everybody', facts: ingress('0.0.0.0/0', 443), expected: 'pass' },
  { what: 'SSH to one network', facts: ingress('10.0.0.0/8', 22), expected: 'pass' },
  { what: 'SSH to a group', facts: ingress('sg-1', 22), expected: 'pass' },
  {
    what: 'everybody on ports not known',
    facts: { ingress: known([{ source: known('0.0.0.0/0'), ports: why }]) },
    expected: 'ask',
  },
  {
    what: 'SSH to somebody not known',
    facts: { ingress: known([{ source: why, ports: known({ from: 22, to: 22 }) }]) },
    expected: 'ask',
  },
  {
    what: 'HTTPS to somebody not known',
    facts: { ingress: known([{ source: why, ports: known({ from: 443, to: 443 }) }]) },
    expected: 'pass',
  },
  { what: 'no ports at all (ping)', facts: ingress('0.0.0.0/0', -1), expected: 'pass' },
  {
    what: 'one that goes',
    facts: ingress('0.0.0.0/0', 22),
    changes: { action: 'remove' },
    expected: 'pass',
  },
  {
    what: 'no port forbidden',
    policy: policyWith('openPorts', []),
    facts: ingress('::/0', 22),
    expected: 'pass',
  },
]);

itJudges('publicAccess', [
  {
    what: 'a public bucket',
    facts: { publicAccess: known([known('AccessControl is PublicRead')]) },
    expected: 'refuse',
  },
  { what: 'perhaps', facts: { publicAccess: known([why]) }, expected: 'ask' },
  { what: 'closed', facts: { publicAccess: known([]) }, expected: 'pass' },
  {
    what: 'allowed',
    policy: policyWith('publicAccess', 'allowed'),
    facts: { publicAccess: known([known('x')]) },
    expected: 'pass',
  },
]);

itJudges('iamWildcards', [
  { what: 'everything', facts: allows(['*'], ['*']), expected: 'ask', value: /action \* on resource \*/ },
  {
    what: 'everything, in production',
    policy: defaultPolicy('prod'),
    facts: allows(['*'], ['*']),
    expected: 'refuse',
  },
  { what: 'a whole service', facts: allows(['s3:*'], ['arn:aws:s3:::mine/*']), expected: 'ask' },
  {
    what: 'a whole service with question marks',
    facts: allows(['s3:??*'], ['arn:aws:s3:::mine']),
    expected: 'ask',
  },
  { what: 'any service', facts: allows(['s?:GetObject'], ['arn:aws:s3:::mine']), expected: 'ask' },
  { what: 'a choice of actions', facts: allows(['s3:Get*'], ['arn:aws:s3:::mine/*']), expected: 'pass' },
  { what: 'all resources', facts: allows(['s3:GetObject'], ['*']), expected: 'ask' },
  { what: 'all buckets', facts: allows(['s3:GetObject'], ['arn:aws:s3:::*']), expected: 'ask' },
  { what: 'all roles', facts: allows(['iam:PassRole'], ['arn:aws:iam::*:role/*']), expected: 'ask' },
  {
    what: 'named ones',
    facts: allows(['sqs:SendMessage'], ['arn:aws:sqs:eu-west-1:1:q']),
    expected: 'pass',
  },
  {
    what: 'a resource not known',
    facts: { permissions: known([{ actions: known([known('s3:GetObject')]), resources: known([why]) }]) },
    expected: 'ask',
    value: /^unknown/,
  },
  {
    what: 'wide whatever is not known beside it',
    facts: { permissions: known([{ actions: known([why, known('*')]), resources: why }]) },
    expected: 'ask',
    value: /^allows action \*/,
  },
]);

itJudges('openTrust', [
  { what: 'in everybody', facts: { trust: known([known('*')]) }, expected: 'refuse' },
  { what: 'in a service', facts: { trust: known([known('lambda.amazonaws.com')]) }, expected: 'pass' },
  { what: 'in somebody not known', facts: { trust: known([why]) }, expected: 'ask' },
]);
