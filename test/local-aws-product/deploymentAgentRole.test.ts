import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { isCancelled } from '../../src/base/cancellation.ts';
import { UserError } from '../../src/base/userError.ts';
import { type AgentRole, createAgentRole } from '../../src/deployment/cloudformation/agentRole.ts';
import { isIn } from '../../src/deployment/deployment.ts';
import { newShortId } from '../../src/identity/marks.ts';
import type { Session } from '../../src/identity/session.ts';
import { createStsApi } from '../../src/identity/stsApi.ts';
import { deployed, never, openScene, pace, type Scene, type Window } from './deploymentScene.ts';

const EXTERNAL_ID = 'no-wing-external-id-1';
const TEMPLATE = new URL('../../media/agent-role.template.yaml', import.meta.url);

const LONGEST: Record<string, number> = {
  AgentName: 32,
  StackPrefix: 64,
  'AWS::Partition': 10,
  'AWS::AccountId': 12,
};

let scene: Scene;
let role: AgentRole;
let window: Window;

const create = (session: Session, answer: boolean): Promise<AgentRole> =>
  createAgentRole(
    {
      open: scene.open,
      session: () => Promise.resolve(session),
      pace,
      template: () => readFile(TEMPLATE, 'utf8'),
      newId: newShortId,
      confirm: plan => {
        assert.deepEqual(plan.capabilities, ['CAPABILITY_NAMED_IAM']);
        assert.deepEqual(plan.changes.map(change => change.address).sort(), ['Boundary', 'Role']);
        return Promise.resolve(answer);
      },
      say: () => undefined,
    },
    {
      agentName: 'copilot',
      userArn: scene.aws.world.alice.arn,
      externalId: EXTERNAL_ID,
      maxSessionSeconds: 3600,
      region: scene.aws.world.region,
    },
    never,
  );

before(async () => {
  scene = await openScene();
  await assert.rejects(create(scene.user, false), isCancelled);
  role = await create(scene.user, true);
  const minted = new Map<string, Promise<Session>>();
  window = scene.window('role', ({ deploymentId = '' }) => {
    const session = minted.get(deploymentId) ?? scene.mint(role.roleArn, EXTERNAL_ID, deploymentId);
    minted.set(deploymentId, session);
    return session;
  });
});
after(() => scene.close());

const stack = (resource: string): string =>
  `Resources:\n  One:\n    ${resource.trim().replaceAll('\n', '\n    ')}\n`;
const TRUST =
  '{ Version: "2012-10-17", Statement: [{ Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: sts:AssumeRole }] }';
const workload = (more: string): string =>
  stack(
    `Type: AWS::IAM::Role\nProperties:\n  AssumeRolePolicyDocument: ${TRUST}\n  ${more.trim().replaceAll('\n', '\n  ')}`,
  );

