import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { isCancelled } from '../../../../src/base/cancellation.ts';
import { UserError } from '../../../../src/base/userError.ts';
import type { Client } from '../../../../src/broker/client.ts';
import type { PrivateBroker } from '../../../../src/broker/privateBroker.ts';
import { cdkSource } from '../../../../src/deployment/cdk/cdkSource.ts';
import {
  type Synthesis,
  type SynthesisTools,
  synthesize,
} from '../../../../src/deployment/cdk/synthesize.ts';
import { filesOf, unpacked } from './assemblies.ts';

/** A command line that does what the test says instead of running an app. */
const CLI = 'node_modules/aws-cdk/bin/cdk';
const copies = (from: string): string => `
  const output = process.argv[process.argv.indexOf('--output') + 1];
  require('node:fs').cpSync(${JSON.stringify(from)}, output, { recursive: true });
  require('node:fs').writeFileSync('seen.json', JSON.stringify({ argv: process.argv.slice(2), env: process.env, cwd: process.cwd() }));`;

interface Scene {
  readonly folder: string;
  readonly directory: string;
  readonly ended: string[];
  run(signal?: AbortSignal, changes?: Partial<SynthesisTools>): Promise<Synthesis>;
  left(): string[];
}

function scene(script: string, env: NodeJS.ProcessEnv = {}): Scene {
  const folder = unpacked({
    'cdk.json': '{}',
    [CLI]: script,
    'node_modules/aws-cdk/package.json': { version: '2.1148.1' },
  });
  const directory = unpacked({});
  const ended: string[] = [];
  return {
    folder,
    directory,
    ended,
    run: (signal = new AbortController().signal, changes = {}) =>
      synthesize(
        {
          directory,
          env: { PATH: dirname(process.execPath) + delimiter, ...env },
          platform: process.platform,
          endpointUrl: undefined,
          openBroker: async () => broker(ended),
          ...changes,
        },
        { folder, root: folder, profile: PROFILE, context: { stage: 'dev' } },
        signal,
      ),
    left: () => (existsSync(join(directory, 'cdk')) ? readdirSync(join(directory, 'cdk')) : []),
  };
}

const PROFILE = {
  id: 'p-agent',
  kind: 'agent',
  name: 'copilot',
  region: 'eu-west-1',
  environment: 'dev',
  source: { type: 'keys', accessKeyId: 'AKIA' },
  verified: { accountId: '111122223333', arn: 'arn', at: 0 },
} as const;

function broker(ended: string[]): PrivateBroker {
  const client: Client = {
    id: 'c1',
    name: 'exec',
    use: 'commandLine',
    kind: 'agent',
    profileId: 'p-agent',
    scopes: [],
    createdAt: 0,
    expiresAt: 0,
    tokenFile: '/tokens/c1',
  };
  return {
    client,
    credentialsUri: 'http://127.0.0.1:1/v1/credentials',
    tokenFile: '/tokens/c1',
    dispose: () => void ended.push('broker'),
  };
}

const refusal = (code: string, message: RegExp) => (error: unknown) =>
  error instanceof UserError && error.code === code && message.test(error.message);

