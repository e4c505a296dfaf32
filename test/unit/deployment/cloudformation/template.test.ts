import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UserError } from '../../../../src/base/userError.ts';
import { parameterProblem } from '../../../../src/deployment/cloudformation/parameters.ts';
import { parseTemplate } from '../../../../src/deployment/cloudformation/template.ts';
import { looksLikeTemplate } from '../../../../src/deployment/cloudformation/templateGuess.ts';

const parsed = (text: string): ReturnType<typeof parseTemplate> => parseTemplate(text, 'web.yaml');
const resource = (body: string): string => `Resources:\n  One: ${body}\n`;

describe('a template', () => {
  it('gives its parameters, resources with lines, and description', () => {
    const template = parsed(`AWSTemplateFormatVersion: 2010-09-09
Description: A site
Parameters:
  Stage: { Type: String, Default: 010, AllowedValues: [010, yes], Description: Where }
  Key: { Type: String, NoEcho: true }
Resources:
  # a comment
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub "\${Stage}-x"
      Tags: !If [Big, [!Ref Stage], !Ref "AWS::NoValue"]
      Arn: !GetAtt Other.Arn
  Other:
    Type: AWS::SQS::Queue
`);
    assert.equal(template.description, 'A site');
    assert.deepEqual(template.resources, [
      { logicalId: 'Bucket', type: 'AWS::S3::Bucket', line: 8 },
      { logicalId: 'Other', type: 'AWS::SQS::Queue', line: 14 },
    ]);
    const [stage, key] = template.parameters;
    assert.deepEqual(
      [stage?.default, stage?.allowedValues, stage?.description],
      ['010', ['010', 'yes'], 'Where'],
    );
    assert.deepEqual([stage?.noEcho, key?.noEcho], [false, true]);
    assert.deepEqual(template.capabilities, []);
  });

  it('is read from JSON as well, tabs and all', () => {
    const template = parsed(
      '{\n\t"Resources": {\n\t\t"One": {\n\t\t\t"Type": "AWS::SQS::Queue"\n\t\t}\n\t}\n}',
    );
    assert.deepEqual(template.resources, [{ logicalId: 'One', type: 'AWS::SQS::Queue', line: 3 }]);
  });

  const broken: [string, string, string, RegExp][] = [
    ['an open list', 'Resources: [1\nb: 2', 'template.syntax', /line 2, column 1/],
    ['JSON without a comma', '{"Resources": {}\n "b": 1}', 'template.syntax', /line 2, column 2/],
    [
      'JSON that YAML would forgive',
      '{"Resources": {"One": {"Type": A::B}}}',
      'template.syntax',
      /line 1, column 32/,
    ],
    [
      'JSON with a comma too many',
      '{"Resources": {\n  "One": {"Type": "A::B",}\n}}',
      'template.syntax',
      /line 2, column 26/,
    ],
    ['JSON with a line break in a text', '{"Resources": "a\nb"}', 'template.syntax', /line 1, column 17/],
    ['JSON that stops', '{"Resources": {', 'template.syntax', /line 1, column 16/],
    [
      'two entries of one name',
      `${resource('{Type: A::B}')}  One: {Type: A::B}`,
      'template.syntax',
      /line 3, column 3.*unique/,
    ],
    ['a tag nobody knows', resource('!Reff x'), 'template.syntax', /line 2, column 8.*Reff/],
    ['nothing', '', 'template.invalid', /document is not a map/],
    ['a list', '- a', 'template.invalid', /document has no Resources/],
    ['no resources', 'Parameters: {}', 'template.invalid', /document has no Resources/],
    [
      'a list of resources',
      'Resources: [a]',
      'template.invalid',
      /Resources is not a map|resource 0 is not a map/,
    ],
    ['a text for a resource', resource('x'), 'template.invalid', /line 2, .*resource One is not a map/],
    ['an empty list of resources', 'Resources: {}', 'template.invalid', /names no resource/],
    [
      'a resource without type',
      `A: 1\n${resource('{Properties: {}}')}`,
      'template.invalid',
      /line 3, .*resource One has no Type/,
    ],
    ['a type that is none', resource('{Type: queue}'), 'template.invalid', /not like AWS::S3::Bucket/],
    [
      'more bytes than fit',
      `${resource('{Type: A::B}')}#${'é'.repeat(524_300)}`,
      'template.tooLarge',
      /1,048,6\d\d bytes; .* 1,048,576/,
    ],
    [
      'more resources than fit',
      `Resources:\n${Array.from({ length: 501 }, (_, i) => `  R${i}: {Type: A::B}`).join('\n')}`,
      'template.tooManyResources',
      /501 resources; .* 500/,
    ],
    ['aliases that multiply', bomb(), 'template.syntax', /alias/i],
  ];
  for (const [name, text, code, message] of broken) {
    it(`with ${name} is refused with its place`, () => {
      assert.throws(
        () => parsed(text),
        (error: unknown) => {
          assert.ok(error instanceof UserError, String(error));
          assert.equal(error.code, code);
          assert.match(error.message, message);
          assert.match(error.message, /^web\.yaml /);
          return true;
        },
      );
    });
  }

  const needs: [string, string, string[]][] = [
    ['a queue', '{Type: AWS::SQS::Queue}', []],
    ['a role', '{Type: AWS::IAM::Role, Properties: {Path: /x/}}', ['CAPABILITY_IAM']],
    ['a role with a name', '{Type: AWS::IAM::Role, Properties: {RoleName: x}}', ['CAPABILITY_NAMED_IAM']],
    [
      'a managed policy with a name',
      '{Type: AWS::IAM::ManagedPolicy, Properties: {ManagedPolicyName: x}}',
      ['CAPABILITY_NAMED_IAM'],
    ],
    [
      'an inline policy of a named role',
      '{Type: AWS::IAM::RolePolicy, Properties: {RoleName: x}}',
      ['CAPABILITY_IAM'],
    ],
    [
      'a nested stack',
      '{Type: AWS::CloudFormation::Stack}',
      ['CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
    ],
    ['a module', '{Type: Acme::S3::Bucket::MODULE}', ['CAPABILITY_AUTO_EXPAND']],
    [
      'a transform inside',
      '{Type: A::B, Properties: !Transform {Name: AWS::Include}}',
      ['CAPABILITY_AUTO_EXPAND'],
    ],
    [
      'the serverless transform',
      '{Type: AWS::Serverless::Function}\nTransform: AWS::Serverless-2016-10-31',
      ['CAPABILITY_IAM', 'CAPABILITY_AUTO_EXPAND'],
    ],
  ];
  for (const [name, body, capabilities] of needs) {
    it(`with ${name} needs ${capabilities.join(', ') || 'nothing'}`, () => {
      const text = body.includes('\n')
        ? `${resource(body.split('\n')[0] ?? '')}${body.split('\n')[1]}`
        : resource(body);
      assert.deepEqual(parsed(text).capabilities, capabilities);
    });
  }

  const guesses: [string, boolean][] = [
    ['AWSTemplateFormatVersion: "2010-09-09"', true],
    ['{ "AWSTemplateFormatVersion" : "2010-09-09" }', true],
    ['# x\nResources:\n  A:\n    Type: AWS::S3::Bucket', true],
    ['{"Resources":{"A":{"Type":"Custom::Thing"}}}', true],
    ['Resources:\n  - a', false],
    ['apiVersion: v1\nkind: Pod', false],
    ['', false],
    [`${'#'.repeat(70_000)}\nAWSTemplateFormatVersion: 1`, false],
  ];
  for (const [text, expected] of guesses) {
    it(`is ${expected ? '' : 'not '}offered for ${JSON.stringify(text.slice(0, 40))}`, () => {
      assert.equal(looksLikeTemplate(text), expected);
    });
  }
});

function bomb(): string {
  const lines = ['a0: &a0 [x, x]'];
  for (let i = 1; i < 12; i++)
    lines.push(`a${i}: &a${i} [${Array.from({ length: 9 }, () => `*a${i - 1}`).join(', ')}]`);
  return lines.join('\n');
}

describe('a value for a parameter', () => {
  const values: [string, string, RegExp | undefined][] = [
    ['Type: String', '', undefined],
    ['Type: Number', '3.5', undefined],
    ['Type: Number', '-1e3', undefined],
    ['Type: Number', 'three', /P must be a number\./],
    ['Type: Number', '', /must be a number/],
    ['Type: Number\nMinValue: 1', '0', /must be 1 or more/],
    ['Type: Number\nMaxValue: 9', '10', /must be 9 or less/],
    ['Type: Number\nMaxValue: 9', '9', undefined],
    ['Type: List<Number>', '1, 2,3', undefined],
    ['Type: List<Number>', '1,b', /must be a number/],
    ['Type: String\nAllowedValues: [a, b]', 'a', undefined],
    ['Type: String\nAllowedValues: [a, b]', 'c', /must be one of: a, b/],
    ['Type: CommaDelimitedList\nAllowedValues: [a, b]', 'a,b', undefined],
    ['Type: CommaDelimitedList\nAllowedValues: [a, b]', 'a,c', /must be one of/],
    ['Type: String\nAllowedPattern: "[a-z]+"', 'abc', undefined],
    ['Type: String\nAllowedPattern: "[a-z]+"', 'abc1', /must match \[a-z\]\+/],
    ['Type: String\nAllowedPattern: "a|b"', 'ac', /must match/],
    ['Type: String\nAllowedPattern: "[a"', 'x', undefined],
    ['Type: String\nAllowedPattern: "(a+)+$"', `${'a'.repeat(40)}b`, undefined],
    ['Type: String\nMinLength: 3', 'ab', /at least 3 characters/],
    ['Type: String\nMaxLength: 3', 'abcd', /at most 3 characters/],
    ['Type: String\nMaxLength: 1\nConstraintDescription: takes one letter', 'ab', /^P takes one letter\.$/],
    ['Type: String', 'é'.repeat(2049), /4,096 bytes/],
    ['Type: "AWS::SSM::Parameter::Value<String>"', '/any/name', undefined],
    ['Type: [odd]', 'x', undefined],
  ];
  for (const [body, value, expected] of values) {
    it(`${body.replaceAll('\n', ', ')} = ${value.slice(0, 20)}`, () => {
      const text = `Parameters:\n  P:\n    ${body.replaceAll('\n', '\n    ')}\n${resource('{Type: A::B}')}`;
      const [parameter] = parsed(text).parameters;
      assert.ok(parameter);
      const begun = performance.now();
      const problem = parameterProblem(parameter, value);
      assert.ok(performance.now() - begun < 1000, 'a hostile pattern does not block');
      if (expected === undefined) assert.equal(problem, undefined);
      else assert.match(problem ?? '', expected);
    });
  }

  it('is not repeated in the problem', () => {
    const [parameter] = parsed(
      `Parameters:\n  P: {Type: Number, NoEcho: true}\n${resource('{Type: A::B}')}`,
    ).parameters;
    assert.ok(parameter);
    assert.doesNotMatch(parameterProblem(parameter, 'hunter2') ?? '', /hunter2/);
  });
});