describe("the agent's role", () => {
  it('names itself and its boundary, and creating it again changes nothing', async () => {
    const account = scene.aws.world.dev.accountId;
    assert.deepEqual(role, {
      roleArn: `arn:aws:iam::${account}:role/no-wing/agents/no-wing-copilot`,
      boundaryArn: `arn:aws:iam::${account}:policy/no-wing/boundaries/no-wing-copilot-boundary`,
    });
    assert.deepEqual(await create(scene.user, true), role);
  });

  it('is never created by an agent', async () => {
    const agent = await scene.mint(role.roleArn, EXTERNAL_ID, 'x');
    await assert.rejects(
      create(agent, true),
      (error: unknown) => error instanceof UserError && error.code === 'agentRole.notUser',
    );
  });

  const refusedMarks: [string, Partial<Parameters<ReturnType<typeof createStsApi>['assumeRole']>[2]>][] = [
    ['without the external id', {}],
    ['with another external id', { externalId: 'guessed-by-somebody' }],
    ['under a session name of its own', { externalId: EXTERNAL_ID, roleSessionName: 'me' }],
    ['with tags that are not marks', { externalId: EXTERNAL_ID, tags: { department: 'x' } }],
  ];
  for (const [name, change] of refusedMarks) {
    it(`is not given ${name}`, async () => {
      const sts = createStsApi(() => ({ endpoint: scene.aws.endpoint }));
      const asked = {
        roleArn: role.roleArn,
        durationSeconds: 900,
        roleSessionName: 'no-wing-copilot-1',
        sourceIdentity: 'alice',
        tags: { 'no-wing:agent': 'copilot' },
        ...change,
      };
      await assert.rejects(
        sts.assumeRole(scene.user.credentials, scene.aws.world.region, asked),
        /AssumeRole|TagSession/,
      );
    });
  }

  it('is not given without a source identity, and is given with all marks', async () => {
    const sts = createStsApi(() => ({ endpoint: scene.aws.endpoint }));
    const asked = {
      roleArn: role.roleArn,
      externalId: EXTERNAL_ID,
      durationSeconds: 900,
      roleSessionName: 'no-wing-copilot-1',
      tags: {},
    };
    const { region } = scene.aws.world;
    await assert.rejects(sts.assumeRole(scene.user.credentials, region, asked), /AssumeRole/);
    const session = await sts.assumeRole(scene.user.credentials, region, {
      ...asked,
      sourceIdentity: 'alice',
      tags: { 'no-wing:agent': 'copilot' },
    });
    assert.match(session.arn, /no-wing-copilot\/no-wing-copilot-1$/);
  });

  const allowed: [string, string][] = [
    ['a queue', stack('Type: AWS::SQS::Queue')],
    ['a bucket', stack('Type: AWS::S3::Bucket')],
    ['a parameter', stack('Type: AWS::SSM::Parameter\nProperties: { Type: String, Value: x }')],
    ['a log group', stack('Type: AWS::Logs::LogGroup')],
    [
      'a role under its path, inside the boundary',
      workload('Path: /no-wing/workloads/copilot/\nPermissionsBoundary: BOUNDARY'),
    ],
  ];
  for (const [name, text] of allowed) {
    it(`deploys ${name}`, async () => {
      const end = await deployed(
        window,
        `allowed-${name.split(' ').at(1)}`,
        text.replaceAll('BOUNDARY', role.boundaryArn),
      );
      assert.ok(isIn(end, 'succeeded'), JSON.stringify(end.state));
    });
  }

  const denied: [string, string, RegExp][] = [
    ['a role without the boundary', workload('Path: /no-wing/workloads/copilot/'), /iam:CreateRole/],
    ['a role outside its path', workload('PermissionsBoundary: BOUNDARY'), /iam:CreateRole/],
    [
      'a role inside another boundary',
      workload(
        'Path: /no-wing/workloads/copilot/\nPermissionsBoundary: arn:aws:iam::aws:policy/AdministratorAccess',
      ),
      /iam:CreateRole/,
    ],
    [
      'a policy for its own role',
      stack(
        'Type: AWS::IAM::Policy\nProperties:\n  PolicyName: more\n  Roles: [no-wing-copilot]\n  PolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "*", Resource: "*" }] }',
      ),
      /iam:PutRolePolicy.*explicit deny/,
    ],
    [
      'a policy in place of its boundary',
      stack(
        'Type: AWS::IAM::ManagedPolicy\nProperties:\n  ManagedPolicyName: no-wing-copilot-boundary\n  Path: /no-wing/boundaries/\n  PolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "*", Resource: "*" }] }',
      ),
      /iam:CreatePolicy.*explicit deny/,
    ],
    [
      'a secret, which it was not given',
      stack('Type: AWS::SecretsManager::Secret\nProperties: { SecretString: x }'),
      /secretsmanager:CreateSecret/,
    ],
  ];
  for (const [name, text, reason] of denied) {
    it(`does not deploy ${name}`, async () => {
      const stackName = `denied-${denied.findIndex(([other]) => other === name)}`;
      const end = await deployed(window, stackName, text.replaceAll('BOUNDARY', role.boundaryArn));
      assert.ok(isIn(end, 'rolledBack', 'failed'), JSON.stringify(end.state));
      assert.match(end.state.failure.reason, reason);
    });
  }

  it('does not change the stack that made it', async () => {
    await assert.rejects(
      deployed(window, 'no-wing-agent-copilot', stack('Type: AWS::SQS::Queue')),
      (error: unknown) =>
        error instanceof UserError &&
        error.code === 'deployment.denied' &&
        /explicit deny/.test(error.message),
    );
  });

  it('fits into a managed policy', async () => {
    const text = await readFile(TEMPLATE, 'utf8');
    const policy = text.slice(text.indexOf('- Sid: DeployStacks'), text.indexOf('\n  Role:'));
    // Counted as AWS does, without white space, and with the longest names there can be.
    const written = policy
      .replaceAll(/^ *#.*$/gm, '')
      .replaceAll(/\$\{([\w:]+)\}/g, (_text, name: string) => 'x'.repeat(LONGEST[name] ?? 0))
      .replaceAll(/!Sub |\s/g, '');
    const items = policy.match(/^ +- |: /gm)?.length ?? 0;
    assert.ok(written.length + 4 * items < 6144, `${written.length} + punctuation of ${items} entries`);
  });
});
