import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type GuardedChange,
  guardedResources,
  type PlannedStack,
} from '../../../../src/deployment/cloudformation/guardrailFacts.ts';
import type { Facts, GuardedResource } from '../../../../src/guardrail/guardedResource.ts';

function change(address: string, type: string, changes: Partial<GuardedChange> = {}): GuardedChange {
  return { address, type, action: 'add', replacement: 'no', ...changes };
}

function resourcesOf(
  text: string,
  changes: readonly GuardedChange[],
  stack: Partial<PlannedStack> = {},
): GuardedResource[] {
  return guardedResources({
    template: { name: 't.yaml', text },
    parameters: {},
    changes,
    stackTags: ['no-wing:agent'],
    stackName: 'web',
    region: 'eu-west-1',
    accountId: '111122223333',
    ...stack,
  });
}

/** The facts of resource A, an instance, whose type is written so. */
function instanceType(written: string, rest = '', stack: Partial<PlannedStack> = {}): unknown {
  const text = `${rest}\nResources:\n  A: { Type: AWS::EC2::Instance, Properties: { InstanceType: ${written} } }\n  B: { Type: AWS::S3::Bucket }\n  C: { Type: Custom::Thing }\n`;
  const [resource] = resourcesOf(text, [change('A', 'AWS::EC2::Instance')], stack);
  const machines = resource?.facts.machines;
  assert.ok(machines !== undefined && 'value' in machines);
  const type = machines.value[0]?.type;
  return type !== undefined && 'value' in type ? type.value : undefined;
}

const PARAMETERS =
  'Parameters: { Size: { Type: String, Default: t3.micro }, Kept: { Type: String }, Secret: { Type: String, NoEcho: true, Default: t3.nano }, Path: { Type: "AWS::SSM::Parameter::Value<String>", Default: /x }, List: { Type: CommaDelimitedList, Default: "a, b" } }';
const MAPS = 'Mappings: { M: { eu-west-1: { t: m5.large, f: { Ref: Size } } } }';
const CONDITIONS =
  'Conditions: { Here: !Equals [!Ref AWS::Region, eu-west-1], There: !Not [!Condition Here], Both: !And [!Condition Here, !Condition There], Either: !Or [!Condition There, !Condition Here], Later: !Equals [!Ref Kept, x], Maybe: !Or [!Condition Later, !Condition Here], Round: !Not [!Condition Round] }';

const KNOWN: readonly (readonly [
  written: string,
  value: string,
  rest?: string,
  stack?: Partial<PlannedStack>,
])[] = [
  ['m5.large', 'm5.large'],
  ['!Ref Size', 't3.micro', PARAMETERS],
  ['!Ref Size', 'm5.24xlarge', PARAMETERS, { parameters: { Size: 'm5.24xlarge' } }],
  ['!Select [1, !Ref List]', 'b', PARAMETERS],
  ["!Select [1, !Split ['|', 'a|b']]", 'b'],
  ['!FindInMap [M, !Ref AWS::Region, t]', 'm5.large', MAPS],
  [`!Sub ['m5.\${Big}', { Big: large }]`, 'm5.large'],
  [`!Sub '\${AWS::StackName}-\${AWS::AccountId}-\${!Literal}'`, `web-111122223333-\${Literal}`],
  ["!Join ['.', [m5, !Ref Size]]", 'm5.t3.micro', PARAMETERS],
  ['!If [Here, a, b]', 'a', CONDITIONS],
  ['!If [There, a, b]', 'b', CONDITIONS],
  ['!If [Both, a, b]', 'b', CONDITIONS],
  ['!If [Either, a, b]', 'a', CONDITIONS],
  ['!If [Maybe, a, b]', 'a', `${PARAMETERS}\n${CONDITIONS}`, { parameters: { Kept: undefined } }],
  ['!GetAtt B.Arn', `\${B.Arn}`],
  ['!Ref B', `\${B}`],
];

const UNKNOWN: readonly (readonly [written: string, rest?: string, stack?: Partial<PlannedStack>])[] = [
  ['!Ref Kept', PARAMETERS, { parameters: { Kept: undefined } }],
  ['!Ref Secret', PARAMETERS],
  ['!Ref Path', PARAMETERS],
  ['!Ref Nothing'],
  ['!Ref C'],
  ['!GetAtt C.Arn'],
  ['!GetAtt B.WebsiteURL'],
  ['!GetAtt B.Outputs.FakeArn'],
  ['!ImportValue x'],
  [
    `!Join ['', [${Array(5).fill('!Ref Long').join(', ')}]]`,
    `Parameters: { Long: { Type: String, Default: ${'x'.repeat(4000)} } }`,
  ],
  ["'{{resolve:ssm:/x}}'"],
  [`!Sub '{{resolve:ssm:\${AWS::StackName}}}'`],
  [`!Sub 'm5.\${C}'`],
  ['!If [Later, a, b]', `${PARAMETERS}\n${CONDITIONS}`, { parameters: { Kept: undefined } }],
  ['!If [Round, a, b]', CONDITIONS],
  ['!If [Missing, a, b]'],
  ['!FindInMap [M, x, t]', MAPS],
  ['!FindInMap [M, eu-west-1, f]', `${MAPS}\n${PARAMETERS}`],
  ['!Select [9, !Ref List]', PARAMETERS],
  ['{ Fn::Transform: { Name: x } }'],
];

