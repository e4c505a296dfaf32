import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { UserError } from '../../../../src/base/userError.ts';
import type { FileChange } from '../../../../src/broker/agents/agentSetUps.ts';
import { toolFiles } from '../../../../src/broker/agents/toolEnvironment.ts';
import { agentProfile, type SetUpWorld, setUpWorld, tool } from './world.ts';

const COPILOT = agentProfile();
const CLAUDE = agentProfile({ id: 'claude-id', name: 'claude' });

const FILES = {
  claudeCode: [
    '.claude/settings.json',
    '{\n  // mine\n  "model": "opus",\n  "env": {\n    "AWS_PROFILE": "work"\n  }\n}\n',
  ],
  codex: ['.codex/config.toml', 'model = "gpt-5" # mine\n\n[shell_environment_policy]\ninherit = "all"\n'],
  geminiCli: ['.gemini/.env', 'GEMINI_API_KEY=x\nAWS_PROFILE=work\n'],
} as const;
const ids = Object.keys(FILES) as (keyof typeof FILES)[];

function must(change: FileChange | undefined): FileChange {
  assert.ok(change, 'nothing to change');
  return change;
}

function stateOf({ setUps }: SetUpWorld, id: string): unknown {
  return setUps.list().find(each => each.tool.id === id)?.state;
}

function refused(work: () => unknown, code: string, text: RegExp): void {
  assert.throws(work, error => {
    assert.ok(error instanceof UserError);
    assert.equal(error.code, code);
    assert.match(`${error.message} ${error.hint}`, text);
    return true;
  });
}

for (const id of ids)
  describe(`${tool(id).name} is set up`, () => {
    const [name, text] = FILES[id];

    it('as it is shown, and taken back to the byte', () => {
      const world = setUpWorld();
      const path = world.file(name, text, 0o640);
      const change = must(world.setUps.plan(tool(id), COPILOT, []));
      assert.equal(change.file.path, path);
      assert.equal(readFileSync(path, 'utf8'), text, 'a plan writes nothing');
      change.apply();
      assert.equal(readFileSync(path, 'utf8'), change.after);
      assert.equal(statSync(path).mode & 0o777, 0o640);
      assert.deepEqual(stateOf(world, id), { state: 'setUp', agent: 'copilot' });
      assert.equal(world.setUps.plan(tool(id), COPILOT, []), undefined, 'twice changes nothing');
      must(world.setUps.planUndo(tool(id))).apply();
      assert.equal(readFileSync(path, 'utf8'), text);
      assert.deepEqual(stateOf(world, id), { state: 'none' });
      assert.equal(world.setUps.planUndo(tool(id)), undefined);
    });

    it('in a file that was not there, which goes again', () => {
      const world = setUpWorld();
      const change = must(world.setUps.plan(tool(id), COPILOT, []));
      assert.equal(change.file.text, undefined);
      change.apply();
      assert.equal(statSync(join(world.home, name)).mode & 0o777, 0o600);
      const undo = must(world.setUps.planUndo(tool(id)));
      assert.equal(undo.after, undefined);
      undo.apply();
      assert.ok(!existsSync(join(world.home, name)));
    });

    it('for another agent, and back to what was before both', () => {
      const world = setUpWorld();
      const path = world.file(name, text);
      must(world.setUps.plan(tool(id), COPILOT, [])).apply();
      must(world.setUps.plan(tool(id), CLAUDE, [])).apply();
      assert.deepEqual(stateOf(world, id), { state: 'setUp', agent: 'claude' });
      must(world.setUps.planUndo(tool(id))).apply();
      assert.equal(readFileSync(path, 'utf8'), text);
    });

    it('for another agent in vain, and back to what was before the first', () => {
      const world = setUpWorld();
      const path = world.file(name, text);
      must(world.setUps.plan(tool(id), COPILOT, [])).apply();
      const change = must(world.setUps.plan(tool(id), CLAUDE, []));
      writeFileSync(path, `${change.file.text}\n`);
      refused(() => change.apply(), 'agent.fileChanged', /meanwhile/);
      assert.deepEqual(stateOf(world, id), { state: 'setUp', agent: 'copilot' });
      must(world.setUps.planUndo(tool(id))).apply();
      assert.equal(readFileSync(path, 'utf8'), `${text}\n`);
    });

    it('through a link, which stays one', () => {
      const world = setUpWorld();
      const real = world.file('dotfiles/settings', text);
      mkdirSync(join(world.home, name, '..'), { recursive: true });
      symlinkSync(real, join(world.home, name));
      const change = must(world.setUps.plan(tool(id), COPILOT, []));
      assert.equal(change.file.target, real);
      change.apply();
      assert.ok(lstatSync(join(world.home, name)).isSymbolicLink());
      assert.equal(readFileSync(real, 'utf8'), change.after);
    });

    it('not when it was changed since it was shown', () => {
      const world = setUpWorld();
      const path = world.file(name, text);
      const change = must(world.setUps.plan(tool(id), COPILOT, []));
      writeFileSync(path, `${text}\n`);
      refused(() => change.apply(), 'agent.fileChanged', /was changed meanwhile/);
      assert.equal(readFileSync(path, 'utf8'), `${text}\n`);
      assert.deepEqual(stateOf(world, id), { state: 'none' });
    });
  });

