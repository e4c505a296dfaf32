// Terraform through No Wing beside the same commands by hand, in the same run: what the agent's identity, the snapshot,
// the guardrails and the exactly-once order cost on top.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isIn } from '../../src/deployment/deployment.ts';
import {
  byHand,
  openTerraformScene,
  resources,
  type TerraformScene,
} from '../local-aws-product/terraformScene.ts';
import { type Bench, median, type Row } from './harness/row.ts';

export const bench: Bench = {
  names: ['terraform'],
  needs: ['moto'],
  async run() {
    const scene = await openTerraformScene();
    try {
      return [await measure(scene)];
    } finally {
      await scene.close();
    }
  },
};

const ROUNDS = 7;

async function measure(scene: TerraformScene): Promise<Row> {
  const ours: number[] = [];
  const hand: number[] = [];
  // The first of each loads what is loaded once.
  for (let round = 0; round <= ROUNDS; round++) {
    const [alone, through] = [await handed(scene, round), await deployed(scene, round)];
    if (round > 0) hand.push(alone);
    if (round > 0) ours.push(through);
  }
  const [value, referenceValue] = [median(ours), median(hand)];
  return {
    name: 'terraform',
    value,
    unit: 'ms',
    reference: 'init, plan, apply by hand',
    referenceValue,
    ratio: value / referenceValue,
    target: { of: 'difference', atMost: 300 },
  };
}

async function deployed(scene: TerraformScene, round: number): Promise<number> {
  const folder = scene.project(`ours-${round}`, { 'main.tf': resources(5) });
  const began = performance.now();
  const end = await scene.deploy(await scene.source(folder, { project: `ours-${round}` }));
  const took = performance.now() - began;
  if (!isIn(end, 'succeeded')) throw new Error(`Not deployed: ${JSON.stringify(end.state)}`);
  return took;
}

/** With alice's own keys, in her folder, with the same backend. */
async function handed(scene: TerraformScene, round: number): Promise<number> {
  const { aws } = scene.computer;
  const folder = scene.project(`hand-${round}`, { 'main.tf': resources(5) });
  const { accessKeyId, secretAccessKey } = aws.world.alice;
  const backend = {
    bucket: scene.bucket,
    region: aws.world.region,
    key: `hand-${round}`,
    use_lockfile: true,
    use_path_style: true,
  };
  writeFileSync(join(folder, 'backend.tf.json'), JSON.stringify({ terraform: { backend: { s3: backend } } }));
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    CHECKPOINT_DISABLE: '1',
    TF_IN_AUTOMATION: '1',
  };
  const began = performance.now();
  await byHand(folder, ['init', '-input=false', '-no-color'], env);
  await byHand(folder, ['plan', '-input=false', '-no-color', '-out=plan'], env);
  await byHand(folder, ['apply', '-input=false', '-no-color', 'plan'], env);
  return performance.now() - began;
}
