import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeCaches } from '../../../../src/broker/doctor/caches.ts';
import { judgeLooseKeys } from '../../../../src/broker/doctor/looseKeys.ts';
import { plainKeys } from '../../../../src/broker/doctor/plainKeys.ts';
import { judgeEnvironment } from '../../../../src/broker/doctor/processEnvironment.ts';
import { keysOf, masked, withoutKeys } from '../../../../src/broker/doctor/sharedFile.ts';
import { judgeSharedFiles } from '../../../../src/broker/doctor/sharedFiles.ts';
import { judgeStartupFiles } from '../../../../src/broker/doctor/startupFiles.ts';
import { file, KEY, SECRET, short, whose } from './found.ts';

const ID = `aws_access_key_id = ${KEY}`;
const SECRET_LINE = `aws_secret_access_key = ${SECRET}`;

describe('shared AWS files', () => {
  const cases: readonly [name: string, text: string, expected: string[], mode?: number][] = [
    ['a key', `[work]\n${ID}\n${SECRET_LINE}\n`, ['high sharedFiles.key:/c:work @/c:2']],
    [
      'a default key is one finding',
      `[default]\n${ID}\n${SECRET_LINE}\n`,
      ['high sharedFiles.key:/c:default @/c:2'],
    ],
    [
      'a session',
      `[work]\n${ID}\n${SECRET_LINE}\naws_session_token=x\n`,
      ['medium sharedFiles.key:/c:work @/c:2'],
    ],
    [
      'upper case and spaces',
      `[ profile  work ]\nAWS_Access_Key_Id=${KEY}\n  aws_secret_access_key=${SECRET}\n`,
      [],
    ],
    ['an id alone', `[work]\n${ID}\n`, []],
    ['a commented key', `[work]\n#${ID}\n;${SECRET_LINE}\n`, []],
    [
      'a default profile of SSO',
      '[default]\nsso_session = acme\n[sso-session acme]\nsso_start_url=https://x\n',
      ['medium sharedFiles.default:/c @/c:1'],
    ],
    [
      'a default profile of ours',
      '[default]\ncredential_process = /opt/no-wing credentials --agent copilot\n',
      [],
    ],
    [
      'a process that is only named like ours',
      '[default]\ncredential_process = no-wing-stealer x\n',
      ['medium sharedFiles.default:/c @/c:1'],
    ],
    ['a default with a Region only', '[default]\nregion = eu-west-1\n', []],
    [
      'a key that others may read',
      `[a]\n${ID}\n${SECRET_LINE}\n`,
      ['high sharedFiles.key:/c:a @/c:2', 'high sharedFiles.mode:/c @/c'],
      0o644,
    ],
    ['others may read what holds no key', '[a]\nregion=x\n', [], 0o644],
    ['Windows line ends', `[a]\r\n${ID}\r\n${SECRET_LINE}\r\n`, ['high sharedFiles.key:/c:a @/c:2']],
  ];
  for (const [name, text, expected, mode] of cases) {
    it(name, () => {
      const { findings } = judgeSharedFiles({ files: [file('/c', text, mode)], whose, platform: 'linux' });
      assert.deepEqual(findings.map(short), expected);
      assert.ok(!JSON.stringify(findings).includes(SECRET));
      assert.ok(!JSON.stringify(findings).includes(KEY), 'the id is shown by its last four characters');
    });
  }

  it('takes keys out, and nothing else', () => {
    const text = `# mine\n[a]\nregion=x\n${ID}\n${SECRET_LINE}\n[b]\n${ID}\n${SECRET_LINE}\n`;
    assert.equal(withoutKeys(text, 'a'), `# mine\n[a]\nregion=x\n[b]\n${ID}\n${SECRET_LINE}\n`);
    assert.equal(keysOf(text, 'b')?.secretAccessKey.reveal(), SECRET);
    assert.equal(keysOf(withoutKeys(text, 'a'), 'a'), undefined);
    assert.ok(!masked(text).includes(SECRET) && !masked(text).includes(KEY));
    assert.equal(masked(text).split('\n').length, text.split('\n').length);
  });
});

