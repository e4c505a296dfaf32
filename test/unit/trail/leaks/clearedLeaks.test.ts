/** A leak that a later verdict clears is withdrawn: from the index to the list. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attribution, Known } from '../../../../src/trail/attribution/attribution.ts';
import { createWriter } from '../../../../src/trail/index/writer.ts';
import { createLeakIntake } from '../../../../src/trail/leaks/leakIntake.ts';
import { createLeaks } from '../../../../src/trail/leaks/leaks.ts';
import { stillSpeaks } from '../../../../src/trail/leaks/stillSpeaks.ts';
import { createTrailStore } from '../../../../src/trail/trailStore.ts';
import { ACCOUNT, alice, copilot, event, iamUser, knownOf } from '../records.ts';
import { databaseFile, never, open, openIndexOf } from '../trailSetup.ts';
import { asAgent, asUser, CLI, leakEvent, ledger } from './leakCase.ts';

test('what looked like the user turns out to be the agent’s own: no leak; and the other way round', async t => {
  const file = databaseFile(t);
  const [db, index] = [open(t, file), openIndexOf(t, file)];
  const byUser = knownOf([], { users: [alice], agents: [] });
  const byAgent = knownOf([], { users: [], agents: [{ ...copilot, arn: alice.arn }] });
  const now: { known: Known } = { known: byUser };
  const context = () => ({ known: now.known, revokedAt: () => undefined, seenInAgent: () => undefined });
  const leaks = createLeaks({ db, context, now: Date.now });
  const intake = createLeakIntake({ db, index, leaks, now: Date.now, pause: async () => undefined });
  const writer = createWriter(index);
  const events = Array.from({ length: 70 }, (_, number) =>
    event({ eventID: `e-${number}`, userIdentity: iamUser(), userAgent: `${CLI},AN` }),
  );
  createTrailStore(index, writer).keep(events, now.known);
  const judge = async (known: Known): Promise<number[]> => {
    now.known = known;
    writer.transaction(() => writer.reconsiderAll(known));
    await intake.catchUp(never);
    return leaks.list().map(({ count }) => count);
  };
  assert.deepEqual(await judge(byUser), [70]);
  assert.deepEqual(await judge(byAgent), []);
  assert.deepEqual(await judge(byUser), [70]);
});

const context = { known: ledger, revokedAt: () => undefined, seenInAgent: () => undefined };
const verdict = (of: ReturnType<typeof leakEvent>, change: Partial<Attribution>) => ({
  ...of,
  attribution: { ...of.attribution, ...change },
});
const users = leakEvent(asUser(), 1, ledger);
const agents = leakEvent(asAgent(), 2, ledger);
const denial = { kind: 'agentAsUser', key: `agentAsUser ${ACCOUNT} alice copilot denial` } as const;
const places = { kind: 'unexpectedPlace', key: 'unexpectedPlace p-agent a b' } as const;

for (const [what, leak, one, speaks] of [
  ['a call after a refusal, still the user’s', denial, users, true],
  ['one that the agent made', denial, agents, false],
  ['one that another user made', denial, verdict(users, { actor: { kind: 'user', name: 'bob' } }), false],
  ['a session of the ledger elsewhere', places, agents, true],
  ['one that is none of the ledger’s', places, verdict(agents, { strength: 'strong' }), false],
  [
    'two clients of one',
    { kind: 'mixedClients', key: 'mixedClients p-agent console' },
    verdict(agents, { strength: 'hint' }),
    false,
  ],
  ['a session that is foreign no more', { kind: 'foreignSession', key: 'foreignSession' }, agents, false],
  ['an agent that goes on', { kind: 'afterRevocation', key: 'afterRevocation p-agent 1' }, agents, false],
] as const)
  test(`${what}: ${speaks ? 'speaks' : 'does not speak'} for the leak`, () => {
    assert.equal(stillSpeaks(leak, one, context), speaks);
  });
