/** Terraform as it is, on alice's computer: projects in folders of hers, states in a bucket of the local AWS. */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type Approval, questionsOf } from '../../src/deployment/approval.ts';
import { type Deployment, isIn } from '../../src/deployment/deployment.ts';
import type { DeployRequest } from '../../src/deployment/engine.ts';
import type { TerraformPlan } from '../../src/deployment/plan.ts';
import type { BackendChoice } from '../../src/deployment/terraform/backendChoice.ts';
import { openGround } from '../../src/deployment/terraform/ground.ts';
import { readProject } from '../../src/deployment/terraform/project.ts';
import { type TerraformSource, unitName } from '../../src/deployment/terraform/terraformSource.ts';
import { type Computer, never, openComputer, type Person, say } from '../attack/computer.ts';

export interface TerraformScene {
  readonly computer: Computer;
  readonly person: Person;
  readonly bucket: string;
  /** A folder with these files: name → text. */
  project(name: string, files: Readonly<Record<string, string>>): string;
  /** @param ground what may be read; the folder alone when absent. */
  source(folder: string, changes?: Partial<TerraformSource>, ground?: string): Promise<TerraformSource>;
  request(source: TerraformSource, changes?: Partial<DeployRequest>): DeployRequest;
  plan(source: TerraformSource, changes?: Partial<DeployRequest>): Promise<Deployment>;
  /** Plans, says yes to all, and waits for the end. */
  deploy(source: TerraformSource, changes?: Partial<DeployRequest>): Promise<Deployment>;
  /** As if somebody else were at it. */
  lock(key: string, who: string): Promise<void>;
  /** The keys in the bucket of states. */
  keys(): Promise<string[]>;
  close(): Promise<void>;
}

export const BUCKET = 'acme-states';

export async function openTerraformScene(): Promise<TerraformScene> {
  const computer = await openComputer({ keychain: 'secretStorage' });
  const person = await computer.person();
  const s3 = aliceS3(computer);
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const backend: BackendChoice = { kind: 's3', bucket: BUCKET, region: computer.aws.world.region };
  const scene = { computer, person, bucket: BUCKET };
  const request: TerraformScene['request'] = (source, changes = {}) => ({
    profileId: person.copilot.id,
    stackName: unitName(source),
    operation: 'deploy',
    source,
    askedBy: { kind: 'user', name: 'alice', door: 'window' },
    ...changes,
  });
  const plan: TerraformScene['plan'] = (source, changes) =>
    person.features.deployments.plan(request(source, changes), never);
  return {
    ...scene,
    request,
    plan,
    project: (name, files) => writeFiles(join(computer.folder, name), files),
    source: async (folder, changes = {}, ground = folder) => ({
      engine: 'terraform',
      tenant: 'acme',
      project: 'shop',
      workspace: 'default',
      preferred: 'terraform',
      backend,
      folder,
      variables: {},
      runsPrograms: false,
      ...(await readProject(await openGround(ground), { folder, varFiles: [] })),
      ...changes,
    }),
    deploy: async (source, changes) => {
      const planned = await plan(source, changes);
      if (!isIn(planned, 'awaitingApproval')) return planned;
      return person.features.deployments.apply(planned.id, yes(planned), say);
    },
    lock: async (key, who) => {
      const info = {
        ID: '15535450',
        Operation: 'OperationTypeApply',
        Who: who,
        Created: '2026-11-22T08:00:00Z',
      };
      await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: JSON.stringify(info) }));
    },
    keys: async () => {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET }));
      return Contents.map(({ Key = '' }) => Key).sort();
    },
    close: async () => {
      s3.destroy();
      await computer.close();
    },
  };
}

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** A human's yes to the plan and to every question of the guardrails. */
export function yes(deployment: Deployment): Approval {
  const plan = planOf(deployment);
  return { planHash: plan.hash, approvedBy: 'alice', at: Date.now(), acknowledged: questionsOf(plan) };
}

export function planOf(deployment: Deployment): TerraformPlan {
  const { state } = deployment;
  const plan = 'plan' in state ? state.plan : undefined;
  if (plan?.engine === 'terraform') return plan;
  throw new Error(`There is no plan of Terraform: ${JSON.stringify(state).slice(0, 800)}`);
}

/** As a person would, in a terminal, for what a test compares with. Not synchronous: the local AWS is in this process. */
export async function byHand(folder: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  await promisify(execFile)('terraform', [...args], { cwd: folder, env });
}

function aliceS3({ aws }: Computer): S3Client {
  const { accessKeyId, secretAccessKey } = aws.world.alice;
  return new S3Client({
    region: aws.world.region,
    endpoint: aws.endpoint,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
}

/** `terraform_data` is all that there is without a download. */
export function resources(count: number, more = ''): string {
  return `resource "terraform_data" "item" {
  count = ${count}
  input = "value-\${count.index}"
  ${more}
}
`;
}
