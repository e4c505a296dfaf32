import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { localFiles, withPublished } from '../../../../src/deployment/cloudformation/localFiles.ts';

const packed = (text: string): string =>
  withPublished(
    text,
    localFiles(text, 't.yaml').map((file, i) => ({ file, bucket: 'b', key: `k${i}` })),
    'eu-west-1',
  );

describe('what a template names of this computer', () => {
  const cases: [string, string, string][] = [
    [
      'code of a function',
      'Resources:\n  F:\n    Type: AWS::Lambda::Function # ours\n    Properties:\n      Code: ./src # here\n      Timeout: 010\n',
      'Resources:\n  F:\n    Type: AWS::Lambda::Function # ours\n    Properties:\n      Code: {"S3Bucket":"b","S3Key":"k0"} # here\n      Timeout: 010\n',
    ],
    [
      'quoted, in JSON',
      '{"Resources": {"F": {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": "src/", "X": 1}}}}',
      '{"Resources": {"F": {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": "s3://b/k0", "X": 1}}}}',
    ],
    [
      'a nested template, a script, an API',
      "Resources:\n  J: {Type: AWS::Glue::Job, Properties: {Command: {ScriptLocation: 'a.py'}}}\n  A: {Type: AWS::ApiGateway::RestApi, Properties: {BodyS3Location: api.yaml}}\n  N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: n.yaml}}\n",
      'Resources:\n  J: {Type: AWS::Glue::Job, Properties: {Command: {ScriptLocation: "s3://b/k0"}}}\n  A: {Type: AWS::ApiGateway::RestApi, Properties: {BodyS3Location: {"Bucket":"b","Key":"k1"}}}\n  N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: "https://b.s3.eu-west-1.amazonaws.com/k2"}}\n',
    ],
  ];
  for (const [name, text, expected] of cases)
    it(`${name} is replaced, and nothing else`, () => assert.equal(packed(text), expected));

  const remote = [
    'Code: {ZipFile: "x"}',
    'Code: {S3Bucket: b, S3Key: k}',
    'CodeUri: s3://b/k',
    'TemplateURL: https://b/k',
    'TemplateURL: !Join ["", ["https:", Host]]',
    'TemplateURL: !Ref Url',
    'CodeUri: ""',
  ];
  for (const property of remote) {
    it(`leaves ${property} alone`, () => {
      for (const type of [
        'AWS::Lambda::Function',
        'AWS::Serverless::Function',
        'AWS::CloudFormation::Stack',
      ]) {
        const text = `Resources:\n  R:\n    Type: ${type}\n    Properties:\n      ${property}\n`;
        assert.deepEqual(localFiles(text, 't.yaml'), []);
      }
    });
  }
});
