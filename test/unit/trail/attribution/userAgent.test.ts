import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceName } from '../../../../src/trail/attribution/serviceName.ts';
import { agentInUserAgent, agentMark } from '../../../../src/trail/attribution/userAgent.ts';

for (const [userAgent, agent] of [
  ['aws-cli/2.31.0 ua/2.1 os/linux lang/python#3.13 m/E,AN cfg/retry-mode#standard', 'Claude Code'],
  ['aws-cli/2.31.0 m/AO', 'Gemini CLI'],
  ['[aws-cli/2.31.0 md/AP]', 'Codex'],
  ['aws-cli/2.31.0 m/b,AQ,E', 'Kiro'],
  ['x m/AR', 'OpenCode'],
  ['x m/AS', 'Antigravity'],
  ['x m/AT', 'Amp'],
  ['x m/AU', 'Pi'],
  ['x m/AV', 'Copilot CLI'],
  ['m/AW x', 'Cursor'],
  ['Boto3/1.40 md/Botocore#1.40 app/no-wing-copilot', 'copilot'],
  ['Boto3/1.40 m/AN app/no-wing-claude-code m/E', 'claude-code'],
  ['aws-cli/2.31.0 md/arch#x86_64 md/awscrt#0.27 m/E,G,n', undefined],
  ['aws-cli/2.31.0 m/ANX,XAN', undefined],
  ['something AN', undefined],
  ['evil/app/no-wing-x', undefined],
  ['console.amazonaws.com', undefined],
  ['', undefined],
  [undefined, undefined],
] as const)
  test(`user agent ${userAgent}: ${agent}`, () => {
    assert.equal(agentInUserAgent(userAgent), agent);
    const mark = agentMark(userAgent);
    assert.equal(agentInUserAgent(mark), agent, 'the mark says the same');
    assert.equal(agentMark(mark), mark, 'and is a mark itself');
  });

for (const [principal, name] of [
  ['cloudformation.amazonaws.com', 'CloudFormation'],
  ['ec2.amazonaws.com', 'EC2'],
  ['states.eu-west-1.amazonaws.com', 'Step Functions'],
  ['ec2.amazonaws.com.cn', 'EC2'],
  ['bedrock.amazonaws.com', 'bedrock'],
  ['AWS Internal', 'AWS Internal'],
] as const)
  test(`service ${principal}: ${name}`, () => assert.equal(serviceName(principal), name));
