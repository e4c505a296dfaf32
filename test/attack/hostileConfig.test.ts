/** `~/.aws`, the forms and the workspace's name, written by somebody who wants more than they may have. */
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Secret } from '../../src/base/secret.ts';
import { endpointFrom } from '../../src/identity/awsEndpoint.ts';
import { createAccountAlias } from '../../src/identity/iamApi.ts';
import { newShortId, sessionMarks } from '../../src/identity/marks.ts';
import type { Credentials } from '../../src/identity/session.ts';
import { createSessions } from '../../src/identity/sessions.ts';
import { createLoadSharedConfig } from '../../src/identity/sharedConfigApi.ts';
import { createStsApi } from '../../src/identity/stsApi.ts';
import { stackRequest } from '../unit/deployment/requests.ts';
import { ALICE, COPILOT, sessionWorld } from '../unit/identity/world.ts';
import {
  agentDraft,
  type Computer,
  callsOf,
  newDirectory,
  openComputer,
  refused,
  userDraft,
} from './computer.ts';

let computer: Computer;
let config: string;

before(async () => {
  computer = await openComputer({ keychain: 'secretStorage' });
  config = join(computer.folder, 'config');
  writeFileSync(config, '');
  process.env['AWS_CONFIG_FILE'] = config;
  process.env['AWS_SHARED_CREDENTIALS_FILE'] = join(computer.folder, 'none');
});
after(() => computer.close());

const KEYS: Credentials = {
  accessKeyId: 'AKIAALICEALICEALICE1',
  secretAccessKey: new Secret('wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'),
};

/** Where someone else listens, instead of AWS. */
async function listening(answer = ''): Promise<{ url: string; heard: string[]; server: Server }> {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(String(request.headers['authorization']));
    response.end(answer);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, heard, server };
}

describe('a hostile ~/.aws', () => {
  it("leads the agent's profile to the keys of the user: refused, and only asked who they are", async () => {
    const { world } = computer.aws;
    const user = `aws_access_key_id=${world.alice.accessKeyId}\naws_secret_access_key=${world.alice.secretAccessKey}\n`;
    const role = `[profile agent]\nrole_arn=${world.prodRole.arn}\nsource_profile=alice\n`;
    writeFileSync(config, `[profile alice]\n${user}${role}`);
    const features = computer.window(newDirectory(computer.folder));
    const source = { type: 'sharedConfig', profile: 'agent' } as const;
    const { id } = await features.profiles.add({ ...agentDraft(computer.aws, ''), source });
    const { credentials } = await features.sessions.get({ profileId: id, purpose: 'before' });
    assert.notEqual(credentials.accessKeyId, world.alice.accessKeyId);

    writeFileSync(config, `[profile alice]\n${user}[profile agent]\n${user}`);
    const before = (await callsOf(computer, world.alice.accessKeyId)).length;
    await refused(features.sessions.get({ profileId: id, purpose: 'terminal' }), 'identity.changed');
    const text = 'Resources: { Q: { Type: AWS::SQS::Queue } }';
    const request = stackRequest({ profileId: id, stackName: 'changed', text });
    await refused(features.deployments.plan(request, new AbortController().signal), 'identity.changed');
    const calls = (await callsOf(computer, world.alice.accessKeyId)).slice(before);
    assert.deepEqual([...new Set(calls)], ['GetCallerIdentity']);
  });

  it("names somebody else as the session: the agent's acts are still put down to whom AWS saw", async t => {
    const world = sessionWorld();
    t.after(() => world.dispose());
    const arn = 'arn:aws:sts::111122223333:assumed-role/Admin/';
    const source = { type: 'sharedConfig', profile: 'admin' } as const;
    world.profiles.set(ALICE.id, { ...ALICE, source, verified: { ...ALICE.verified, arn: `${arn}alice` } });
    world.sts.callerIdentity = async () => ({ accountId: '111122223333', arn: `${arn}bob` });
    const session = await createSessions(world.input).get({ profileId: COPILOT.id, purpose: 'terminal' });
    assert.equal(session.marks?.sourceIdentity, 'alice');
  });

  it('names an endpoint of its own: nothing is sent there', async t => {
    const { url, heard, server } = await listening();
    t.after(() => server.close());
    const misleading = join(computer.folder, 'misleading');
    writeFileSync(misleading, `[default]\nendpoint_url = ${url}\n`);
    // A file that the SDK has not read before: it remembers those it has.
    process.env['AWS_CONFIG_FILE'] = misleading;
    t.after(() => {
      process.env['AWS_CONFIG_FILE'] = config;
    });
    const nowhere = 'zz-nowhere-1';
    const sts = createStsApi(endpointFrom(() => '', {}));
    await assert.rejects(sts.callerIdentity(KEYS, nowhere));
    await assert.rejects(createAccountAlias(endpointFrom(() => '', {}))(KEYS, nowhere));
    assert.deepEqual(heard, []);
    await assert.rejects(createStsApi(endpointFrom(() => url, {})).callerIdentity(KEYS, nowhere));
    assert.ok(heard.length > 0, 'the setting of the person counts');
  });

  const SECTIONS = [
    '__proto__',
    'constructor',
    'toString',
    '$(touch owned)',
    '`touch owned`',
    '; touch owned',
  ];
  for (const section of SECTIONS) {
    it(`has a section [${section}]: no credentials, nothing run, nothing polluted`, async () => {
      writeFileSync(
        config,
        `[profile ${section}]\naws_access_key_id\n\n[${section}]\nregion = x\npolluted = yes\n`,
      );
      await assert.rejects(createLoadSharedConfig(endpointFrom(() => ''))(section));
      assert.equal(Reflect.get({}, 'polluted'), undefined);
      assert.ok(!existsSync('owned'));
    });
  }

  it('has a credential process that never ends: it is not waited for', async () => {
    writeFileSync(config, '[profile slow]\ncredential_process = sleep 5\n');
    const load = createLoadSharedConfig(
      endpointFrom(() => ''),
      300,
    );
    const error = await refused(load('slow'), 'identity.sharedConfigTimedOut');
    assert.match(error.message, /profile slow .* within 0\.3 s/);
  });

  it('has a credential process that prints a secret while it fails: no person is shown it', async () => {
    const printed = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
    writeFileSync(config, `[profile talks]\ncredential_process = sh -c 'echo ${printed} >&2; exit 1'\n`);
    const features = computer.window(newDirectory(computer.folder));
    const source = { type: 'sharedConfig', profile: 'talks' } as const;
    const error = await refused(
      features.profiles.add({ ...userDraft(computer.aws), source }),
      'identity.sharedConfig',
    );
    assert.ok(!`${error.message} ${error.hint}`.includes(printed));
  });
});

