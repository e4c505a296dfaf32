/** Templates made to get past the guardrails, or to stop the editor while they look. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type GuardedChange, guardedResources } from '../../src/deployment/cloudformation/guardrailFacts.ts';
import { defaultPolicy } from '../../src/guardrail/guardrailPolicy.ts';
import type { GuardrailResult, RuleName } from '../../src/guardrail/guardrailResult.ts';
import { judge } from '../../src/guardrail/judge.ts';

/** Of the processor: a machine that is busy otherwise does not count. */
const LONGEST_MS = 2000;

function judged(text: string, types: Readonly<Record<string, string>>): GuardrailResult {
  const changes = Object.entries(types).map(
    ([address, type]): GuardedChange => ({ address, type, action: 'add', replacement: 'no' }),
  );
  const start = process.cpuUsage();
  const resources = guardedResources({
    template: { name: 'evil.yaml', text },
    parameters: {},
    changes,
    stackTags: [],
    stackName: 'web',
    region: 'us-east-1',
    accountId: '111122223333',
  });
  const result = judge(defaultPolicy('prod'), 'us-east-1', resources, { knownUsd: 0, lines: [] });
  const took = process.cpuUsage(start).user / 1000;
  assert.ok(took < LONGEST_MS, `took ${took} ms`);
  return result;
}

const ROLE = { R: 'AWS::IAM::Role' };
const GROUP = { G: 'AWS::EC2::SecurityGroup' };
const INSTANCE = { I: 'AWS::EC2::Instance' };
const role = (properties: string): string =>
  `Resources: { R: { Type: AWS::IAM::Role, Properties: { ${properties} } } }`;
const group = (cidr: string): string =>
  `Parameters: { Zero: { Type: Number, Default: 0 }, Any: { Type: String, NoEcho: true, Default: 0.0.0.0/0 } }\nResources: { G: { Type: AWS::EC2::SecurityGroup, Properties: { SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: ${cidr} }] } } }`;

interface Evasion {
  readonly text: string;
  readonly types: Readonly<Record<string, string>>;
  readonly rule: RuleName;
}

/** None of these may pass. */
const EVASIONS: Readonly<Record<string, Evasion>> = {
  'an address put together of parts': {
    text: group("!Join ['/', [0.0.0.0, !Ref Zero]]"),
    types: GROUP,
    rule: 'openPorts',
  },
  'an address in a secret parameter': { text: group('!Ref Any'), types: GROUP, rule: 'openPorts' },
  'an address in a substitution': { text: group(`!Sub '0.0.0.0/\${Zero}'`), types: GROUP, rule: 'openPorts' },
  'an address that is imported': { text: group('!ImportValue any'), types: GROUP, rule: 'openPorts' },
  'an address behind a condition that is not there': {
    text: group('!If [Missing, 10.0.0.0/8, 0.0.0.0/0]'),
    types: GROUP,
    rule: 'openPorts',
  },
  'rules that a macro includes': {
    text: 'Resources: { G: { Type: AWS::EC2::SecurityGroup, Properties: { Fn::Transform: { Name: AWS::Include }, SecurityGroupIngress: [] } } }',
    types: GROUP,
    rule: 'openPorts',
  },
  'a policy as a text': {
    text: role(
      `Policies: [{ PolicyName: x, PolicyDocument: '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}' }]`,
    ),
    types: ROLE,
    rule: 'iamWildcards',
  },
  'a policy whose action is put together': {
    text: role(
      `Policies: [{ PolicyName: x, PolicyDocument: { Statement: { Effect: Allow, Action: !Join [':', [iam, !Join ['', ['*']]]], Resource: x } } }]`,
    ),
    types: ROLE,
    rule: 'iamWildcards',
  },
  'a policy that says what it does not allow': {
    text: role(
      'Policies: [{ PolicyName: x, PolicyDocument: { Statement: { Effect: Allow, NotAction: x:y, Resource: x } } }]',
    ),
    types: ROLE,
    rule: 'iamWildcards',
  },
  'a policy that is the answer of a custom resource': {
    text: `Resources: { C: { Type: Custom::C }, R: { Type: AWS::IAM::Role, Properties: { Policies: [{ PolicyName: x, PolicyDocument: !GetAtt C.Arn }] } } }`,
    types: ROLE,
    rule: 'iamWildcards',
  },
  'an action that a custom resource answers': {
    text: `Resources: { C: { Type: Custom::C }, R: { Type: AWS::IAM::Role, Properties: { Policies: [{ PolicyName: x, PolicyDocument: { Statement: { Effect: Allow, Action: !GetAtt C.ActionArn, Resource: x } } }] } } }`,
    types: ROLE,
    rule: 'iamWildcards',
  },
  'trust in a parameter that the stack keeps': {
    text: `Parameters: { Who: { Type: 'AWS::SSM::Parameter::Value<String>', Default: x } }\n${role('AssumeRolePolicyDocument: { Statement: { Effect: Allow, Principal: { AWS: !Ref Who }, Action: sts:AssumeRole } }')}`,
    types: ROLE,
    rule: 'openTrust',
  },
  'a policy nested too deeply to read': {
    text: role(
      `Policies: ${'['.repeat(60)}{ PolicyDocument: { Statement: { Effect: Allow, Action: '*', Resource: '*' } } }${']'.repeat(60)}`,
    ),
    types: ROLE,
    rule: 'iamWildcards',
  },
  'eleven instances in a group': {
    text: 'Resources: { I: { Type: AWS::AutoScaling::AutoScalingGroup, Properties: { MaxSize: "0x0B", DesiredCapacity: 1 } } }',
    types: { I: 'AWS::AutoScaling::AutoScalingGroup' },
    rule: 'instanceCount',
  },
  'another type than the template says': {
    text: 'Resources: { R: { Type: AWS::SQS::Queue } }',
    types: ROLE,
    rule: 'iamWildcards',
  },
};