describe('what a person changes after it', () => {
  it('is said, and stays when it is taken back', () => {
    const world = setUpWorld();
    const path = world.file('.claude/settings.json', '{}\n');
    must(world.setUps.plan(tool('claudeCode'), COPILOT, [])).apply();
    const theirs = readFileSync(path, 'utf8')
      .replace('"AWS_REGION": "eu-west-1"', '"AWS_REGION": "us-east-1"')
      .replace('{', '{\n  "model": "opus",');
    writeFileSync(path, theirs);
    assert.deepEqual(stateOf(world, 'claudeCode'), {
      state: 'changed',
      agent: 'copilot',
      names: ['AWS_REGION'],
    });
    must(world.setUps.planUndo(tool('claudeCode'))).apply();
    const left = JSON.parse(readFileSync(path, 'utf8'));
    assert.deepEqual(left, { model: 'opus', env: { AWS_REGION: 'us-east-1' } });
  });
});

describe('nothing is set up', () => {
  const plan =
    (world: SetUpWorld, id = 'claudeCode', profile = COPILOT) =>
    () =>
      world.setUps.plan(tool(id), profile, []);

  it('to act as the user', () =>
    refused(
      plan(setUpWorld(), 'claudeCode', agentProfile({ kind: 'user', name: 'alice' })),
      'agent.notAnAgent',
      /user alice/,
    ));

  it('to act in production', () =>
    refused(
      plan(setUpWorld(), 'codex', agentProfile({ environment: 'prod' })),
      'agent.production',
      /for production/,
    ));

  it('in a file that does not parse: the file and the line are named', () => {
    const world = setUpWorld();
    const path = world.file('.claude/settings.json', '{\n  "env": {\n    "A" 1\n  }\n}\n');
    refused(plan(world), 'agent.unreadable', /settings\.json, line 3: it is not JSON/);
    assert.match(readFileSync(path, 'utf8'), /"A" 1/);
    assert.equal(Reflect.get(Object(stateOf(world, 'claudeCode')), 'state'), 'unreadable');
  });

  it('in a file that is not text', () => {
    const world = setUpWorld();
    writeFileSync(world.file('.codex/config.toml', ''), Buffer.from([0x61, 0xff, 0xfe]));
    refused(plan(world, 'codex'), 'agent.file', /is not text in UTF-8/);
  });

  it('in a file that holds AWS keys in plain text', () => {
    const world = setUpWorld();
    const env = { AWS_ACCESS_KEY_ID: 'AKIA1', AWS_SECRET_ACCESS_KEY: 'not-told' };
    world.file('.claude/settings.json', JSON.stringify({ env }));
    refused(plan(world), 'agent.holdsSecret', /AWS_SECRET_ACCESS_KEY/);
    assert.throws(plan(world), error => !String(error).includes('not-told'));
  });

  it('in a Codex file that takes it out again', () => {
    const cases = [
      ['include_only = ["PATH", "aws_*"]', /NO_WING_AGENT.*include_only/s],
      ['[shell_environment_policy.filters]\nPATH = "include"', /AWS_PROFILE.*filters/s],
    ] as const;
    for (const [text, told] of cases) {
      const world = setUpWorld();
      world.file('.codex/config.toml', `[shell_environment_policy]\n${text}\n`);
      refused(plan(world, 'codex'), 'agent.obstacle', told);
    }
    const world = setUpWorld();
    world.file(
      '.codex/config.toml',
      '[shell_environment_policy]\ninclude_only = ["PATH", "aws_*", "No_Wing_*", "BOTO_CONFI?"]\n',
    );
    assert.ok(plan(world, 'codex')());
  });
});