describe('a value of a template is known:', () => {
  for (const [written, value, rest, stack] of KNOWN) {
    it(written, () => assert.equal(instanceType(written, rest, stack), value));
  }
});

describe('a value of a template is not known:', () => {
  for (const [written, rest, stack] of UNKNOWN) {
    it(written, () => assert.equal(instanceType(written, rest, stack), undefined));
  }
});

it('AWS::NoValue leaves the property out', () => {
  const text =
    'Resources: { A: { Type: AWS::S3::Bucket, Properties: { AccessControl: !Ref AWS::NoValue } } }';
  const [bucket] = resourcesOf(text, [change('A', 'AWS::S3::Bucket')]);
  assert.equal(bucket?.facts.publicAccess, undefined);
});

describe('what is done comes from the change set', () => {
  const TEMPLATE = `
Conditions: { Off: !Equals [a, b] }
Resources:
  Changed: { Type: AWS::EC2::Instance, Properties: { InstanceType: t3.micro } }
  Same: { Type: AWS::EC2::Instance, Properties: { InstanceType: t3.nano } }
  Absent: { Type: AWS::EC2::Instance, Condition: Off }
  Table: { Type: AWS::DynamoDB::Table, UpdateReplacePolicy: Retain }
`;
  const found = resourcesOf(TEMPLATE, [
    change('Changed', 'AWS::EC2::Instance', { action: 'sync', replacement: 'maybe' }),
    change('Gone', 'AWS::S3::Bucket', { action: 'remove' }),
    change('Kept', 'AWS::S3::Bucket', { action: 'remove', isKept: true }),
    change('Table', 'AWS::DynamoDB::Table', { action: 'modify', replacement: 'yes' }),
  ]);
  const facts = (address: string): Facts => found.find(one => one.address === address)?.facts ?? {};

  it('with what stays as it is, without what a condition leaves out', () => {
    assert.deepEqual(
      found.map(({ address, action }) => [address, action]),
      [
        ['Changed', 'modify'],
        ['Gone', 'remove'],
        ['Kept', 'remove'],
        ['Table', 'modify'],
        ['Same', 'unchanged'],
      ],
    );
  });

  it('with whether data is lost', () => {
    assert.deepEqual(facts('Gone').stateful, { value: true });
    assert.deepEqual(facts('Kept').stateful, { value: false });
    assert.deepEqual(facts('Table').stateful, { value: false });
  });

  it('also when the whole stack goes, without a template', () => {
    const [bucket] = guardedResources({
      parameters: {},
      changes: [change('Gone', 'AWS::S3::Bucket', { action: 'remove' })],
      stackTags: [],
      stackName: 'web',
      region: 'eu-west-1',
      accountId: '111122223333',
    });
    assert.deepEqual(bucket?.facts.stateful, { value: true });
  });
});

describe('a resource cannot be read', () => {
  const BUCKET = 'Resources: { A: { Type: AWS::S3::Bucket } }';
  const unreadable = (
    text: string,
    changed: GuardedChange,
    stack: Partial<PlannedStack> = {},
  ): string | undefined =>
    resourcesOf(text, [changed], stack).find(({ address }) => address === changed.address)?.facts.unreadable;

  it('when a macro changes the template', () => {
    assert.ok(unreadable(`Transform: Evil\n${BUCKET}`, change('A', 'AWS::S3::Bucket')));
    assert.ok(
      unreadable(`Transform: [AWS::LanguageExtensions, Evil]\n${BUCKET}`, change('A', 'AWS::S3::Bucket')),
    );
  });

  it('but it can after AWS has run the macro', () => {
    const template = { name: 't', text: `Transform: Evil\n${BUCKET}`, isProcessed: true };
    assert.equal(unreadable('', change('A', 'AWS::S3::Bucket'), { template }), undefined);
  });

  it('when the template does not have it, or has it as something else', () => {
    assert.ok(unreadable(BUCKET, change('Made', 'AWS::IAM::Role')));
    assert.ok(unreadable(BUCKET, change('A', 'AWS::IAM::Role')));
  });

  it('but it can when the change set tells what it will be', () => {
    const after = JSON.stringify({
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'],
      AssumeRolePolicyDocument: '{{changeSet:KNOWN_AFTER_APPLY}}',
    });
    const [role] = resourcesOf(BUCKET, [change('Made', 'AWS::IAM::Role', { after })]);
    assert.equal(role?.facts.unreadable, undefined);
    assert.deepEqual(role?.facts.permissions, {
      value: [
        {
          actions: { value: [{ value: '*' }] },
          resources: { value: [{ value: 'arn:aws:iam::aws:policy/AdministratorAccess' }] },
        },
      ],
    });
    assert.deepEqual(role?.facts.trust, { value: [{ unknown: 'AWS knows it only while it executes' }] });
  });

  it('a nested stack', () => {
    const text = 'Resources: { N: { Type: AWS::CloudFormation::Stack } }';
    assert.ok(unreadable(text, change('N', 'AWS::CloudFormation::Stack')));
  });
});

it("the stack's tags are every resource's", () => {
  const text = 'Resources: { A: { Type: AWS::SQS::Queue, Properties: { Tags: [{ Key: team, Value: x }] } } }';
  const [queue] = resourcesOf(text, [change('A', 'AWS::SQS::Queue')]);
  assert.deepEqual(queue?.facts.tags, { value: ['no-wing:agent', 'team'] });
});
