/** Environments: what a deployment is held against, and that a broken map allows nothing. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { UserError } from '../../../src/base/userError.ts';
import {
  type EnvironmentMap,
  type EnvironmentTarget,
  parseEnvironments,
  requireEnvironment,
} from '../../../src/deployment/environments.ts';
import { nothingLeft, planned, refused, Scene } from './scene.ts';

const TARGET: EnvironmentTarget = {
  agent: 'copilot',
  environment: 'dev',
  accountId: '111122223333',
  region: 'eu-west-1',
  arn: 'arn:aws:sts::111122223333:assumed-role/agent/no-wing-copilot-1',
};

describe('a deployment fits its environment', () => {
  const FITS: readonly [string, unknown, Partial<EnvironmentTarget>?][] = [
    ['nothing is mapped', {}],
    ['account', { dev: { accountId: '111122223333' } }],
    ['Region', { dev: { accountId: '111122223333', regions: ['eu-west-1', 'eu-west-2'] } }],
    ['role by name', { dev: { accountId: '111122223333', roles: ['agent'] } }],
    [
      'role by ARN with a path',
      { dev: { accountId: '111122223333', roles: ['arn:aws:iam::111122223333:role/no-wing/agent'] } },
    ],
    ['another environment is mapped elsewhere', { prod: { accountId: '444455556666' } }],
    [
      'two environments in one account',
      { dev: { accountId: '111122223333' }, prod: { accountId: '111122223333' } },
    ],
    [
      'an access key by its ARN',
      { dev: { accountId: '111122223333', roles: ['arn:aws:iam::111122223333:user/bot'] } },
      { arn: 'arn:aws:iam::111122223333:user/bot' },
    ],
  ];
  for (const [what, setting, change] of FITS)
    it(what, () => requireEnvironment(parseEnvironments(setting), { ...TARGET, ...change }));
});

describe('a deployment is refused', () => {
  const REFUSED: readonly [string, unknown, RegExp][] = [
    ['in another account', { dev: { accountId: '444455556666' } }, /dev is account 4444-5555-6666/],
    [
      "in the account that is production's, whatever the profile says",
      { prod: { accountId: '111122223333' } },
      /that account is prod/,
    ],
    [
      'in another Region',
      { dev: { accountId: '111122223333', regions: ['eu-west-2'] } },
      /dev is in eu-west-2 only/,
    ],
    ['where no Region is left', { dev: { accountId: '111122223333', regions: [] } }, /no Region only/],
    [
      'as another role',
      { dev: { accountId: '111122223333', roles: ['deployer'] } },
      /for the roles deployer only, not for agent/,
    ],
    [
      'as a role whose name begins alike',
      { dev: { accountId: '111122223333', roles: ['agent-2', 'age'] } },
      /not for agent/,
    ],
  ];
  for (const [what, setting, told] of REFUSED)
    it(what, () => {
      assert.throws(
        () => requireEnvironment(parseEnvironments(setting), TARGET),
        (error: unknown) => {
          assert.ok(error instanceof UserError);
          assert.equal(error.code, 'deployment.wrongEnvironment');
          assert.match(error.message, told);
          assert.match(error.message, /^copilot is for dev, in account 1111-2222-3333, eu-west-1, but /);
          return true;
        },
      );
    });
});

describe('a map that cannot be read allows nothing:', () => {
  const BROKEN: readonly [string, unknown, RegExp][] = [
    ['a text', 'prod', /Expected Object/],
    ['a list', [], /Expected/],
    ['null', null, /Expected Object/],
    ['an unknown environment', { production: { accountId: '111122223333' } }, /production/],
    ['an account that is none', { dev: { accountId: '1111' } }, /dev\.accountId: An account is 12 digits/],
    ['a number', { dev: { accountId: 111_122_223_333 } }, /dev\.accountId/],
    ['a misspelt field', { dev: { accountId: '111122223333', region: ['eu-west-1'] } }, /dev\.region/],
    ['no account', { dev: {} }, /dev\.accountId/],
    ['an empty Region', { dev: { accountId: '111122223333', regions: [''] } }, /dev\.regions\.0/],
  ];
  for (const [what, setting, told] of BROKEN)
    it(what, () => {
      assert.throws(
        () => parseEnvironments(setting),
        (error: unknown) => {
          assert.ok(error instanceof UserError && error.code === 'environments.broken');
          assert.match(error.message, told);
          return true;
        },
      );
    });
});

describe('the environment is looked at', () => {
  let scene: Scene;
  beforeEach(() => {
    scene = new Scene();
  });
  afterEach(() => scene[Symbol.dispose]());

  it('before anything is recorded or sent', async () => {
    const window = scene.open('w1', { environments: () => ({ dev: { accountId: '444455556666' } }) });
    await refused(planned(window), 'deployment.wrongEnvironment', /Nothing was deployed/);
    assert.deepEqual([window.deployments.list(), await scene.leftovers()], [[], nothingLeft]);
  });

  it('again right before the order: what was changed meanwhile makes the approval void', async () => {
    let map: EnvironmentMap = {};
    const window = scene.open('w1', { environments: () => map });
    const plan = await planned(window);
    map = { dev: { accountId: '111122223333', roles: ['deployer'] } };
    await refused(scene.applied(window, plan), 'deployment.wrongEnvironment');
    assert.deepEqual([scene.aws.executions(), await scene.leftovers()], [[], nothingLeft]);
    assert.equal(window.deployments.get(plan.id)?.state.status, 'failed');
  });

  it('and a map that broke meanwhile is none that allows', async () => {
    let isBroken = false;
    const environments = (): EnvironmentMap => parseEnvironments(isBroken ? 'x' : {});
    const window = scene.open('w1', { environments });
    const plan = await planned(window);
    isBroken = true;
    await refused(scene.applied(window, plan), 'environments.broken');
    assert.deepEqual(scene.aws.executions(), []);
  });
});