describe('what wins over it is said', () => {
  const warnings = (id: string, files: Readonly<Record<string, string>>): readonly string[] => {
    const world = setUpWorld();
    for (const [name, text] of Object.entries(files)) world.file(name, text);
    return must(world.setUps.plan(tool(id), COPILOT, [join(world.home, 'orders', 'api')])).warnings.map(
      text => text.replaceAll(world.home, '~'),
    );
  };
  const cases: readonly (readonly [
    string,
    Readonly<Record<string, string>>,
    readonly (string | RegExp)[],
  ])[] = [
    ['claudeCode', {}, []],
    ['claudeCode', { 'orders/api/.claude/settings.json': '{"env":{"FOO":"1"}}' }, []],
    [
      'claudeCode',
      { 'orders/api/.claude/settings.local.json': '{"env":{"AWS_PROFILE":"admin"}}' },
      ['~/orders/api/.claude/settings.local.json wins over it: it sets AWS_PROFILE.'],
    ],
    ['claudeCode', { 'orders/api/.claude/settings.json': 'no' }, [/settings\.json wins over it/]],
    [
      'codex',
      { 'orders/api/.codex/config.toml': '[shell_environment_policy.set]\nAWS_CONFIG_FILE = "/x"\n' },
      [/config\.toml wins over it: it sets AWS_CONFIG_FILE/],
    ],
    ['geminiCli', { 'orders/.env': 'PORT=1\n' }, ['~/orders/.env is read instead of it, as a whole.']],
    ['geminiCli', { '.env': 'PORT=1\n' }, []],
    [
      'codex',
      { '.bash_profile': 'export AWS_PROFILE=admin\n' },
      [/^~\/\.bash_profile sets AWS_PROFILE: .* fail/],
    ],
    [
      'codex',
      { '.zshrc': 'x() {\n  AWS_ACCESS_KEY_ID=A\n}\n' },
      [/^~\/\.zshrc sets AWS_ACCESS_KEY_ID: .* acts as you/],
    ],
    ['codex', { '.bashrc': '# export AWS_PROFILE=x\nexport AWS_PAGER=\n' }, []],
    ['claudeCode', { '.bashrc': 'export AWS_ACCESS_KEY_ID=A\n' }, []],
    [
      'claudeCode',
      {
        '.bashrc': 'export AWS_ACCESS_KEY_ID=A\n',
        '.claude/settings.json': '{"env":{"CLAUDE_ENV_FILE":"/mine"}}',
      },
      [/acts as you/],
    ],
  ];
  for (const [id, files, told] of cases)
    it(`${id}: ${Object.keys(files)[0] ?? 'nothing'} → ${told.length}`, () => {
      const found = warnings(id, files);
      assert.equal(found.length, told.length, found.join('\n'));
      for (const [index, text] of told.entries())
        if (typeof text === 'string') assert.equal(found[index], text);
        else assert.match(found[index] ?? '', text);
    });
});

