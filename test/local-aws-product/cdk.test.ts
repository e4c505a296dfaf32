import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CreateStackCommand, waitUntilStackCreateComplete } from '@aws-sdk/client-cloudformation';
import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { UserError } from '../../src/base/userError.ts';
import { cdkSource } from '../../src/deployment/cdk/cdkSource.ts';
import type { Synthesis } from '../../src/deployment/cdk/synthesize.ts';
import { type Deployment, isIn } from '../../src/deployment/deployment.ts';
import type { DeployRequest } from '../../src/deployment/engine.ts';
import type { CdkPlan } from '../../src/deployment/plan.ts';
import { type Computer, openComputer, type Person } from '../attack/computer.ts';
import { clientsOf } from '../local-aws/testClients.ts';
import { scratchFolder } from '../setup/scratchFolder.ts';
import { BOOTSTRAP, cdkApp, SHOP, writeAppFile } from './cdkApp.ts';

const never = new AbortController().signal;
/** With a nested stack, whose template is an asset. */
const NESTING = SHOP.replace(
  'const reports',
  "new Queue(new NestedStack(shop, 'Inner'), 'Audit');\nconst reports",
);
/** It asks AWS for a value while it is synthesized. */
const LOOKING = SHOP.replace(
  'default: 4',
  "default: Number(StringParameter.valueFromLookup(shop, '/shop/days', '1'))",
);
const JUST_LAMBDA = "export const TRUST = 'lambda';";

let computer: Computer;
let person: Person;
let folder: string;
let bucket: string;

before(async () => {
  computer = await openComputer({ keychain: 'secretStorage' });
  person = await computer.person();
  const { world } = computer.aws;
  bucket = BOOTSTRAP.bucket(world.dev.accountId, world.region);
  const { s3, iam } = clientsOf(computer.aws, world.alice);
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: world.agentRole.roleName,
      PolicyName: 'roles',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'iam:*', Resource: '*' }],
      }),
    }),
  );
  folder = cdkApp(scratchFolder(), {
    'app.mjs': NESTING,
    'trust.mjs': "export const TRUST = 'everybody';",
    'files/a.txt': 'hello\n',
  });
});
after(() => computer.close());

function synthesized(): Promise<Synthesis> {
  return person.features.synthesizeCdk({ folder, root: folder, profile: person.copilot, context: {} }, never);
}

async function plannedFrom(synthesis: Synthesis, changes: Partial<DeployRequest> = {}): Promise<Deployment> {
  const stack = synthesis.stacks.find(({ displayName }) => displayName === 'Shop');
  assert.ok(stack);
  const source = await cdkSource(synthesis, { stack, app: 'shop', parameters: {} });
  return plannedAs({ source, ...changes });
}

function plannedAs(changes: Partial<DeployRequest> & Pick<DeployRequest, 'source'>): Promise<Deployment> {
  const { features, copilot } = person;
  return features.deployments.plan(
    {
      profileId: copilot.id,
      stackName: 'Shop',
      operation: 'deploy',
      askedBy: { kind: 'user', name: 'alice', door: 'window' },
      ...changes,
    },
    never,
  );
}

function planOf(deployment: Deployment): CdkPlan {
  assert.ok(isIn(deployment, 'awaitingApproval', 'refused', 'succeeded'), JSON.stringify(deployment.state));
  const { plan } = deployment.state;
  assert.ok(plan.engine === 'cdk');
  return plan;
}

async function approved(deployment: Deployment): Promise<Deployment> {
  const plan = planOf(deployment);
  const acknowledged = plan.guardrails.verdicts
    .filter(({ verdict }) => verdict === 'ask')
    .map(({ rule }) => rule);
  const approval = { planHash: plan.hash, approvedBy: 'alice', at: Date.now(), acknowledged };
  return person.features.deployments.apply(deployment.id, approval, () => undefined);
}

