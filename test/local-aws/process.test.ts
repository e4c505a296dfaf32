import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { startLocalAws, type World } from './index.ts';
import { until } from './testClients.ts';

const run = promisify(execFile);

interface Started {
  readonly child: ChildProcess;
  readonly endpoint: string;
  readonly world: World;
}

async function standalone(): Promise<Started> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('main.ts', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) return { child, ...JSON.parse(line) };
  throw new Error('It said nothing');
}

/** The moto processes that descend from one of ours. */
async function motosUnder(pid: number): Promise<number[]> {
  const { stdout } = await run('ps', ['-eo', 'pid=,ppid=,args=']);
  const rows = stdout.split('\n').map(line => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []);
  const children = (of: number): number[] =>
    rows.filter(row => Number(row[2]) === of).flatMap(row => [Number(row[1]), ...children(Number(row[1]))]);
  const below = children(pid);
  return rows
    .filter(row => below.includes(Number(row[1])) && /moto_server/.test(row[3] ?? ''))
    .map(row => Number(row[1]));
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('on its own', () => {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    it(`it runs until ${signal}, and takes moto with it`, async () => {
      const { child, endpoint, world } = await standalone();
      const { region, alice: credentials } = world;
      const { Arn } = await new STSClient({ endpoint, region, credentials }).send(
        new GetCallerIdentityCommand({}),
      );
      assert.equal(Arn, world.alice.arn);
      const motos = await motosUnder(child.pid ?? 0);
      assert(motos.length > 0);
      const exit = once(child, 'exit');
      child.kill(signal);
      const [code] = await exit;
      if (signal === 'SIGTERM') assert.equal(code, 0);
      await until(async () => (motos.some(isAlive) ? undefined : true));
    });
  }
});

describe('the AWS CLI', () => {
  it('works with it', async () => {
    const aws = await startLocalAws();
    const env = {
      ...process.env,
      AWS_ACCESS_KEY_ID: aws.world.alice.accessKeyId,
      AWS_SECRET_ACCESS_KEY: aws.world.alice.secretAccessKey,
      AWS_ENDPOINT_URL: aws.endpoint,
      AWS_DEFAULT_REGION: aws.world.region,
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    };
    const cli = async (...words: string[]) => (await run('aws', words, { env })).stdout;
    try {
      assert.match(await cli('sts', 'get-caller-identity'), /user\/alice/);
      await cli('s3', 'mb', 's3://cli-bucket');
      assert.match(await cli('s3api', 'list-buckets'), /cli-bucket/);
      await assert.rejects(
        cli('cloudformation', 'describe-stacks', '--stack-name', 'none'),
        /ValidationError.*Stack with id none does not exist/s,
      );
    } finally {
      await aws.close();
    }
  });
});

describe('starting', () => {
  it('says why it cannot', async () => {
    await assert.rejects(startLocalAws({ moto: 'no-such-moto' }), /no-such-moto did not start: .*ENOENT/);
  });
});
