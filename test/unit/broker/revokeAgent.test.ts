import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UserError } from '../../../src/base/userError.ts';
import { type RestoreAgentTools, restoreAgent } from '../../../src/broker/restoreAgent.ts';
import {
  principalOf,
  type RevokeAgentAsk,
  type RevokeAgentTools,
  revokeAgent,
  type Step,
} from '../../../src/broker/revokeAgent.ts';
import type { Profile } from '../../../src/identity/profile.ts';
import { ALICE, COPILOT } from '../identity/world.ts';

type Broken =
  | 'stopMinting'
  | 'revokeClients'
  | 'forgetSessions'
  | 'denyOlderSessions'
  | 'allowMinting'
  | 'allowOlderSessions';

/** Tools that write down what is done with them; those in `broken` fail. */
function tools(broken: readonly Broken[] = []): {
  done: string[];
  all: RevokeAgentTools & RestoreAgentTools;
} {
  const done: string[] = [];
  let now = 1000;
  const act = (name: Broken, text: string): void => {
    done.push(text);
    if (broken.includes(name)) throw new UserError('x.y', `${name} failed.`, { hint: 'Do this.' });
  };
  return {
    done,
    all: {
      stopMinting: (id, at) => act('stopMinting', `stop ${id} ${at}`),
      revokeClients: (id, because) => {
        act('revokeClients', `clients ${id} ${because}`);
        return 2;
      },
      forgetSessions: id => act('forgetSessions', `forget ${id}`),
      denyOlderSessions: async ({ user, roleName, at }) =>
        act('denyOlderSessions', `deny ${user.name} ${roleName} ${at}`),
      allowMinting: id => act('allowMinting', `allow ${id}`),
      allowOlderSessions: async ({ user, roleName }) =>
        act('allowOlderSessions', `take off ${user.name} ${roleName}`),
      policy: at => `{"at":${at}}`,
      policyName: 'Older',
      now: () => {
        now += 1;
        return now;
      },
    },
  };
}

async function revoked(
  broken: readonly Broken[],
  answer: Awaited<ReturnType<RevokeAgentAsk['askForRole']>> = ALICE,
  agent: Profile = COPILOT,
): Promise<{ done: string[]; told: Step[]; states: string[] }> {
  const { done, all } = tools(broken);
  const told: Step[] = [];
  const askForRole: RevokeAgentAsk['askForRole'] = async principal => {
    done.push(`ask ${principal.arn}`);
    return answer;
  };
  const steps = await revokeAgent(all, {
    agent,
    because: 'leak',
    askForRole,
    tell: step => void told.push(step),
  });
  assert.deepEqual(steps, told);
  return { done, told, states: told.map(({ id, result }) => `${id} ${result.state}`) };
}

const ROLE = 'arn:aws:iam::111122223333:role/no-wing/agent';

describe('revoking an agent', () => {
  it('first nothing new, then who asks, then what is held, then what is out there', async () => {
    const { done, states } = await revoked([]);
    assert.deepEqual(done, [
      'stop copilot-id 1001',
      'clients copilot-id leak',
      'forget copilot-id',
      `ask ${ROLE}`,
      'deny alice agent 1002',
    ]);
    assert.deepEqual(states, ['minting done', 'clients done', 'memory done', 'role done']);
  });

  for (const name of ['stopMinting', 'revokeClients', 'forgetSessions', 'denyOlderSessions'] as const) {
    it(`${name} fails, and the other steps are done`, async () => {
      const { done, told } = await revoked([name]);
      assert.equal(done.length, 5);
      const failed = told.flatMap(({ result }) => (result.state === 'failed' ? [result] : []));
      assert.deepEqual(
        failed.map(({ why }) => why),
        [`${name} failed. Do this.`],
      );
      assert.ok(failed[0]?.byHand.length, 'says what to do by hand');
    });
  }

  const commands: readonly [name: string, answer: 'declined' | 'nobody' | Profile, broken: Broken[]][] = [
    ['a person says no', 'declined', []],
    ['there is nobody to ask', 'nobody', []],
    ['AWS refuses', ALICE, ['denyOlderSessions']],
  ];
  for (const [name, answer, broken] of commands) {
    it(`${name}: the command is there`, async () => {
      const { told } = await revoked(broken, answer);
      const { result } = told.at(-1) ?? assert.fail();
      assert.ok(result.state !== 'done');
      assert.match(
        String(result.byHand),
        /^aws iam put-role-policy --role-name agent --policy-name Older --policy-document '\{"at":\d+\}'$/,
      );
    });
  }

  it('an IAM user has no role: its key is what to deactivate', async () => {
    const bot: Profile = {
      ...ALICE,
      kind: 'agent',
      name: 'bot',
      verified: { ...ALICE.verified, arn: 'arn:aws:iam::111122223333:user/x/bot' },
    };
    const { told, done } = await revoked([], ALICE, bot);
    const { result } = told.at(-1) ?? assert.fail();
    assert.ok(result.state === 'skipped' && !done.some(text => text.startsWith('ask')));
    assert.deepEqual(result.byHand, [
      'aws iam update-access-key --user-name bot --access-key-id AKIAALICEALICEALICE1 --status Inactive',
    ]);
  });
});

describe('whom AWS sees', () => {
  const role = (roleArn: string): Profile => ({
    ...COPILOT,
    source: { type: 'assumeRole', roleArn, from: 'a', durationSeconds: 900 },
  });
  const shared = (arn: string): Profile => ({
    ...COPILOT,
    source: { type: 'sharedConfig', profile: 'p' },
    verified: { ...COPILOT.verified, arn },
  });
  const cases: readonly [name: string, profile: Profile, expected: string | undefined][] = [
    ['a role with a path', role(ROLE), `agent ${ROLE}`],
    [
      'a role of the shared files',
      shared('arn:aws-cn:sts::111122223333:assumed-role/agent/s'),
      'agent arn:aws-cn:iam::111122223333:role/agent',
    ],
    ['a user', shared('arn:aws:iam::111122223333:user/bot'), 'bot arn:aws:iam::111122223333:user/bot'],
    ['a federated user', shared('arn:aws:sts::111122223333:federated-user/bot'), undefined],
    ['a name that a shell would run', role("arn:aws:iam::111122223333:role/x';curl$IFS"), undefined],
  ];
  for (const [name, profile, expected] of cases) {
    it(name, () => {
      const found = principalOf(profile);
      const text = found && `${found.type === 'role' ? found.roleName : found.userName} ${found.arn}`;
      assert.equal(text, expected);
    });
  }
});

describe('letting an agent go on', () => {
  const cases: readonly [
    name: string,
    broken: Broken[],
    user: Profile | undefined,
    done: string[],
    states: string[],
  ][] = [
    ['the policy stays', [], undefined, ['allow copilot-id'], ['skipped', 'done']],
    ['the policy goes first', [], ALICE, ['take off alice agent', 'allow copilot-id'], ['done', 'done']],
    [
      'the policy cannot be taken off',
      ['allowOlderSessions'],
      ALICE,
      ['take off alice agent', 'allow copilot-id'],
      ['failed', 'done'],
    ],
    ['the store cannot be written', ['allowMinting'], undefined, ['allow copilot-id'], ['skipped', 'failed']],
  ];
  for (const [name, broken, user, expected, states] of cases) {
    it(name, async () => {
      const { done, all } = tools(broken);
      const steps = await restoreAgent(all, { agent: COPILOT, ...(user ? { user } : {}) });
      assert.deepEqual(done, expected);
      assert.deepEqual(
        steps.map(({ result }) => result.state),
        states,
      );
    });
  }
});
