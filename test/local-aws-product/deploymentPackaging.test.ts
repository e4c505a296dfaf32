import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { type Deployment, isIn } from '../../src/deployment/deployment.ts';
import { clientsOf } from '../local-aws/testClients.ts';
import { stackRequest } from '../unit/deployment/requests.ts';
import { approvalOf, never, openScene, type Scene, type Window } from './deploymentScene.ts';

let scene: Scene;
let window: Window;
let folder: string;
let bucket: string;

before(async () => {
  scene = await openScene();
  window = scene.window('w1');
  folder = mkdtempSync(join(tmpdir(), 'no-wing-packaging-'));
  mkdirSync(join(folder, 'infra'));
  writeFileSync(join(folder, 'infra', 'queue.yaml'), INNER);
  const { world } = scene.aws;
  bucket = `no-wing-assets-${world.dev.accountId}-${world.region}`;
});
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await scene.close();
});

const INNER = 'Resources: { Queue: { Type: AWS::SQS::Queue } }';
const nesting = (path: string): string =>
  `Resources:\n  Nested:\n    Type: AWS::CloudFormation::Stack\n    Properties: { TemplateURL: ${path} }\n`;

const s3 = () => clientsOf(scene.aws, scene.aws.world.alice).s3;

const plan = (stackName: string, text: string, name = 'infra/web.yaml'): Promise<Deployment> =>
  window.deployments.plan(
    { ...stackRequest({ profileId: 'copilot', stackName, text, name }), folder },
    never,
  );

const apply = (planned: Deployment): Promise<Deployment> =>
  window.deployments.apply(planned.id, approvalOf(planned), window.say);

async function objects(): Promise<string[]> {
  const { Contents = [] } = await s3().send(new ListObjectsV2Command({ Bucket: bucket }));
  return Contents.flatMap(({ Key }) => Key ?? []);
}

describe('local files of a template', () => {
  it('cannot be published without a bucket: it is said which one', async () => {
    await assert.rejects(plan('web', nesting('queue.yaml')), (error: unknown) => {
      assert.ok(error instanceof Error && 'code' in error && error.code === 'assets.noBucket', String(error));
      return error.message.includes(bucket);
    });
    await s3().send(new CreateBucketCommand({ Bucket: bucket }));
  });

  it('go to the bucket by their content, once, and the stack is made from there', async () => {
    const first = await plan('web', nesting('./queue.yaml'));
    assert.ok(isIn(first, 'awaitingApproval'), JSON.stringify(first.state));
    assert.deepEqual(
      first.state.plan.changes.map(({ address }) => address),
      ['Nested', 'Nested/Queue'],
    );
    const kept = window.deployments.source(first.id);
    assert.ok(kept?.engine === 'cloudformation');
    assert.match(
      kept.template.text,
      new RegExp(`https://${bucket}\\.s3\\.us-east-1\\.amazonaws\\.com/[0-9a-f]{64}\\.template`),
    );
    assert.equal((await apply(first)).state.status, 'succeeded');
    assert.equal((await plan('web', nesting('./queue.yaml'))).state.status, 'noChanges');
    assert.equal((await objects()).length, 1);
  });

  it('that somebody replaces after the yes are not deployed', async () => {
    writeFileSync(join(folder, 'infra', 'other.yaml'), INNER.replace('Queue:', 'Other:'));
    const planned = await plan('replaced', nesting('other.yaml'));
    assert.ok(isIn(planned, 'awaitingApproval') && 'assets' in planned.state.plan);
    const [asset] = planned.state.plan.assets ?? [];
    await s3().send(new PutObjectCommand({ Bucket: bucket, Key: asset?.key ?? '', Body: 'something else' }));
    await assert.rejects(apply(planned), { code: 'assets.gone' });
    assert.equal(window.deployments.get(planned.id)?.state.status, 'failed');
  });

  it('outside of the workspace are not published, also not through a link', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'no-wing-outside-'));
    writeFileSync(join(outside, 'secret.yaml'), INNER);
    symlinkSync(join(outside, 'secret.yaml'), join(folder, 'infra', 'link.yaml'));
    const before = await objects();
    for (const path of ['link.yaml', '../../secret.yaml', join(outside, 'secret.yaml')])
      await assert.rejects(plan('outside', nesting(path)), (error: unknown) => {
        assert.ok(error instanceof Error && 'code' in error, String(error));
        return ['assets.outside', 'assets.missing'].includes(String(error.code));
      });
    assert.deepEqual(await objects(), before);
    rmSync(outside, { recursive: true });
  });

  it('that nest in a circle are refused', async () => {
    writeFileSync(join(folder, 'infra', 'circle.yaml'), nesting('circle.yaml'));
    await assert.rejects(plan('circle', nesting('circle.yaml')), { code: 'assets.nesting' });
  });
});

describe('a large template', () => {
  it('of more than 51,200 bytes goes by way of the bucket', async () => {
    const text = `# ${'x'.repeat(60_000)}\n${INNER}`;
    const end = await apply(await plan('large', text, 'large.yaml'));
    assert.equal(end.state.status, 'succeeded');
    const [record] = await scene.aws.control.records({ eventName: 'PutObject' });
    assert.match(JSON.stringify(record), /"sourceIdentity":"alice"/);
  });

  it('of 1 MB and 500 resources is planned', async () => {
    const rows = Array.from(
      { length: 500 },
      (_, i) => `  T${i}: { Type: AWS::SNS::Topic, Metadata: { Note: "${'n'.repeat(2000)}" } }`,
    );
    const planned = await plan('huge', `Resources:\n${rows.join('\n')}\n`, 'huge.yaml');
    assert.ok(isIn(planned, 'awaitingApproval'), JSON.stringify(planned.state).slice(0, 300));
    assert.equal(planned.state.plan.changes.length, 500);
  });
});
