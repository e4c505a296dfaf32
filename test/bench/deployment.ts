// A whole deployment of a stack of twenty resources, from the plan to the last event, beside `aws cloudformation deploy`
// of the same template at the same local AWS. A person's yes is not part of it.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '../../src/base/clock.ts';
import { deployed, openScene, type Scene } from '../local-aws-product/deploymentScene.ts';
import { type Bench, median, type Row } from './harness/row.ts';

export const bench: Bench = {
  names: ['deployment'],
  needs: ['moto'],
  async run() {
    // The product's own pace.
    const pace = { clock: systemClock, pollMs: 1500, firstMs: 200 };
    const scene = await openScene({ stackStepMs: 100, pace });
    const folder = mkdtempSync(join(tmpdir(), 'no-wing-bench-deployment-'));
    try {
      return [await measure(scene, folder)];
    } finally {
      rmSync(folder, { recursive: true, force: true });
      await scene.close();
    }
  },
};

const RUNS = 3;
const TEMPLATE = `Resources:\n${Array.from({ length: 20 }, (_, i) => `  T${i}: { Type: AWS::SNS::Topic }`).join('\n')}\n`;

async function measure(scene: Scene, folder: string): Promise<Row> {
  const template = join(folder, 'twenty.yaml');
  writeFileSync(template, TEMPLATE);
  const window = scene.window('bench');
  const [own, aws]: [number[], number[]] = [[], []];
  for (let run = 0; run < RUNS; run++) {
    own.push(
      await timed(async () => succeeded((await deployed(window, `own-${run}`, TEMPLATE)).state.status)),
    );
    aws.push(await timed(() => deployWithCli(scene, template, `aws-${run}`)));
  }
  return {
    name: 'deployment',
    value: median(own),
    unit: 'ms',
    reference: 'aws cloudformation deploy',
    referenceValue: median(aws),
    ratio: median(own) / median(aws),
    target: { of: 'ratio', atMost: 1.1 },
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

function succeeded(status: string): void {
  if (status !== 'succeeded') throw new Error(`The deployment ended as ${status}`);
}

async function deployWithCli({ aws }: Scene, template: string, stack: string): Promise<void> {
  const { accessKeyId, secretAccessKey } = aws.world.alice;
  await promisify(execFile)(
    'aws',
    ['cloudformation', 'deploy', '--template-file', template, '--stack-name', stack],
    {
      env: {
        PATH: process.env['PATH'],
        HOME: tmpdir(),
        AWS_ENDPOINT_URL: aws.endpoint,
        AWS_REGION: aws.world.region,
        AWS_DEFAULT_REGION: aws.world.region,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
      },
    },
  );
}