const changesOf = (deployment: Deployment): string[] =>
  planOf(deployment)
    .changes.map(({ action, type, detail }) => `${action} ${type} ${detail}`)
    .sort();

describe('a CDK app at the local AWS', () => {
  it('is refused by a guardrail, corrected, approved, applied, rolled back and destroyed, by the agent for alice', {
    timeout: 300_000,
  }, async () => {
    const refused = await synthesized();
    assert.deepEqual(
      refused.stacks.map(({ displayName, needs }) => `${displayName} after ${needs.join()}`),
      ['Shop after ', 'Reports after Shop'],
    );
    const first = await plannedFrom(refused);
    refused.dispose();
    assert.equal(first.state.status, 'refused');
    assert.deepEqual(
      planOf(first)
        .guardrails.verdicts.filter(({ verdict }) => verdict === 'refuse')
        .map(({ rule }) => rule),
      ['openTrust'],
    );

    writeAppFile(folder, 'trust.mjs', JUST_LAMBDA);
    const corrected = await synthesized();
    const waiting = await plannedFrom(corrected);
    corrected.dispose();
    const plan = planOf(waiting);
    assert.match(plan.tool, /^CDK 2\.\d+\.\d+, assembly \d+\.0\.0$/);
    assert.deepEqual(changesOf(waiting), [
      'add AWS::CDK::Metadata ',
      'add AWS::CDK::Metadata CDKMetadata/Default',
      'add AWS::CloudFormation::Stack Inner.NestedStack/Inner.NestedStackResource',
      'add AWS::IAM::Policy Worker/DefaultPolicy',
      'add AWS::IAM::Role Worker',
      'add AWS::SQS::Queue ',
      'add AWS::SQS::Queue Orders',
    ]);
    assert.deepEqual(
      plan.assets.map(({ name, bucket: at }) => `${name} in ${at}`),
      [`Files in ${bucket}`, `Inner Nested Stack Template in ${bucket}`],
    );

    const deployed = await approved(waiting);
    assert.ok(isIn(deployed, 'succeeded'), JSON.stringify(deployed.state));
    assert.deepEqual(
      deployed.state.outputs.map(({ key }) => key).filter(key => !key.startsWith('Exports')),
      ['QueueUrl'],
    );
    const source = person.features.deployments.source(deployed.id);
    assert.ok(source?.engine === 'cdk');
    assert.equal(source.assembly, undefined);

    // A later version, with another file in the asset.
    writeAppFile(folder, 'files/a.txt', 'hello again\n');
    writeAppFile(folder, 'app.mjs', NESTING.replace('const worker', "new Queue(shop, 'Late'); const worker"));
    const later = await synthesized();
    const second = await approved(await plannedFrom(later));
    later.dispose();
    assert.equal(second.state.status, 'succeeded');

    // Back, from what was recorded: the app is gone meanwhile.
    const back = await plannedAs({ source, reverses: second.id });
    assert.deepEqual(
      planOf(back).assets.map(({ sha256 }) => sha256),
      plan.assets.map(({ sha256 }) => sha256),
    );
    const restored = await approved(back);
    assert.equal(restored.state.status, 'succeeded');
    assert.equal(restored.reverses, second.id);

    const destroyed = await approved(await plannedAs({ source, operation: 'destroy' }));
    assert.equal(destroyed.state.status, 'succeeded');
    await everyCallIsTheAgents();
  });

  it('does not deploy an asset that was replaced in the bucket after the approval', async () => {
    const synthesis = await synthesized();
    const waiting = await plannedFrom(synthesis, { stackName: 'Swapped' });
    synthesis.dispose();
    const [asset] = planOf(waiting).assets;
    assert.ok(asset);
    const { s3 } = clientsOf(computer.aws, computer.aws.world.alice);
    await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: asset.key, Body: 'evil', ChecksumAlgorithm: 'SHA256' }),
    );
    await assert.rejects(
      approved(waiting),
      (error: unknown) => error instanceof UserError && error.code === 'assets.gone',
    );
    assert.equal(person.features.deployments.get(waiting.id)?.state.status, 'failed');
    // Planned again, what is there is not believed for its name, and replaced.
    const again = await synthesized();
    await plannedFrom(again, { stackName: 'Swapped' });
    again.dispose();
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: asset.key }));
    assert.equal((await Body?.transformToString('latin1'))?.slice(0, 2), 'PK');
  });

  it('looks up what an app asks for as the agent, for alice', async () => {
    const { cloudFormation } = clientsOf(computer.aws, computer.aws.world.alice);
    const Properties = { Name: '/shop/days', Type: 'String', Value: '9' };
    const TemplateBody = JSON.stringify({ Resources: { Days: { Type: 'AWS::SSM::Parameter', Properties } } });
    await cloudFormation.send(new CreateStackCommand({ StackName: 'settings', TemplateBody }));
    await waitUntilStackCreateComplete(
      { client: cloudFormation, maxWaitTime: 60, minDelay: 1 },
      { StackName: 'settings' },
    );
    writeAppFile(folder, 'app.mjs', LOOKING);
    const synthesis = await synthesized();
    synthesis.dispose();
    assert.match(
      synthesis.stacks.find(({ displayName }) => displayName === 'Shop')?.template.text ?? '',
      /"Default": 9/,
    );
    const [asked, ...others] = await computer.aws.control.records({ eventName: 'GetParameter' });
    assert.deepEqual(others, []);
    assert.match(JSON.stringify(asked), /no-wing-agent\/no-wing-copilot-.*"sourceIdentity":"alice"/);
  });

  it('says that an account is not bootstrapped, and leaves nothing there', async () => {
    const foreign = person.copilot;
    const synthesis = await synthesized();
    const stack = synthesis.stacks.find(({ displayName }) => displayName === 'Shop');
    assert.ok(stack);
    const source = await cdkSource(synthesis, { stack, app: 'shop', parameters: {} });
    const { region: _region, ...anywhere } = source;
    const elsewhere = anywhere.assets.map(asset => ({
      ...asset,
      bucket: asset.bucket.replace('us-east-1', 'eu-west-1'),
    }));
    await assert.rejects(
      plannedAs({ profileId: foreign.id, region: 'eu-west-1', source: { ...anywhere, assets: elsewhere } }),
      (error: unknown) => error instanceof UserError && error.code === 'cdk.notBootstrapped',
    );
    await assert.rejects(
      plannedAs({ region: 'eu-west-1', source }),
      (error: unknown) => error instanceof UserError && error.code === 'cdk.wrongPlace',
    );
    synthesis.dispose();
  });
});

/** What alice did herself to set the scene; she also opens the agent's sessions. */
const OF_ALICE = [
  'CreateBucket',
  'PutRolePolicy',
  'PutParameter',
  'GetObject',
  'ListAccountAliases',
  'ListObjectsV2',
];

async function everyCallIsTheAgents(): Promise<void> {
  const { world, control } = computer.aws;
  const records = (await control.records({})).filter(record =>
    /cloudformation|s3|sqs|iam|ssm/.test(String(record['eventSource'])),
  );
  const isAgents = (record: (typeof records)[number]): boolean =>
    JSON.stringify(record).includes(`${world.agentRole.roleName}/no-wing-copilot`);
  const byAgent = records.filter(isAgents);
  for (const name of ['CreateChangeSet', 'ExecuteChangeSet', 'CreateRole', 'DeleteStack']) {
    assert.ok(
      byAgent.some(record => record['eventName'] === name),
      name,
    );
  }
  for (const record of byAgent) assert.match(JSON.stringify(record), /"sourceIdentity":"alice"/);
  const others = records.filter(record => !isAgents(record)).map(record => String(record['eventName']));
  assert.deepEqual(
    others.filter(name => !OF_ALICE.includes(name)),
    [],
  );
}
