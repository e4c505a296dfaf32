/** What a process gets of a user with access keys, on the local AWS. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ListRolesCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { HOUR } from '../../src/base/clock.ts';
import type { Session } from '../../src/identity/session.ts';
import { type Computer, callsOf, openComputer, type Person } from '../attack/computer.ts';
import { agentRequest, clientsOf, revealed } from '../local-aws/testClients.ts';

describe("a user's temporary session", () => {
  let computer: Computer;
  let person: Person;
  let session: Session;
  before(async () => {
    computer = await openComputer({ keychain: 'secretStorage' });
    person = await computer.person();
    const ask = { profileId: person.alice.id, purpose: 'terminal', temporary: true } as const;
    const before = await asked('GetSessionToken');
    const all = await Promise.all(Array.from({ length: 100 }, () => person.features.sessions.get(ask)));
    assert.equal((await asked('GetSessionToken')) - before, 1, 'a hundred processes, one call');
    assert.ok(all[0]);
    session = all[0];
  });
  after(() => computer.close());

  const asked = async (operation: string): Promise<number> =>
    (await computer.aws.control.requests())['sts']?.[operation] ?? 0;
  const clients = () => clientsOf(computer.aws, revealed(session.credentials));

  it('is hers, ends within the hour, and is not her access key', async () => {
    const { accessKeyId, sessionToken, expiresAt = 0 } = session.credentials;
    assert.match(accessKeyId, /^ASIA/);
    assert.ok(sessionToken);
    assert.ok(expiresAt > Date.now() && expiresAt <= Date.now() + HOUR);
    const { Arn } = await clients().sts.send(new GetCallerIdentityCommand({}));
    assert.equal(Arn, computer.aws.world.alice.arn);
  });

  it('is in the ledger, so that what it does in CloudTrail is known to be hers', async () => {
    const { accessKeyId } = session.credentials;
    const entry = person.features.ledger.byAccessKey(accessKeyId);
    assert.deepEqual([entry?.kind, entry?.profileName, entry?.purpose], ['user', 'alice', 'terminal']);
    await clients().sts.send(new GetCallerIdentityCommand({}));
    assert.ok((await callsOf(computer, accessKeyId)).includes('GetCallerIdentity'));
  });

  it('may assume roles, and AWS refuses IAM to it: no second factor', async () => {
    await clients().sts.send(new AssumeRoleCommand(agentRequest(computer.aws)));
    await assert.rejects(clients().iam.send(new ListRolesCommand({})), { name: 'InvalidClientTokenId' });
  });
});
