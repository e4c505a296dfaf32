/** Requests and plans as tests ask for them. */
import type { DeployRequest, Engine } from '../../../src/deployment/engine.ts';
import type { Guard } from '../../../src/deployment/gate.ts';
import type { DraftedStack, Judgement } from '../../../src/deployment/plan.ts';
import type { CloudFormationSource } from '../../../src/deployment/source.ts';

export interface StackAsk {
  readonly profileId: string;
  readonly stackName: string;
  readonly text: string;
  readonly name?: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** A user at a window asks to deploy a template. */
export function stackRequest(ask: StackAsk): DeployRequest & { readonly source: CloudFormationSource } {
  const { profileId, stackName, text, name = `${stackName}.yaml`, parameters = {} } = ask;
  return {
    profileId,
    stackName,
    operation: 'deploy',
    source: { engine: 'cloudformation', template: { name, text }, parameters },
    askedBy: { kind: 'user', name: 'alice', door: 'window' },
  };
}

/** For the engines that a test has no use for. */
export const NO_ENGINE: Engine = {
  check: unused,
  plan: unused,
  apply: unused,
  follow: unused,
  stop: unused,
  discard: unused,
};

function unused(): Promise<never> {
  return Promise.reject(new Error('This test has no use for that engine'));
}

/** Guardrails that let everything through. */
export const passing: Guard = ({ environment }) => Promise.resolve({ ...JUDGEMENT.guardrails, environment });

export const JUDGEMENT: Judgement = {
  environment: 'dev',
  guardrails: {
    environment: 'dev',
    policyHash: 'none',
    verdict: 'pass',
    approval: 'button',
    verdicts: [],
    cost: { knownUsd: 0, lines: [] },
  },
  iamChanges: [],
  networkChanges: [],
};

export const DRAFTED_STACK: DraftedStack = {
  engine: 'cloudformation',
  tool: 'CloudFormation',
  deploymentId: 'd1',
  stackName: 'web',
  stackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/web/1',
  action: 'update',
  accountId: '111122223333',
  region: 'eu-west-1',
  identityArn: 'arn:aws:sts::111122223333:assumed-role/agent/no-wing-copilot-1',
  sourceIdentity: 'alice',
  profileId: 'p-agent',
  changes: [{ address: 'Queue', type: 'AWS::SQS::Queue', action: 'modify', replacement: 'no', detail: '' }],
  outputs: [],
  capabilities: [],
  parameters: {},
  inputs: { template: 'aa' },
  changeSetArn: 'arn:aws:cloudformation:eu-west-1:111122223333:changeSet/no-wing-d1/1',
  createdAt: 1,
};

/** What every deployment of a template by a user at a window has. */
export const ASKED_IN_WINDOW = {
  engine: 'cloudformation',
  operation: 'deploy',
  askedBy: { kind: 'user', name: 'alice', door: 'window' },
} as const;
