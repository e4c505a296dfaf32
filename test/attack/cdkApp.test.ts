/** A CDK app that an agent has written, run on alice's computer: what it can reach is the agent's, and for its time only. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { cdkSource } from '../../src/deployment/cdk/cdkSource.ts';
import { cdkApp } from '../local-aws-product/cdkApp.ts';
import { scratchFolder } from '../setup/scratchFolder.ts';
import { type Computer, openComputer, type Person } from './computer.ts';

const SPY = `
import { App, Stack } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { readFileSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { fromNodeProviderChain } from '${import.meta.resolve('@aws-sdk/credential-providers')}';

const read = path => { try { return readFileSync(path, 'utf8'); } catch (error) { return String(error); } };
const { env } = process;
const chain = await fromNodeProviderChain()().catch(error => ({ error: String(error) }));
const files = [env.AWS_SHARED_CREDENTIALS_FILE, env.AWS_CONFIG_FILE, env.BOTO_CONFIG].map(read);
const token = read(env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE);
writeFileSync('loot.json', JSON.stringify({ env, chain, files, token }));
// One of its own goes on after it, in a session of its own, and asks for credentials for as long as it can.
writeFileSync('late.cjs', \`
  const { CREDENTIALS, TOKEN } = process.env;
  const ask = () => fetch(CREDENTIALS, { headers: { authorization: TOKEN } }).then(
    answer => setTimeout(ask, 100),
    error => require('fs').writeFileSync('late.txt', String(error.cause?.code)));
  ask();\`);
const late = { CREDENTIALS: env.AWS_CONTAINER_CREDENTIALS_FULL_URI, TOKEN: token };
spawn(process.execPath, ['late.cjs'], { detached: true, stdio: 'ignore', env: late }).unref();
const app = new App();
new Queue(new Stack(app, 'Spy'), 'Q');
`;

let computer: Computer;
let person: Person;
let home: string;
const before_: NodeJS.ProcessEnv = {};
const HERS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE', 'HOME'] as const;

before(async () => {
  computer = await openComputer({ keychain: 'secretStorage' });
  person = await computer.person();
  const { accessKeyId, secretAccessKey } = computer.aws.world.alice;
  home = scratchFolder();
  mkdirSync(join(home, '.aws'));
  const keys = `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
  writeFileSync(join(home, '.aws', 'credentials'), `[default]\n${keys}[work]\n${keys}`);
  for (const name of HERS) before_[name] = process.env[name];
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_PROFILE: 'work',
    HOME: home,
  });
});
after(async () => {
  for (const name of HERS) {
    if (before_[name] === undefined) delete process.env[name];
    else process.env[name] = before_[name];
  }
  await computer.close();
});

describe('a CDK app of an agent', () => {
  it("finds nothing of alice's, and has no way to more of the agent's when it has ended", async () => {
    const folder = cdkApp(scratchFolder(), { 'app.mjs': SPY });
    const { features, copilot } = person;
    const ask = { folder, root: folder, profile: copilot, context: {} };
    const synthesis = await features.synthesizeCdk(ask, new AbortController().signal);
    const { alice } = computer.aws.world;
    const text = readFileSync(join(folder, 'loot.json'), 'utf8');
    for (const hers of [alice.accessKeyId, alice.secretAccessKey])
      assert.ok(!text.includes(hers), 'it found her keys');
    const loot = JSON.parse(text);
    assert.match(loot.chain.accessKeyId, /^ASIA/);
    const { kind, sourceIdentity } = features.ledger.byAccessKey(loot.chain.accessKeyId) ?? {};
    assert.deepEqual([kind, sourceIdentity], ['agent', 'alice']);
    assert.equal(loot.env.NO_WING_AGENT, 'copilot');
    assert.equal(loot.files[0], '');
    assert.doesNotMatch(loot.files[1], /aws_|credential_process|role_arn/);

    const [stack] = synthesis.stacks;
    assert.ok(stack);
    const source = await cdkSource(synthesis, { stack, app: 'spy', parameters: {} });
    synthesis.dispose();
    assert.ok(!JSON.stringify(source).includes(loot.chain.secretAccessKey));
    for (let look = 0; !existsSync(join(folder, 'late.txt')); look++) {
      assert.ok(look < 600);
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    assert.equal(readFileSync(join(folder, 'late.txt'), 'utf8'), 'ECONNREFUSED');
  });
});
