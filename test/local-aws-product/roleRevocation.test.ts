/** What a policy on its role does to the sessions of an agent, on the local AWS. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import { MINUTE, SECOND } from '../../src/base/clock.ts';
import { Secret } from '../../src/base/secret.ts';
import { olderSessionsPolicy } from '../../src/identity/roleRevocation.ts';
import type { Session } from '../../src/identity/session.ts';
import { type Computer, openComputer, type Person, refused, userDraft } from '../attack/computer.ts';
import { clientsOf, revealed } from '../local-aws/testClients.ts';

describe("an agent's role", () => {
  let computer: Computer;
  let person: Person;
  before(async () => {
    computer = await openComputer({ keychain: 'secretStorage' });
    person = await computer.person();
  });
  after(() => computer.close());
  afterEach(async () => {
    await computer.aws.control.setClockOffset(0);
    await allow();
  });

  const role = () => ({ user: person.alice, roleName: computer.aws.world.agentRole.roleName });
  const deny = (at = Date.now()): Promise<void> =>
    person.features.roleRevocation.denyOlderSessions({ ...role(), at });
  const allow = (): Promise<void> => person.features.roleRevocation.allowOlderSessions(role());

  const minted = async (): Promise<Session> => {
    person.features.sessions.drop(person.copilot.id);
    return person.features.sessions.get({ profileId: person.copilot.id, purpose: 'terminal' });
  };
  /** How AWS answers a call of the session. */
  const answer = async ({ credentials }: Session): Promise<string> => {
    const { cloudFormation } = clientsOf(computer.aws, revealed(credentials));
    return cloudFormation.send(new ListStacksCommand({})).then(
      () => 'allowed',
      (error: Error) => `${error.name}: ${error.message}`,
    );
  };
  const policiesOf = async (): Promise<string[]> => {
    const { iam } = clientsOf(computer.aws, computer.aws.world.alice);
    const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName: role().roleName }));
    return PolicyNames.toSorted();
  };

  it('refuses the sessions that were issued before, lets later ones work, and can be given back', async () => {
    const before = await minted();
    assert.equal(await answer(before), 'allowed');
    await deny();
    assert.match(
      await answer(before),
      /^AccessDenied.*is not authorized to perform: cloudformation:ListStacks .*with an explicit deny in an identity-based policy/,
    );
    assert.match(await answer(await minted()), /explicit deny/, 'nor one that was renewed at that moment');
    await computer.aws.control.setClockOffset(40 * SECOND);
    const later = await minted();
    assert.equal(await answer(later), 'allowed');
    assert.match(await answer(before), /explicit deny/);
    await allow();
    assert.equal(await answer(before), 'allowed');
    assert.equal(await answer(later), 'allowed');
    assert.deepEqual(await policiesOf(), ['permissions']);
  });

  it('is cut off by the clock of AWS, when that of this computer is behind or ahead', async () => {
    for (const offset of [3 * MINUTE, -3 * MINUTE]) {
      await computer.aws.control.setClockOffset(offset);
      const before = await minted();
      await deny();
      assert.match(await answer(before), /explicit deny/, `AWS is ${offset} ms ahead`);
      await computer.aws.control.setClockOffset(offset + 40 * SECOND);
      assert.equal(await answer(await minted()), 'allowed', `AWS is ${offset} ms ahead`);
      await allow();
    }
  });

  it('is cut off again, and given back again, without harm', async () => {
    await deny();
    await deny();
    assert.deepEqual(await policiesOf(), ['NoWingRevokeOlderSessions', 'permissions']);
    await allow();
    await allow();
    assert.deepEqual(await policiesOf(), ['permissions']);
  });

  it('is not changed as the agent', async () => {
    const { roleRevocation } = person.features;
    const change = { ...role(), user: person.copilot, at: Date.now() };
    await assert.rejects(roleRevocation.denyOlderSessions(change), { code: 'identity.notUser' });
    assert.deepEqual(await policiesOf(), ['permissions']);
  });

  it('is not changed by a user who may not: the error has the permission, and the policy to attach by hand', async () => {
    const { profiles, roleRevocation } = person.features;
    const { accessKeyId, secretAccessKey } = computer.aws.world.mallory;
    const draft = userDraft(computer.aws, { name: 'mallory', source: { type: 'keys', accessKeyId } });
    const change = { ...role(), user: await profiles.add(draft, new Secret(secretAccessKey)) };
    const at = Date.UTC(2026, 0, 1);
    const denied = await refused(
      roleRevocation.denyOlderSessions({ ...change, at }),
      'identity.revokeDenied',
    );
    assert.equal(
      denied.message,
      'User mallory may not change role no-wing-agent in account 1111-2222-3333: iam:PutRolePolicy is not allowed.',
    );
    assert.ok(denied.hint?.includes(olderSessionsPolicy(at)));
    const kept = await refused(roleRevocation.allowOlderSessions(change), 'identity.revokeDenied');
    assert.match(kept.message, /iam:DeleteRolePolicy is not allowed/);
  });

  it('that does not exist is told of', async () => {
    const change = { ...role(), roleName: 'nobody', at: Date.now() };
    await assert.rejects(person.features.roleRevocation.denyOlderSessions(change), {
      code: 'identity.roleGone',
    });
  });
});
