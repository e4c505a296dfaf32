/** A deployment is handed a profile, or a session, that is not an agent's: refused at every entry. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { agentSession } from '../../src/deployment/agentSession.ts';
import type { Profile } from '../../src/identity/profile.ts';
import type { Session } from '../../src/identity/session.ts';
import { stackRequest } from '../unit/deployment/requests.ts';
import {
  approvalOf,
  type Computer,
  callsOf,
  never,
  openComputer,
  type Person,
  planned,
  refused,
  say,
} from './computer.ts';

let computer: Computer;
let person: Person;

before(async () => {
  computer = await openComputer({ keychain: 'secretStorage' });
});
after(() => computer.close());
beforeEach(async () => {
  person = await computer.person();
});

/** Any program of this person can write this into the store. */
function becomeUser(id: string): void {
  person.features.db.run(
    `UPDATE deployment SET body = json_set(body, '$.profileId', ?), owner = NULL WHERE id = ?`,
    person.alice.id,
    id,
  );
}
const text = 'Resources: { Q: { Type: AWS::SQS::Queue } }';

interface Entry {
  readonly name: string;
  readonly enter: (person: Person) => Promise<unknown>;
  readonly code?: RegExp;
}

const ENTRIES: readonly Entry[] = [
  {
    name: 'plan',
    enter: ({ features, alice }) =>
      features.deployments.plan(stackRequest({ profileId: alice.id, stackName: 'u', text }), never),
  },
  {
    name: 'apply, with the row changed after the plan',
    code: /^deployment\./,
    enter: async own => {
      const plan = await planned(own, 'as-user');
      becomeUser(plan.id);
      return own.features.deployments.apply(plan.id, approvalOf(plan), say);
    },
  },
  {
    name: 'refuse, with the row changed after the plan',
    enter: async own => {
      const plan = await planned(own, 'as-user');
      becomeUser(plan.id);
      return own.features.deployments.refuse(plan.id, 'no');
    },
  },
  {
    name: 'cancel, with the row changed after the plan',
    enter: async own => {
      const plan = await planned(own, 'as-user');
      becomeUser(plan.id);
      return own.features.deployments.cancel(plan.id, 'discardPlan', say);
    },
  },
  {
    name: 'delete a failed stack',
    enter: ({ features, alice }) => {
      const stackId = 'arn:aws:cloudformation:us-east-1:111122223333:stack/x/1';
      return features.deployments.recoverStack(
        { profileId: alice.id, region: 'us-east-1', stackId, way: 'delete' },
        never,
      );
    },
  },
];

describe("a user's profile is refused by", () => {
  for (const { name, enter, code = /^deployment\.notAgent$/ } of ENTRIES) {
    it(name, async () => {
      const { accessKeyId } = computer.aws.world.alice;
      const before = (await callsOf(computer, accessKeyId)).length;
      await refused(enter(person), code);
      const calls = (await callsOf(computer, accessKeyId)).slice(before);
      assert.deepEqual(
        calls.filter(call => call !== 'AssumeRole'),
        [],
      );
    });
  }

  it('taking up what a window left, with the row changed meanwhile', async () => {
    const plan = await planned(person, 'left');
    person.features.deployments.dispose();
    becomeUser(plan.id);
    const { accessKeyId } = computer.aws.world.alice;
    const before = (await callsOf(computer, accessKeyId)).length;
    const next = computer.window(person.directory);
    await next.deployments.follow(plan.id, say).catch(() => undefined);
    assert.deepEqual((await callsOf(computer, accessKeyId)).slice(before), []);
  });
});

describe('a session is refused at the gate when it is', () => {
  const CASES: Readonly<Record<string, (session: Session, alice: Profile) => Session>> = {
    "the user's": (session, alice) => ({ ...session, profile: alice }),
    'of another agent': session => ({ ...session, profile: { ...session.profile, id: 'another' } }),
    'in another account': session => ({ ...session, accountId: '444455556666' }),
  };
  for (const [what, spoil] of Object.entries(CASES)) {
    it(what, async () => {
      const { features, copilot, alice } = person;
      const gate = agentSession(async ask => spoil(await features.sessions.get(ask), alice), copilot, 'd-1');
      await refused(gate(), /^deployment\.(?:notAgent|wrongAccount)$/);
    });
  }
});
