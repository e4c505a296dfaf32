// Revoke the Agent Now, with everything real: an SDK that uses the broker, a session that was copied away, another window
// with sessions in memory, and AWS itself; then undone; then without AWS.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { fromHttp } from '@aws-sdk/credential-providers';
import { HOUR, SECOND } from '../../src/base/clock.ts';
import type { Client } from '../../src/broker/client.ts';
import { openAgentRevocation } from '../../src/broker/openAgentRevocation.ts';
import { restoreAgent } from '../../src/broker/restoreAgent.ts';
import { type RevokeAgentAsk, revokeAgent, type Step } from '../../src/broker/revokeAgent.ts';
import type { Features } from '../../src/features.ts';
import type { Profile } from '../../src/identity/profile.ts';
import { agentClient, apiKeyOf, ask, serving } from '../attack/brokerRequests.ts';
import { type Computer, openComputer, type Person, refused } from '../attack/computer.ts';
import { clientsOf, type TestCredentials } from '../local-aws/testClients.ts';

describe('an agent is revoked', () => {
  let computer: Computer;
  let person: Person;
  let other: Features;
  let port: number;
  let client: Client;
  before(async () => {
    computer = await openComputer({ keychain: 'secretStorage' });
    person = await computer.person();
    other = computer.window(person.directory);
    port = await serving(person.features);
    client = await agentClient(person);
  });
  after(() => computer.close());

  /** As an SDK in a terminal of the agent. */
  const throughBroker = (): Promise<TestCredentials> =>
    fromHttp({
      awsContainerCredentialsFullUri: `http://127.0.0.1:${port}/v1/credentials`,
      awsContainerAuthorizationTokenFile: client.tokenFile ?? '',
      maxRetries: 0,
    })();
  const answer = (credentials: TestCredentials): Promise<string> =>
    clientsOf(computer.aws, credentials)
      .cloudFormation.send(new ListStacksCommand({}))
      .then(
        () => 'allowed',
        (error: Error) => `${error.name}: ${error.message}`,
      );
  const revoke = async (askForRole: RevokeAgentAsk['askForRole']): Promise<Step[]> => {
    const told: Step[] = [];
    const agent = person.copilot;
    const tools = openAgentRevocation(person.features);
    await revokeAgent(tools, { agent, because: 'a leak', askForRole, tell: step => void told.push(step) });
    return told;
  };
  const states = (steps: readonly Pick<Step, 'result'>[]): string[] =>
    steps.map(({ result }) => result.state);
  const session = (features: Features): ReturnType<Features['sessions']['get']> =>
    features.sessions.get({ profileId: person.copilot.id, purpose: 'interactive' });
  let leaked: TestCredentials;

  it('while all is well, it works for everybody', async () => {
    leaked = await throughBroker();
    assert.equal(await answer(leaked), 'allowed');
    await session(other);
  });

  it('nobody on this computer gives it a session any more, and AWS refuses those that are out there', async () => {
    const key = apiKeyOf(client);
    assert.deepEqual(states(await revoke(async () => person.alice)), ['done', 'done', 'done', 'done']);
    const { status, text } = await ask(port, key);
    assert.ok([401, 403].includes(status), text);
    await assert.rejects(throughBroker());
    assert.match(await answer(leaked), /AccessDenied.*explicit deny/);
    await refused(session(person.features), 'identity.revoked');
    await refused(session(other), 'identity.revoked');
    assert.equal(person.features.clients.get(client.id)?.revokedBecause, 'a leak');
    assert.equal(person.features.sessions.peek(person.copilot.id), undefined);
  });

  it('the human goes on', async () => {
    const alice = await person.features.sessions.get({ profileId: person.alice.id, purpose: 'interactive' });
    assert.equal(alice.profile.name, 'alice');
  });

  it('restored, it gets new sessions; older ones stay cut off as long as the policy is there', async () => {
    const tools = openAgentRevocation(person.features);
    assert.deepEqual(states(await restoreAgent(tools, { agent: person.copilot })), ['skipped', 'done']);
    await computer.aws.control.setClockOffset(40 * SECOND);
    await assert.rejects(throughBroker(), 'its clients stay revoked');
    client = await agentClient(person);
    assert.equal(await answer(await throughBroker()), 'allowed');
    assert.match(await answer(leaked), /explicit deny/);
    const user: Profile = person.alice;
    assert.deepEqual(states(await restoreAgent(tools, { agent: person.copilot, user })), ['done', 'done']);
    assert.equal(await answer(leaked), 'allowed', 'which is why a person is told before');
    await computer.aws.control.setClockOffset(0);
  });

  it('without AWS, everything on this computer is done, and the rest is told', async () => {
    await computer.aws.control.fail({ service: 'iam', kind: 'drop' });
    const steps = await revoke(async () => person.alice);
    assert.deepEqual(states(steps), ['done', 'done', 'done', 'failed']);
    const { result } = steps.at(-1) ?? assert.fail();
    assert.ok(result.state === 'failed');
    assert.match(result.why, /AWS cannot be reached/);
    assert.match(
      String(result.byHand),
      /aws iam put-role-policy --role-name no-wing-agent .*aws:TokenIssueTime/,
    );
    await refused(session(other), 'identity.revoked');
    await computer.aws.control.clearFailures();
  });

  it('a session that is being made in that moment is not given', async () => {
    person.features.revocations.restore(person.copilot.id);
    const late = person.features.sessions.get({ profileId: person.copilot.id, purpose: 'late' });
    const steps = await revoke(async () => 'declined');
    assert.deepEqual(states(steps), ['done', 'done', 'done', 'skipped']);
    await refused(late, /identity\.revoked|secret\.destroyed/);
    assert.ok(client.expiresAt - client.createdAt <= HOUR);
  });
});
