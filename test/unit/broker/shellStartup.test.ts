// Real shells, with a person's start-up files that export the person's own credentials.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { identityEnvironment } from '../../../src/broker/environment.ts';
import { shellFiles } from '../../../src/broker/shellFiles.ts';
import { type Shell, shellOf, shellStartup } from '../../../src/broker/shellStartup.ts';

const folder = mkdtempSync(join(tmpdir(), "it's a shell-"));
const home = join(folder, 'home');
const binFolder = join(folder, 'data', 'bin');
after(() => rmSync(folder, { recursive: true, force: true }));

const environment = identityEnvironment({
  profile: { kind: 'agent', name: 'copilot', region: 'eu-west-1' },
  clientId: 'client-01',
  credentialsUri: 'http://127.0.0.1:4000/v1/credentials',
  tokenFile: join(folder, "token $HOME `id` 'x'"),
  configFile: join(folder, 'config'),
  emptyFile: join(folder, 'empty'),
});

before(() => {
  const exported =
    'export AWS_ACCESS_KEY_ID=AKIAOFTHEUSER AWS_PROFILE=me AWS_CONFIG_FILE=/mine AWS_REGION=mars\n';
  const fish = exported.replace(
    /^export (.*)\n/,
    (_, all: string) => `${all.replaceAll(/(\w+)=(\S+) ?/g, 'set -gx $1 $2\n')}`,
  );
  mkdirSync(join(home, '.config', 'fish'), { recursive: true });
  mkdirSync(join(home, 'zsh'));
  for (const [name, text] of Object.entries({
    '.bashrc': `${exported}echo read .bashrc\n`,
    '.bash_profile': `${exported}echo read .bash_profile\n`,
    '.zshenv': `export AWS_SECRET_ACCESS_KEY=secret\nexport ZDOTDIR="${join(home, 'zsh')}"\n`,
    'zsh/.zshrc': `${exported}echo read .zshrc in $ZDOTDIR\n`,
    'zsh/.zlogin': `${exported}echo read .zlogin\n`,
    '.config/fish/config.fish': `${fish}echo read config.fish\nset -Ux AWS_SESSION_TOKEN universal\n`,
    integration: 'echo integration of the editor\n',
  }))
    writeFileSync(join(home, name), text);
});

interface Run {
  readonly login?: boolean;
  /** Lines that are typed at the prompt. */
  readonly typed?: readonly string[];
}

function run(
  shell: Shell,
  { login = false, typed = [] }: Run = {},
): { env: Record<string, string>; text: string } {
  const files = shellFiles(join(folder, 'data'));
  const startup = shellStartup(shell, {
    environment,
    folder: files.folder('client-01'),
    who: 'agent copilot',
    binFolder,
    integration: join(home, 'integration'),
    login,
  });
  files.write('client-01', startup);
  const env = { HOME: home, PATH: process.env['PATH'], TERM: 'dumb', AWS_VAULT: 'inherited', ...startup.env };
  const input = [...typed, 'env -0 > "$HOME/said"', 'exit', ''].join('\n');
  rmSync(join(home, 'said'), { force: true });
  // Through a pipe, because fish reads from no socket; bash takes its long options first.
  const piped = ['-c', 'cat | "$0" "$@"', shell, ...startup.args, '-i'];
  const { stdout, stderr } = spawnSync('sh', piped, { env, input, encoding: 'utf8', timeout: 20_000 });
  const said = readFileSync(join(home, 'said'), 'utf8')
    .split('\0')
    .map(entry => /^(\w+)=(.*)$/s.exec(entry));
  const found = said.filter(entry => entry !== null).map(([, name = '', text = '']) => [name, text]);
  return { env: Object.fromEntries(found), text: stdout + stderr };
}

/** The shell has this identity and none other, whatever else it has. */
function assertIdentity(env: Record<string, string>): void {
  const { AWS_REGION, AWS_DEFAULT_REGION, ...held } = environment;
  // As good as unset, where it cannot be: a universal variable of fish.
  for (const [name, text] of Object.entries(env)) if (text === '') delete env[name];
  assert.deepEqual(Object.fromEntries(Object.keys(held).map(name => [name, env[name] ?? null])), held);
}

const has = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some(place => existsSync(join(place, program)));

