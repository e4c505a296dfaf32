import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  appId,
  applied,
  type EnvironmentInput,
  emptied,
  identityEnvironment,
  terminalBase,
  WINS_OVER_BROKER,
} from '../../../src/broker/environment.ts';

const INPUT: EnvironmentInput = {
  profile: { kind: 'agent', name: 'copilot', region: 'eu-west-1' },
  clientId: 'client-01',
  credentialsUri: 'http://127.0.0.1:4000/v1/credentials',
  tokenFile: '/data/tokens/client-01',
  configFile: '/data/config',
  emptyFile: '/data/empty',
};

const RELATIVE = 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI';

describe('the environment of an identity', () => {
  it('leads to the broker, and leaves nothing that would win over it', () => {
    const hostile = Object.fromEntries(WINS_OVER_BROKER.map(name => [name, 'mine']));
    const env = applied(
      { ...hostile, HOME: '/home/alice', AWS_CONFIG_FILE: '/mine' },
      identityEnvironment(INPUT),
    );
    assert.deepEqual(
      WINS_OVER_BROKER.filter(name => name in env),
      [],
    );
    assert.equal(env['AWS_CONTAINER_CREDENTIALS_FULL_URI'], INPUT.credentialsUri);
    assert.equal(env['AWS_CONFIG_FILE'], '/data/config');
    assert.equal(env['HOME'], '/home/alice');
  });

  it('marks an agent, and only an agent', () => {
    assert.equal(identityEnvironment(INPUT)['NO_WING_AGENT'], 'copilot');
    const user = { ...INPUT, profile: { kind: 'user', name: 'alice', region: 'eu-west-1' } } as const;
    assert.equal(identityEnvironment(user)['NO_WING_AGENT'], null);
  });

  it('where nothing can be unset: everything is set, and to nothing that leads to credentials', () => {
    const env = emptied(identityEnvironment(INPUT));
    for (const name of WINS_OVER_BROKER.filter(each => each !== RELATIVE))
      assert.ok(['', 'no-wing', '/data/empty'].includes(env[name] ?? 'absent'), `${name}=${env[name]}`);
    assert.ok(!(RELATIVE in env), 'botocore would ask there for its being set');
    // botocore looks these up, whatever they are.
    assert.deepEqual([env['AWS_PROFILE'], env['AWS_CREDENTIAL_FILE']], ['no-wing', '/data/empty']);
  });
});

it('what a terminal starts from has nothing of the window, no credentials, no further start-up file', () => {
  const env = {
    ...{ VSCODE_PID: '1', ELECTRON_RUN_AS_NODE: '1', AWS_PROFILE: 'me', aws_secret_access_key: 'x' },
    ...{ AWS_CONTAINER_CREDENTIALS_FULL_URI: 'x', NO_WING_AGENT: 'other', BASH_ENV: '/x', ENV: '/x' },
    ...{ PATH: '/bin', HOME: '/home/alice', AWS_ENDPOINT_URL: 'http://local', ENVIRONMENT: 'mine' },
  };
  assert.deepEqual(Object.keys(terminalBase(env)), ['PATH', 'HOME', 'AWS_ENDPOINT_URL', 'ENVIRONMENT']);
});

it('an application id is 50 characters of what a user agent may have', () => {
  for (const [kind, name, id] of [
    ['agent', 'copilot', 'no-wing-copilot'],
    ['agent', 'a@b c', 'no-wing-a-b-c'],
    ['agent', 'x'.repeat(60), `no-wing-${'x'.repeat(42)}`],
    ['user', 'alice', 'no-wing-user'],
  ] as const)
    assert.equal(appId({ kind, name }), id);
});
