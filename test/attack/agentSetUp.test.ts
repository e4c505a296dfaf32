/**
 * Setting up agent tools, when somebody wants a file of theirs written, a line of theirs in ours, or the user's keys for
 * the agent.
 */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { UserError } from '../../src/base/userError.ts';
import type { FileChange } from '../../src/broker/agents/agentSetUps.ts';
import { configText } from '../../src/broker/agents/toolEnvironment.ts';
import { Profile } from '../../src/identity/profile.ts';
import { cleanEnv } from '../setup/cleanEnv.ts';
import { agentProfile, type SetUpWorld, setUpWorld, tool } from '../unit/broker/agents/world.ts';

const TOOLS = ['claudeCode', 'codex', 'geminiCli'] as const;
const NAMES = {
  claudeCode: '.claude/settings.json',
  codex: '.codex/config.toml',
  geminiCli: '.gemini/.env',
} as const;
const COPILOT = agentProfile();

function must(change: FileChange | undefined): FileChange {
  assert.ok(change);
  return change;
}

function refused(work: () => unknown, code: string): UserError {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    assert.equal(error.code, code, error.message);
    return error;
  }
  return assert.fail('It was not refused.');
}

/** Every file below a folder, with its text. */
function filesOf(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const paths = names.map(name => join(folder, name)).filter(path => lstatSync(path).isFile());
  return Object.fromEntries(paths.map(path => [path, readFileSync(path, 'utf8')]));
}

describe("a tool's file that is not what it seems", () => {
  const cases: Readonly<Record<string, (world: SetUpWorld, path: string) => void>> = {
    'a folder': (_, path) => mkdirSync(path),
    'a pipe that nobody writes to': (_, path) => void execFileSync('mkfifo', [path]),
    'a device without an end': (_, path) => symlinkSync('/dev/zero', path),
    'a link to a folder': (world, path) => symlinkSync(world.home, path),
    'a link to nothing': (world, path) => symlinkSync(join(world.home, 'not-there'), path),
    'a link to itself': (_, path) => symlinkSync(path, path),
    'a giant': (_, path) => writeFileSync(path, ' '.repeat(5 * 1024 * 1024)),
  };
  for (const [what, make] of Object.entries(cases))
    it(`${what}: refused, and nothing is written`, () => {
      for (const id of TOOLS) {
        const world = setUpWorld();
        const path = join(world.home, NAMES[id]);
        mkdirSync(dirname(path));
        make(world, path);
        const before = filesOf(world.home);
        refused(() => world.setUps.plan(tool(id), COPILOT, []), 'agent.file');
        assert.equal(world.setUps.list().find(each => each.tool.id === id)?.state.state, 'unreadable');
        assert.deepEqual(filesOf(world.home), before);
        assert.deepEqual(filesOf(world.directory), {});
      }
    });

  it('a link that leads elsewhere once it was shown, to a file that says the same', () => {
    const world = setUpWorld();
    const [one, other] = [world.file('one', '{}'), world.file('other', '{}')];
    const link = join(world.home, NAMES.claudeCode);
    mkdirSync(dirname(link));
    symlinkSync(one, link);
    const change = must(world.setUps.plan(tool('claudeCode'), COPILOT, []));
    rmSync(link);
    symlinkSync(other, link);
    refused(() => change.apply(), 'agent.fileChanged');
    assert.deepEqual([readFileSync(one, 'utf8'), readFileSync(other, 'utf8')], ['{}', '{}']);
    assert.deepEqual(readdirSync(world.home).sort(), ['.claude', 'one', 'other']);
  });
});

