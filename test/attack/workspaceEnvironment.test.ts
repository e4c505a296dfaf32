/**
 * Programs that nobody changed, in an environment that everything around the agent has filled with the user's own
 * credentials: variables, ~/.aws, start-up files. With the identity's environment over it they act as the agent or fail.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Client } from '../../src/broker/client.ts';
import { applied, type Environment, emptied, identityEnvironment } from '../../src/broker/environment.ts';
import { identityFiles } from '../../src/broker/identityFiles.ts';
import { shellFiles } from '../../src/broker/shellFiles.ts';
import { shellStartup } from '../../src/broker/shellStartup.ts';
import { repoRoot } from '../setup/places.ts';
import { agentClient, serving } from './brokerRequests.ts';
import { type Computer, openComputer, type Person } from './computer.ts';

let computer: Computer;
let person: Person;
let client: Client;
let environment: Environment;

before(async () => {
  computer = await openComputer({ keychain: 'secretStorage' });
  person = await computer.person();
  const port = await serving(person.features);
  client = await agentClient(person);
  environment = environmentOf(`http://127.0.0.1:${port}/v1/credentials`);
});
after(() => computer.close());

function environmentOf(credentialsUri: string): Environment {
  const { id, tokenFile = '' } = client;
  const files = identityFiles(person.directory);
  return identityEnvironment({ profile: person.copilot, clientId: id, credentialsUri, tokenFile, ...files });
}

/** Where the user's credentials are wherever a program looks for some. */
function surroundings(): Record<string, string> {
  const { accessKeyId, secretAccessKey } = computer.aws.world.alice;
  const home = join(computer.folder, 'home');
  mkdirSync(join(home, '.aws'), { recursive: true });
  const keys = `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
  writeFileSync(join(home, '.aws', 'credentials'), `[default]\n${keys}[no-wing]\n${keys}`);
  writeFileSync(join(home, '.boto'), `[Credentials]\n${keys}`);
  const exported = `export AWS_ACCESS_KEY_ID=${accessKeyId}\nexport AWS_SECRET_ACCESS_KEY=${secretAccessKey}\n`;
  writeFileSync(join(home, '.bashrc'), exported);
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    AWS_ENDPOINT_URL: computer.aws.endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_PROFILE: 'default',
    AWS_CREDENTIAL_FILE: join(home, '.boto'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, '.aws', 'credentials'),
  };
}

const sdk = JSON.stringify(join(repoRoot, 'node_modules', '@aws-sdk', 'client-sts'));
const IN_NODE = `const { STSClient, GetCallerIdentityCommand } = require(${sdk});
new STSClient({}).send(new GetCallerIdentityCommand({})).then(({ Arn }) => console.log(Arn))`;
const PROGRAMS: readonly (readonly [string, string, readonly string[]])[] = [
  ['the AWS CLI', 'aws', ['sts', 'get-caller-identity', '--query', 'Arn', '--output', 'text']],
  ['boto3', 'python3', ['-c', 'import boto3; print(boto3.client("sts").get_caller_identity()["Arn"])']],
  ['the SDK for JavaScript', 'node', ['-e', IN_NODE]],
];

interface Said {
  readonly code: number | null;
  readonly text: string;
}

function run(
  program: string,
  args: readonly string[],
  env: Record<string, string>,
  input = '',
): Promise<Said> {
  const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', part => (text += String(part)));
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => resolve({ code, text }));
  });
}

const isHere = (program: string): boolean =>
  spawnSync(program, program === 'python3' ? ['-c', 'import boto3'] : ['--version']).status === 0;
const AGENT = /assumed-role\/no-wing-agent\/no-wing-copilot-/;

for (const [name, program, args] of PROGRAMS)
  describe(name, { skip: !isHere(program) && `${program} is not installed here` }, () => {
    it('acts as the agent where variables can be unset', async () => {
      const { text } = await run(program, args, applied(surroundings(), environment));
      assert.match(text, AGENT);
    });

    it('acts as the agent where variables can only be set', async () => {
      const { text } = await run(program, args, { ...surroundings(), ...emptied(environment) });
      assert.match(text, AGENT);
    });

    it('acts as nobody when the broker is gone', async () => {
      const gone = environmentOf('http://127.0.0.1:9/v1/credentials');
      for (const env of [applied(surroundings(), gone), { ...surroundings(), ...emptied(gone) }]) {
        const { text } = await run(program, args, { ...env, AWS_METADATA_SERVICE_NUM_ATTEMPTS: '1' });
        assert.doesNotMatch(text, /arn:aws/);
      }
    });
  });

it('without the identity’s environment they act as the user: the surroundings are what they are meant to be', async () => {
  const { text } = await run('node', ['-e', IN_NODE], { ...surroundings(), AWS_REGION: 'us-east-1' });
  assert.match(text, /user\/alice/);
});

it('a shell whose start-up file exports the user’s keys acts as the agent', async () => {
  const files = shellFiles(person.directory);
  const startup = shellStartup('bash', {
    environment,
    folder: files.folder(client.id),
    who: 'agent copilot',
    binFolder: '/nowhere',
    login: false,
  });
  files.write(client.id, startup);
  const script = join(computer.folder, 'who.cjs');
  writeFileSync(script, IN_NODE);
  const { text } = await run('bash', [...startup.args, '-i'], surroundings(), `node '${script}'\nexit\n`);
  assert.match(text, AGENT);
  assert.doesNotMatch(text, /user\/alice/);
});