describe('keys by their shape', () => {
  const cases: readonly [name: string, text: string, lines: number[]][] = [
    ['in an .env file', `A=1\nAWS_ACCESS_KEY_ID=${KEY}\nAWS_SECRET_ACCESS_KEY="${SECRET}"`, [2]],
    ['in JSON', `{"env":{"id":"${KEY}","secret":"${SECRET}"}}`, [1]],
    ['as s3fs has it', `${KEY}:${SECRET}`, [1]],
    ['an id without a secret', KEY, []],
    ['a secret without an id', SECRET, []],
    ['far apart', `${KEY}${'\n'.repeat(9)}${SECRET}`, []],
    ["AWS's example", `AKIAIOSFODNN7EXAMPLE\n${SECRET}`, []],
    ['a SHA-1', `${KEY}\nda39a3ee5e6b4b0d3255bfef95601890afd80709`, []],
    ['part of a longer word', `X${KEY}\n${SECRET}`, []],
    ['twice the same', `${KEY}\n${SECRET}\n${KEY}`, [1]],
  ];
  for (const [name, text, lines] of cases) {
    it(name, () =>
      assert.deepEqual(
        plainKeys(text).map(({ line }) => line),
        lines,
      ),
    );
  }

  it('is quick on hostile text', () => {
    const began = performance.now();
    plainKeys(`${'AKIA'.repeat(60_000)}\n${'aA1'.repeat(80_000)}`);
    assert.ok(performance.now() - began < 500);
  });

  it('is told with where and what to do', () => {
    const { findings } = judgeLooseKeys({
      files: [file('/w/.env', `${KEY}\n${SECRET}`)],
      whose,
      where: 'workspace',
    });
    assert.deepEqual(findings.map(short), ['high looseKeys:/w/.env:AKIA…7WML @/w/.env:1']);
  });
});

describe('start-up files', () => {
  const cases: readonly [name: string, path: string, text: string, expected: string[]][] = [
    [
      'export',
      '/h/.bashrc',
      `x\nexport AWS_ACCESS_KEY_ID=${KEY}\nexport AWS_SECRET_ACCESS_KEY=${SECRET}`,
      ['high startup.key:/h/.bashrc @/h/.bashrc:2'],
    ],
    [
      'both in one line',
      '/h/.zshrc',
      `export AWS_ACCESS_KEY_ID='${KEY}' AWS_SECRET_ACCESS_KEY='x y'`,
      ['high startup.key:/h/.zshrc @/h/.zshrc:1'],
    ],
    [
      'out of a command',
      '/h/.zshrc',
      'export AWS_SECRET_ACCESS_KEY=$(pass aws)',
      ['high startup.key:/h/.zshrc @/h/.zshrc:1'],
    ],
    [
      'a profile',
      '/h/.zshenv',
      'export AWS_PROFILE=admin',
      ['medium startup.AWS_PROFILE:/h/.zshenv @/h/.zshenv:1'],
    ],
    [
      'another file',
      '/h/.profile',
      'true && export AWS_CONFIG_FILE=~/x',
      ['high startup.AWS_CONFIG_FILE:/h/.profile @/h/.profile:1'],
    ],
    [
      'exported later',
      '/h/.bashrc',
      'AWS_PROFILE=a\nexport AWS_PROFILE',
      ['medium startup.AWS_PROFILE:/h/.bashrc @/h/.bashrc:1'],
    ],
    [
      'fish',
      '/h/.config/fish/config.fish',
      'set -gx AWS_PROFILE admin',
      ['medium startup.AWS_PROFILE:/h/.config/fish/config.fish @/h/.config/fish/config.fish:1'],
    ],
    [
      'systemd',
      '/h/.config/environment.d/aws.conf',
      'AWS_PROFILE=admin',
      ['medium startup.AWS_PROFILE:/h/.config/environment.d/aws.conf @/h/.config/environment.d/aws.conf:1'],
    ],
    [
      'declare -x',
      '/h/.bashrc',
      'declare -x AWS_PROFILE=a',
      ['medium startup.AWS_PROFILE:/h/.bashrc @/h/.bashrc:1'],
    ],
    ['a comment', '/h/.bashrc', '  # not any more; export AWS_PROFILE=admin', []],
    ['taken out', '/h/.bashrc', 'unset AWS_PROFILE; export AWS_PROFILE=', []],
    ['for one command', '/h/.bashrc', "alias p='AWS_PROFILE=prod aws'", []],
    ['not exported', '/h/.bashrc', 'AWS_PROFILE=a', []],
    ['harmless', '/h/.bashrc', 'export AWS_PAGER= AWS_REGION=eu-west-1', []],
  ];
  for (const [name, path, text, expected] of cases) {
    it(name, () => {
      const { findings } = judgeStartupFiles({ files: [file(path, text)], whose });
      assert.deepEqual(findings.map(short), expected);
      assert.ok(!JSON.stringify(findings).includes(SECRET));
    });
  }
});