describe('a hostile project', () => {
  it('is never written to, wherever its files lead', () => {
    const world = setUpWorld();
    const project = join(world.home, 'orders');
    const victim = world.file('victim', 'root:x:0:0\n');
    for (const name of [
      '.claude/settings.json',
      '.claude/settings.local.json',
      '.codex/config.toml',
      '.gemini/.env',
    ]) {
      mkdirSync(dirname(join(project, name)), { recursive: true });
      symlinkSync(victim, join(project, name));
    }
    for (const id of TOOLS) must(world.setUps.plan(tool(id), COPILOT, [project])).apply();
    for (const id of TOOLS) must(world.setUps.planUndo(tool(id))).apply();
    assert.equal(readFileSync(victim, 'utf8'), 'root:x:0:0\n');
    assert.ok(lstatSync(join(project, '.claude/settings.json')).isSymbolicLink());
  });

  it('cannot make anybody wait, or swallow what it holds', () => {
    const world = setUpWorld();
    const project = join(world.home, 'orders', '.claude');
    mkdirSync(project, { recursive: true });
    execFileSync('mkfifo', [join(project, 'settings.json')]);
    symlinkSync('/dev/zero', join(project, 'settings.local.json'));
    assert.deepEqual(must(world.setUps.plan(tool('claudeCode'), COPILOT, [dirname(project)])).warnings, []);
  });

  it('is told of by names that it cannot dress up', () => {
    const world = setUpWorld();
    const env = { AWS_PROFILE: 'admin', 'AWS_X\nAll is well.\u202e': '1', AWS_SECRET_ACCESS_KEY: 'not-told' };
    world.file('orders/.claude/settings.json', JSON.stringify({ env }));
    const { warnings } = must(world.setUps.plan(tool('claudeCode'), COPILOT, [join(world.home, 'orders')]));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /wins over it: it sets AWS_PROFILE, AWS_SECRET_ACCESS_KEY\.$/);
    assert.doesNotMatch(warnings.join(), /not-told|All is well/);
  });
});

describe('a hostile name', () => {
  const hostile = [
    'x"\ncredential_process = "/tmp/evil',
    "x'",
    'x\n[profile no-wing]',
    'x; rm -rf /',
    '$(id)',
    'x y',
    '',
    ' x',
    '../../etc',
    '\u202ex',
  ];
  for (const name of hostile)
    it(`${JSON.stringify(name)} is none of a profile, and goes into no file`, () => {
      assert.ok(v.parse(Profile, { ...COPILOT, name: 'copilot' }));
      const found = v.safeParse(Profile, { ...COPILOT, name });
      assert.ok(!found.success || found.output.name !== name);
      for (const profile of [
        agentProfile({ name }),
        agentProfile({ region: name }),
        agentProfile({ id: name }),
      ]) {
        const world = setUpWorld();
        for (const id of TOOLS) refused(() => world.setUps.plan(tool(id), profile, []), 'agent.name');
        refused(() => world.setUps.launchLine(['copilot'], profile), 'agent.name');
        refused(() => configText(profile, '/bin/no-wing'), 'agent.name');
        assert.deepEqual(filesOf(dirname(world.home)), {});
      }
    });

  for (const name of ['..', '.', '-x', '=', 'a,b+c=d@e'])
    it(`${name} is one, and leads nowhere else`, () => {
      const world = setUpWorld();
      must(world.setUps.plan(tool('codex'), agentProfile({ name }), [])).apply();
      const found = Object.keys(filesOf(world.directory)).map(path => path.slice(world.directory.length + 1));
      const own = ['config', 'empty', 'environment.sh'].map(file => `agents/copilot-id/${file}`);
      assert.deepEqual(found.sort(), ['agents/codex.json', ...own]);
    });

  for (const path of ['/a"b', '/a$HOME', '/a`id`', '/a #b', '/a ;b', '/a\nb', '/a\\b'])
    it(`a command at ${JSON.stringify(path)} is not written where SDKs read it differently`, () => {
      refused(() => configText(COPILOT, path, 'linux'), 'agent.path');
    });
});

