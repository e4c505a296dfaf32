import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { UserError } from '../../../src/base/userError.ts';
import type { OpenSession } from '../../../src/deployment/agentSession.ts';
import type { FakeCloudFormation } from './fakeCloudFormation.ts';
import { nothingLeft, planned, refused, Scene } from './scene.ts';
import { agentProfile, request, sessionOf, userProfile } from './window.ts';

let scene: Scene;
let aws: FakeCloudFormation;

beforeEach(() => {
  scene = new Scene();
  ({ aws } = scene);
});
afterEach(() => scene[Symbol.dispose]());

/** The agent's session for the first calls, then what an attacker or a mistake hands in. */
function turning(after: number, wrong: ReturnType<typeof sessionOf>): OpenSession {
  let asked = 0;
  return () => {
    asked += 1;
    return Promise.resolve(asked <= after ? sessionOf(agentProfile) : wrong);
  };
}

const WRONG: [string, ReturnType<typeof sessionOf>, string][] = [
  ["the user's session", sessionOf(userProfile), 'deployment.notAgent'],
  [
    "the user's session under the agent's id",
    sessionOf({ ...userProfile, id: agentProfile.id }),
    'deployment.notAgent',
  ],
  ["another agent's session", sessionOf({ ...agentProfile, id: 'other' }), 'deployment.notAgent'],
  ['a session in another account', sessionOf(agentProfile, '999988887777'), 'deployment.wrongAccount'],
];

describe('a deployment never runs as anybody but its agent', () => {
  for (const [name, wrong, code] of WRONG) {
    it(`not with ${name} from the start`, async () => {
      await refused(planned(scene.open('w1', { session: turning(0, wrong) })), code);
      assert.deepEqual(aws.arrived, []);
    });

    it(`not with ${name} at any later call: no call is made with it`, async () => {
      for (let after = 1; after < 12; after++) {
        using own = new Scene();
        const asks: string[] = [];
        const session = turning(after, wrong);
        const window = own.open('w1', {
          session: async (...args) => {
            const answer = await session(...args);
            asks.push(answer === wrong ? 'wrong' : 'agent');
            return answer;
          },
        });
        await assert.rejects(own.deployed(window), (error: unknown) => error instanceof UserError);
        const calls = own.aws.arrived.length;
        assert.ok(asks.includes('wrong') && calls <= asks.filter(ask => ask === 'agent').length);
        if (after < 7) assert.deepEqual(own.aws.executions(), [], `after ${after}`);
      }
    });
  }

  it('not when the session turns right before the order', async () => {
    let wrongFromNow = false;
    const window = scene.open('w1', {
      session: () => Promise.resolve(sessionOf(wrongFromNow ? userProfile : agentProfile)),
    });
    const plan = await planned(window);
    wrongFromNow = true;
    await refused(scene.applied(window, plan), 'deployment.notAgent');
    assert.deepEqual(aws.executions(), []);
    assert.equal(window.deployments.get(plan.id)?.state.status, 'failed');
  });

  it("not with the user's profile under the agent's id", async () => {
    const disguised = { ...userProfile, id: agentProfile.id };
    await refused(planned(scene.open('w1', { profiles: [disguised] })), 'deployment.notAgent');
    assert.deepEqual(await scene.leftovers(), nothingLeft);
  });

  it('not after the profile became a user while the plan waited', async () => {
    const profiles = [agentProfile];
    const window = scene.open('w1', { profiles });
    const plan = await planned(window, request);
    profiles.splice(0, 1, { ...userProfile, id: agentProfile.id });
    await refused(scene.applied(window, plan), 'deployment.notAgent');
    assert.deepEqual(aws.executions(), []);
  });
});