describe('a profile that cannot be one is refused before AWS is asked, and not kept', () => {
  const CASES: Readonly<Record<string, Parameters<typeof agentDraft>[2]>> = {
    'a session policy that is no JSON': { sessionPolicy: '{"Version":' },
    'a session policy that is null': { sessionPolicy: 'null' },
    'a session policy without a statement': { sessionPolicy: '{"Version":"2012-10-17"}' },
    'a session policy that is a list': { sessionPolicy: '[{"Effect":"Allow","Action":"*","Resource":"*"}]' },
    'an external id that ends its text': { externalId: '"},"x":{"y":"z' },
    'an external id of two lines': { externalId: 'no-wing\nStatement' },
    'an external id of one character': { externalId: 'x' },
    'a role of two lines': { roleArn: 'arn:aws:iam::111122223333:role/x\n// evil' },
    'a role with a link': { roleArn: 'arn:aws:iam::111122223333:role/x y](command:evil)' },
    'a session of a week': { durationSeconds: 604_800 },
  };
  for (const [what, changes] of Object.entries(CASES)) {
    it(what, async () => {
      const features = computer.window(newDirectory(computer.folder));
      const before = await computer.aws.control.requests();
      await refused(features.profiles.add(agentDraft(computer.aws, 'p-alice', changes)), 'identity.draft');
      assert.deepEqual(await computer.aws.control.requests(), before);
      assert.deepEqual(features.profiles.list(), []);
    });
  }

  for (const [field, value] of Object.entries({
    name: '[x](command:y)',
    id: '../../etc',
    region: 'eu west',
  })) {
    it(`the ${field} ${value}`, async () => {
      const features = computer.window(newDirectory(computer.folder));
      await refused(features.profiles.add(userDraft(computer.aws, { [field]: value })), 'identity.draft');
    });
  }
});

describe('the workspace is named so that the agent could not sign in', () => {
  const NAMES = {
    'half a character after the cut': `${'a'.repeat(255)}𝒜`,
    'control characters and markup': '\u0000<b>\n[x](command:y)\u202e',
    'nothing but what is not allowed': '🔥🔥🔥',
    'far too long': 'ワ'.repeat(5000),
  };
  for (const [what, workspace] of Object.entries(NAMES)) {
    it(what, async () => {
      const { alice, agentRole, region } = computer.aws.world;
      const sts = createStsApi(endpointFrom(() => computer.aws.endpoint));
      const human = alice.arn;
      const mark = { agent: 'copilot', human, purpose: 'terminal', workspace, shortId: newShortId() };
      const request = { roleArn: agentRole.arn, externalId: agentRole.externalId, durationSeconds: 900 };
      const keys = { accessKeyId: alice.accessKeyId, secretAccessKey: new Secret(alice.secretAccessKey) };
      await sts.assumeRole(keys, region, { ...request, ...sessionMarks(mark) });
    });
  }
});

describe('somebody answers for AWS', () => {
  it('with an account alias that is a link: it is not taken', async t => {
    const alias = '[acme](command:evil)';
    const xml = `<ListAccountAliasesResponse><ListAccountAliasesResult><AccountAliases><member>${alias}</member></AccountAliases></ListAccountAliasesResult></ListAccountAliasesResponse>`;
    const { url, server } = await listening(xml);
    t.after(() => server.close());
    await assert.rejects(createAccountAlias(endpointFrom(() => url))(KEYS, 'eu-west-1'));
  });

  const ANSWERS = {
    'another role': { arn: 'arn:aws:sts::111122223333:assumed-role/admin/x', code: 'identity.otherRole' },
    'another account': {
      arn: 'arn:aws:sts::444455556666:assumed-role/agent/x',
      code: 'identity.otherAccount',
    },
    'a user': { arn: 'arn:aws:iam::111122223333:user/alice', code: 'identity.otherRole' },
    'no ARN at all': { arn: '', code: 'identity.otherRole' },
  };
  for (const [what, { arn, code }] of Object.entries(ANSWERS)) {
    it(`with a session of ${what}: it is not handed out`, async t => {
      const world = sessionWorld();
      t.after(() => world.dispose());
      const { assumeRole } = world.sts;
      world.sts.assumeRole = async (...call) => ({ ...(await assumeRole(...call)), arn });
      const sessions = createSessions(world.input);
      await refused(sessions.get({ profileId: COPILOT.id, purpose: 'terminal' }), code);
      assert.equal(sessions.peek(COPILOT.id), undefined);
    });
  }
});