describe('the synthesis of an app', () => {
  it('runs its own command line as the agent, and keeps what it made for this user alone', async () => {
    const { run, folder, ended, left } = scene(copies(unpacked(filesOf('2.276.0'))), {
      HOME: '/home/alice',
      AWS_ACCESS_KEY_ID: 'AKIAALICE',
      AWS_SECRET_ACCESS_KEY: 'hers',
      AWS_PROFILE: 'alice',
      VSCODE_IPC_HOOK: '/run/hook',
      NODE_ENV: 'test',
    });
    const synthesis = await run();
    assert.equal(synthesis.tool, 'CDK 2.1148.1');
    assert.equal(synthesis.stacks.length, 6);
    const seen = JSON.parse(readFileSync(join(folder, 'seen.json'), 'utf8'));
    assert.equal(seen.cwd, folder);
    assert.deepEqual(seen.argv.slice(0, 1), ['synth']);
    assert.deepEqual(seen.argv.slice(-2), ['--context', 'stage=dev']);
    assert.doesNotMatch(JSON.stringify(seen.env), /AKIAALICE|hers|"alice"|VSCODE/);
    assert.equal(seen.env.AWS_CONTAINER_CREDENTIALS_FULL_URI, 'http://127.0.0.1:1/v1/credentials');
    assert.equal(seen.env.AWS_REGION, 'eu-west-1');
    assert.equal(seen.env.NO_WING_AGENT, 'copilot');
    assert.equal(seen.env.CDK_DISABLE_CLI_TELEMETRY, 'true');
    assert.equal(readFileSync(seen.env.AWS_SHARED_CREDENTIALS_FILE, 'utf8'), '');
    assert.deepEqual(ended, ['broker']);
    if (process.platform !== 'win32') assert.equal(statSync(dirname(synthesis.assembly)).mode & 0o777, 0o700);
    synthesis.dispose();
    assert.deepEqual(left(), []);
  });

  it('gives a source that has all of what is planned, and knows where the files are as long as they are there', async () => {
    const synthesis = await scene(copies(unpacked(filesOf('2.276.0')))).run();
    const chosen = synthesis.stacks.find(({ displayName }) => displayName === 'Shop');
    assert.ok(chosen);
    const source = await cdkSource(synthesis, { stack: chosen, app: 'shop', parameters: { Size: '3' } });
    assert.equal(source.tool, 'CDK 2.1148.1, assembly 55.0.0');
    assert.deepEqual(source.stack.parameters, { Size: '3' });
    assert.deepEqual(source.stack.tags, { team: 'orders' });
    assert.match(source.assets[0]?.sha256 ?? '', /^[0-9a-f]{64}$/);
    assert.equal(source.assembly, synthesis.assembly);
    synthesis.dispose();
  });

  const bad: [string, string, string, RegExp][] = [
    [
      'a broken app in JavaScript',
      "console.error('/app.js:1\\nthrow new Error(1)\\n\\nError: no such table\\n    at file:///app.js:1:7\\n\\nNode.js v24\\nnode app.mjs: Subprocess exited with error 1'); process.exit(1)",
      'cdk.failed',
      /could not be synthesized: Error: no such table\.$/,
    ],
    [
      'a broken app in Python',
      'console.error(\'Traceback (most recent call last):\\n  File "errors.py", line 3\\n    raise\\nValueError: no such table\\npython3 app.py: Subprocess exited with error 1\'); process.exit(1)',
      'cdk.failed',
      /could not be synthesized: ValueError: no such table\.$/,
    ],
    [
      'an app that finds itself wrong',
      "console.error('[Warning at /A] w\\n[Error at /Bad] no queue\\nFound errors'); process.exit(1)",
      'cdk.failed',
      /synthesized: \[Error at \/Bad\] no queue Found errors\.$/,
    ],
    ['an app that says nothing', 'process.exit(3)', 'cdk.failed', /could not be synthesized/],
    [
      'an app that says a secret',
      "console.error('Error: aws_secret_access_key=wJalrXUtnFEMI'); process.exit(1)",
      'cdk.failed',
      /^(?!.*wJalr).*\[secret\]/,
    ],
    [
      'an app that draws on the terminal',
      "console.error('Error: \\u001b[31mred\\u001b[0m\\u0007 \\u001b]0;title\\u0007'); process.exit(1)",
      'cdk.failed',
      /Error: red/,
    ],
    ['an app that makes nothing', '', 'cdk.noAssembly', /left no cloud assembly/],
    ['an app that is killed', "process.kill(process.pid, 'SIGKILL')", 'cdk.failed', /./],
  ];
  for (const [name, script, code, message] of bad) {
    it(`of ${name} is told, and nothing is left`, async () => {
      const { run, left, ended } = scene(script);
      await assert.rejects(run(), refusal(code, message));
      assert.deepEqual([left(), ended], [[], ['broker']]);
    });
  }

  it('of an app that never ends is ended', async () => {
    const { run, left } = scene('setInterval(() => 0, 1000)');
    await assert.rejects(
      run(undefined, { timeoutMs: 500 }),
      refusal('cdk.timedOut', /did not come to an end/),
    );
    assert.deepEqual(left(), []);
  });

  it('ends with a cancel', async () => {
    const { run, left, ended } = scene('setInterval(() => 0, 1000)');
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 300);
    await assert.rejects(run(controller.signal), (error: unknown) => isCancelled(error));
    assert.deepEqual([left(), ended], [[], ['broker']]);
  });

  it('removes what a killed window has left, and nothing of a living one', async () => {
    const { run, directory, left } = scene('process.exit(1)');
    const gone = 2 ** 22 + 7;
    for (const name of [`${gone}-abc`, `${process.ppid}-def`])
      mkdirSync(join(directory, 'cdk', name), { recursive: true });
    await assert.rejects(run());
    assert.deepEqual(left(), [`${process.ppid}-def`]);
  });
});