const PERSONS: readonly (readonly [Shell, string, string])[] = [
  ['bash', 'read .bashrc', 'read .bash_profile'],
  ['zsh', `read .zshrc in ${join(home, 'zsh')}`, 'read .zlogin'],
  ['fish', 'read config.fish', 'read config.fish'],
];

for (const [shell, own, ownOfLogin] of PERSONS)
  describe(shell, { skip: !has(shell) && `${shell} is not installed here` }, () => {
    it('reads the start-up file of the person, and what it exported does not win', () => {
      const { env, text } = run(shell);
      assert.match(text, new RegExp(own.replaceAll('.', '\\.')));
      assertIdentity(env);
      assert.equal(env['AWS_REGION'], 'eu-west-1');
      assert.match(
        text,
        /No Wing: taken out, so that this terminal acts as agent copilot:.*AWS_ACCESS_KEY_ID.*AWS_PROFILE/,
      );
    });

    it('the same as a login shell', () => {
      const { env, text } = run(shell, { login: true });
      assert.match(text, new RegExp(ownOfLogin.replaceAll('.', '\\.')));
      assertIdentity(env);
    });

    it('what a hook sets later is taken out at the next prompt, and a Region is the choice of the person', () => {
      const set = shell === 'fish' ? 'set -gx ' : 'export ';
      const is = shell === 'fish' ? ' ' : '=';
      const typed = [
        `${set}AWS_PROFILE${is}other`,
        `${set}AWS_CONFIG_FILE${is}/other`,
        `${set}AWS_REGION${is}sa-east-1`,
      ];
      // fish draws no prompt where there is no terminal; this is what it tells when it does.
      if (shell === 'fish') typed.push('emit fish_prompt');
      const { env } = run(shell, { typed });
      assertIdentity(env);
      assert.equal(env['AWS_REGION'], 'sa-east-1');
    });

    it('has the no-wing command first in its path, and the integration of the editor', () => {
      const { env, text } = run(shell);
      assert.equal(env['PATH']?.split(delimiter)[0], binFolder);
      // Around zsh's files the editor puts its own.
      if (shell !== 'zsh') assert.match(text, /integration of the editor/);
    });
  });

describe('zsh', { skip: !has('zsh') && 'zsh is not installed here' }, () => {
  it('leaves ZDOTDIR as the person has it, for the shells inside and for history', () => {
    for (const login of [false, true]) {
      const { env } = run('zsh', { login, typed: ['export HISTORY=$HISTFILE'] });
      assert.equal(env['ZDOTDIR'], join(home, 'zsh'));
    }
  });
});

describe('fish', { skip: !has('fish') && 'fish is not installed here' }, () => {
  it('hides a universal variable of the person, and does not erase it', () => {
    run('fish');
    const env = { HOME: home, PATH: process.env['PATH'] };
    const { stdout } = spawnSync('fish', ['--no-config', '-c', 'echo $AWS_SESSION_TOKEN'], {
      env,
      encoding: 'utf8',
    });
    const { stdout: after } = spawnSync('fish', ['-c', 'echo $AWS_SESSION_TOKEN'], { env, encoding: 'utf8' });
    assert.match(stdout + after, /universal/);
  });
});

it('knows a shell by its path', () => {
  for (const [path, shell] of [
    ['/bin/bash', 'bash'],
    ['/opt/homebrew/bin/fish', 'fish'],
    ['C:\\Program Files\\PowerShell\\7\\pwsh.exe', 'pwsh'],
    ['C:\\WINDOWS\\System32\\WindowsPowerShell\\v1.0\\powershell.exe', 'pwsh'],
    ['/usr/bin/nu', undefined],
    ['', undefined],
  ] as const)
    assert.equal(shellOf(path), shell, path);
});

it('PowerShell: each value is quoted, and no script file needs to be allowed', () => {
  const startup = shellStartup('pwsh', {
    environment: { AWS_PROFILE: null, NO_WING_CLIENT: "it's $(x)" },
    folder: "C:\\Users\\O'Neil",
    who: 'agent copilot',
    binFolder: 'C:\\bin',
    login: false,
  });
  assert.deepEqual(startup.args.slice(0, 2), ['-NoExit', '-Command']);
  assert.match(startup.args[2] ?? '', /-LiteralPath 'C:\\Users\\O''Neil/);
  assert.match(startup.files['pwsh'] ?? '', /\$env:NO_WING_CLIENT = 'it''s \$\(x\)'/);
});