describe('the record of what was changed', () => {
  it('leads to no other file than the one it is of', () => {
    const world = setUpWorld();
    must(world.setUps.plan(tool('claudeCode'), COPILOT, [])).apply();
    const record = join(world.directory, 'agents', 'claudeCode.json');
    const victim = world.file('victim', '{}');
    writeFileSync(
      record,
      readFileSync(record, 'utf8').replace(/"file": ".*"/, `"file": ${JSON.stringify(victim)}`),
    );
    assert.equal(world.setUps.planUndo(tool('claudeCode')), undefined);
    assert.equal(readFileSync(victim, 'utf8'), '{}');
  });

  it('is taken for none when it is not one', () => {
    const world = setUpWorld();
    must(world.setUps.plan(tool('codex'), COPILOT, [])).apply();
    const record = join(world.directory, 'agents', 'codex.json');
    for (const text of ['', '{}', '[]', '{"file":1}', 'null']) {
      writeFileSync(record, text);
      assert.equal(world.setUps.planUndo(tool('codex')), undefined);
    }
  });

  it('and our files are for this user alone', () => {
    const world = setUpWorld();
    must(world.setUps.plan(tool('codex'), COPILOT, [])).apply();
    for (const path of Object.keys(filesOf(world.directory))) {
      assert.equal(lstatSync(path).mode & 0o777, 0o600, path);
      assert.equal(lstatSync(dirname(path)).mode & 0o777, 0o700, path);
    }
  });
});

describe('when the command of No Wing does not answer, a call fails: the keys of the user are not taken', () => {
  let url: string;
  const calls: string[] = [];
  const server = createServer((request, response) => {
    calls.push(String(request.headers.authorization));
    response.writeHead(500).end();
  });
  before(async () => {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  });
  after(() => server.close());

  const world = setUpWorld();
  const keys = '[default]\naws_access_key_id=AKIAALICEALICEALICE1\naws_secret_access_key=alice\n';
  for (const name of ['.aws/credentials', '.aws/config']) world.file(name, keys);
  must(world.setUps.plan(tool('codex'), COPILOT, [])).apply();
  const found = must(world.setUps.planUndo(tool('codex')));
  const variables = tool('codex').way;
  assert.ok(variables.kind === 'file');
  const given = variables.format.read(found.file.text ?? '').variables;
  const users = {
    AWS_ACCESS_KEY_ID: 'AKIAALICEALICEALICE1',
    AWS_SECRET_ACCESS_KEY: 'alice',
    AWS_SESSION_TOKEN: 'alice',
    AWS_PROFILE: 'default',
  };
  const launcher = join(world.directory, 'bin', 'no-wing');
  const js = `const { STSClient, GetCallerIdentityCommand } = require('@aws-sdk/client-sts');
    new STSClient({ maxAttempts: 1 }).send(new GetCallerIdentityCommand({})).catch(e => { console.error(e.message); process.exit(3); });`;
  const programs: Readonly<Record<string, readonly [string, readonly string[]]>> = {
    'AWS CLI': ['aws', ['sts', 'get-caller-identity', '--no-paginate', '--cli-connect-timeout', '2']],
    'SDK for JavaScript': [process.execPath, ['-e', js]],
  };
  const answers = {
    'is not there': undefined,
    refuses: 'echo no >&2; exit 1',
    'says nonsense': 'echo nonsense',
  };

  for (const [name, [program, args]] of Object.entries(programs))
    for (const [what, script] of Object.entries(answers))
      it(`${name}, and it ${what}`, async () => {
        rmSync(launcher, { force: true });
        mkdirSync(dirname(launcher), { recursive: true });
        if (script !== undefined) writeFileSync(launcher, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
        const env = { ...cleanEnv({ HOME: world.home }), ...users, AWS_ENDPOINT_URL: url, ...given };
        const pyenv = process.env['PYENV_ROOT'] ?? join(process.env['HOME'] ?? '', '.pyenv');
        const run = promisify(execFile)(program, [...args], {
          env: { ...env, PYENV_ROOT: pyenv },
          cwd: join(import.meta.dirname, '..', '..'),
        });
        const error = await run.then(
          ({ stdout }) => assert.fail(`It went through: ${stdout}`),
          (reason: unknown) => reason,
        );
        assert.match(
          String(Reflect.get(Object(error), 'stderr')),
          /credential|No such file|Expecting value|no\b/i,
        );
        assert.deepEqual(calls, [], 'AWS was not asked as anybody');
      });
});