describe('a template does not get past the guardrails with', () => {
  for (const [what, { text, types, rule }] of Object.entries(EVASIONS)) {
    it(what, () => {
      const [verdict] = judged(text, types).verdicts.filter(one => one.rule === rule);
      assert.notEqual(verdict?.verdict, 'pass', JSON.stringify(verdict));
    });
  }
});

const nestedSub = (levels: number, start: string): string => {
  let text = start;
  for (let level = 0; level < levels; level += 1) text = `!Sub ['\${a}\${a}', { a: ${text} }]`;
  return text;
};
const instance = (type: string, rest = ''): string =>
  `${rest}\nResources: { I: { Type: AWS::EC2::Instance, Properties: { InstanceType: ${type} } } }`;
const conditionWeb = Array.from(
  { length: 60 },
  (_, at) =>
    `C${at}: !And [${Array(10)
      .fill(`!Condition C${at + 1}`)
      .join(',')}]`,
).join(', ');

const SLOW: Readonly<Record<string, string>> = {
  'a text that doubles at each step': instance(nestedSub(30, 'abcdefgh')),
  'nothing that doubles at each step': instance(nestedSub(30, "''")),
  'conditions that use each other ten times': instance(
    '!If [C0, a, b]',
    `Conditions: { ${conditionWeb}, C60: !Equals [a, b] }`,
  ),
  'conditions in a circle': instance(
    '!If [A, a, b]',
    'Conditions: { A: !Not [!Condition B], B: !Not [!Condition A] }',
  ),
  'a mapping that looks into itself': instance(
    '!FindInMap [M, a, b]',
    'Mappings: { M: { a: { b: !FindInMap [M, a, b] } } }',
  ),
  'a long text, many times': instance(
    `!Sub '${`\${P}`.repeat(8000)}'`,
    `Parameters: { P: { Type: String, Default: ${'x'.repeat(4000)} } }`,
  ),
  'lists in lists': instance(`${'['.repeat(300)}${']'.repeat(300)}`),
  'a policy as a text without end': `Resources: { I: { Type: AWS::IAM::Role, Properties: { Policies: '{"Statement":${'['.repeat(15_000)}${']'.repeat(15_000)}}' } } }`,
};

describe('the editor is not stopped by', () => {
  for (const [what, text] of Object.entries(SLOW)) {
    it(what, () => void judged(text, INSTANCE));
  }
});

describe('names that every object has are names like others:', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    it(name, () => {
      const text = `Parameters: { ${name}: { Type: String } }\nConditions: { ${name}: !Equals [a, a] }\nResources: { ${name}: { Type: AWS::EC2::Instance, Properties: { ${name}: x, InstanceType: !FindInMap [${name}, ${name}, ${name}] } } }`;
      judged(text, { [name]: 'AWS::EC2::Instance', other: name });
      assert.equal(Reflect.get({}, 'Type'), undefined);
    });
  }
});