describe('the script that Claude Code reads after the start files of the shell', () => {
  it('leaves nothing of what they exported', () => {
    const world = setUpWorld();
    must(world.setUps.plan(tool('claudeCode'), COPILOT, [])).apply();
    const { env } = JSON.parse(readFileSync(join(world.home, '.claude/settings.json'), 'utf8'));
    const started = {
      AWS_ACCESS_KEY_ID: 'A',
      AWS_SECRET_ACCESS_KEY: 'B',
      AWS_PROFILE: 'admin',
      AWS_CONFIG_FILE: '/x',
    };
    const script = `. '${env.CLAUDE_ENV_FILE}'; env`;
    const found = execFileSync('/bin/sh', ['-c', script], { env: { ...env, ...started }, encoding: 'utf8' });
    const aws = found.split('\n').filter(line => /^AWS_(?!EC2|SDK|REGION|DEFAULT_REGION)/.test(line));
    const { configFile, emptyFile } = toolFiles(world.directory, COPILOT);
    assert.deepEqual(aws.sort(), [
      `AWS_CONFIG_FILE=${configFile}`,
      `AWS_CREDENTIAL_FILE=${emptyFile}`,
      'AWS_DEFAULT_PROFILE=no-wing',
      'AWS_PROFILE=no-wing',
      `AWS_SHARED_CREDENTIALS_FILE=${emptyFile}`,
    ]);
  });

  it('is not put in the place of one that the person has', () => {
    const world = setUpWorld();
    const path = world.file('.claude/settings.json', '{ "env": { "CLAUDE_ENV_FILE": "/mine" } }');
    must(world.setUps.plan(tool('claudeCode'), COPILOT, [])).apply();
    assert.equal(JSON.parse(readFileSync(path, 'utf8')).env.CLAUDE_ENV_FILE, '/mine');
  });
});

describe('where a tool keeps its file', () => {
  const cases = [
    ['claudeCode', 'CLAUDE_CONFIG_DIR', 'settings.json'],
    ['codex', 'CODEX_HOME', 'config.toml'],
    ['geminiCli', 'GEMINI_CLI_HOME', '.gemini/.env'],
  ] as const;
  for (const [id, variable, name] of cases)
    it(variable, () => {
      const world = setUpWorld({ [variable]: '/elsewhere/x' });
      assert.equal(world.setUps.list().find(each => each.tool.id === id)?.file, join('/elsewhere/x', name));
    });
});

describe('a tool is found', () => {
  const installed = (world: SetUpWorld): string[] =>
    world.setUps.list().flatMap(each => (each.installed ? [each.tool.id] : []));

  it('by a command, or by its folder', () => {
    const commands = setUpWorld();
    commands.file('bin/copilot', '', 0o755);
    assert.deepEqual(installed(commands), []);
    const world = setUpWorld({ PATH: `/nowhere:${join(commands.home, 'bin')}` });
    world.file('.codex/auth.json', '{}');
    assert.deepEqual(installed(world), ['codex', 'copilotCli']);
  });
});

describe('the line that starts a tool', () => {
  it('is one that a shell reads as it is meant', () => {
    const { setUps, directory } = setUpWorld();
    const line = (name: string): string => setUps.launchLine(['copilot'], agentProfile({ name }));
    assert.equal(line('copilot'), `'${directory}/bin/no-wing' exec --as copilot -- copilot`);
    assert.equal(line('-x=y'), `'${directory}/bin/no-wing' exec --as=-x=y -- copilot`);
    refused(
      () => setUps.launchLine(['x'], agentProfile({ environment: 'prod' })),
      'agent.production',
      /production/,
    );
  });
});