describe('the environment', () => {
  const cases: readonly [name: string, env: NodeJS.ProcessEnv, expected: string[]][] = [
    ['keys', { AWS_ACCESS_KEY_ID: KEY, AWS_SECRET_ACCESS_KEY: SECRET }, ['high environment.key']],
    ['an id alone', { AWS_ACCESS_KEY_ID: KEY }, []],
    ['a profile', { AWS_PROFILE: 'admin' }, ['medium environment.AWS_PROFILE']],
    ['an empty profile', { AWS_PROFILE: '' }, []],
    [
      'a container',
      { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/x' },
      ['medium environment.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'],
    ],
    ['the broker', { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/', NO_WING_CLIENT: 'x' }, []],
    [
      'somebody else',
      { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/' },
      ['medium environment.AWS_CONTAINER_CREDENTIALS_FULL_URI'],
    ],
  ];
  for (const [name, env, expected] of cases) {
    it(name, () => assert.deepEqual(judgeEnvironment({ env, whose }).findings.map(short), expected));
  }
});

describe('sign-ins that are kept', () => {
  const now = Date.UTC(2026, 0, 1);
  const later = '2026-01-01T01:00:00Z';
  const earlier = '2025-12-31T23:00:00Z';
  const cases: readonly [name: string, content: unknown, severity: string[]][] = [
    [
      'an SSO token',
      { accessToken: 't', expiresAt: later, startUrl: 'https://acme.awsapps.com/start' },
      ['high'],
    ],
    ['as older versions write it', { accessToken: 't', expiresAt: '2026-01-01T01:00:00UTC' }, ['high']],
    ['an SSO token that has ended', { accessToken: 't', expiresAt: earlier }, []],
    [
      'one that can be renewed',
      { accessToken: 't', expiresAt: earlier, refreshToken: 'r', registrationExpiresAt: later },
      ['high'],
    ],
    ['a registration', { clientId: 'c', clientSecret: 's', expiresAt: later }, []],
    [
      'a session',
      { Credentials: { AccessKeyId: KEY, SecretAccessKey: SECRET, Expiration: later } },
      ['medium'],
    ],
    ['a session that has ended', { Credentials: { AccessKeyId: KEY, Expiration: earlier } }, []],
    ['a login', { accessToken: { accessKeyId: KEY, expiresAt: earlier }, refreshToken: 'r' }, ['medium']],
    ['no time', { accessToken: 't', expiresAt: 'soon' }, []],
    ['something else', [1, 2], []],
  ];
  for (const [name, content, expected] of cases) {
    it(name, () => {
      const { findings } = judgeCaches({ files: [file('/h/x.json', JSON.stringify(content))], now });
      assert.deepEqual(
        findings.map(({ severity }) => severity),
        expected,
      );
      assert.ok(!JSON.stringify(findings).includes(SECRET));
    });
  }
  it('no JSON', () => assert.deepEqual(judgeCaches({ files: [file('/h/x.json', '{')], now }).findings, []));
});
