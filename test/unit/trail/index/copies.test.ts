/** One call, recorded in several accounts: whoever hides the caller takes the verdict of the copy that shows it. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { parseTrailEvent, type TrailEvent } from '../../../../src/trail/trailEvent.ts';
import { queryEvents } from '../../../../src/trail/trailQueries.ts';
import { createTrailStore } from '../../../../src/trail/trailStore.ts';
import {
  ACCOUNT,
  AGENT_KEY,
  agentEntry,
  assumedRole,
  assumeRole,
  iamUser,
  knownOf,
  OTHER_ACCOUNT,
  REGION,
  record,
  START,
} from '../records.ts';
import { databaseFile, openIndexOf } from '../trailSetup.ts';

/** Before the caller's in any order of accounts. */
const THIRD_ACCOUNT = '000011112222';
const known = knownOf([agentEntry]);

function made(accountId: string, overrides: Record<string, unknown>): TrailEvent {
  const json = JSON.stringify(
    record({ recipientAccountId: accountId, eventID: `in ${accountId}`, ...overrides }),
  );
  return parseTrailEvent({ json }, { accountId, region: REGION, at: START });
}

const shared = { sharedEventID: 'shared-1' };
const hidden = (accountId: string): TrailEvent =>
  made(accountId, {
    ...shared,
    userIdentity: { type: 'AWSAccount', accountId: ACCOUNT, principalId: 'AIDAQQQQQQQQQQQQQQQQQ' },
  });
const byUser = made(ACCOUNT, { ...shared, userIdentity: iamUser() });
const byAgent = made(ACCOUNT, { ...shared, userIdentity: assumedRole({ accessKeyId: AGENT_KEY }) });

function verdicts(t: TestContext, pages: readonly (readonly TrailEvent[])[]): Record<string, string> {
  const index = openIndexOf(t, databaseFile(t));
  const store = createTrailStore(index);
  for (const page of pages) store.keep(page, known);
  return Object.fromEntries(
    queryEvents(index, { limit: 10 }).events.map(({ eventId, attribution: { actor, strength } }) => [
      eventId,
      `${actor.kind} ${actor.name} ${strength}`,
    ]),
  );
}

for (const [who, shown, verdict] of [
  ['a user', byUser, 'user alice strong'],
  ['an agent', byAgent, 'agent copilot exact'],
] as const)
  for (const [order, pages] of Object.entries({
    'the copy that shows it comes later': [[hidden(OTHER_ACCOUNT)], [shown]],
    'it comes first': [[shown], [hidden(OTHER_ACCOUNT)]],
    'both come together': [[hidden(OTHER_ACCOUNT), shown]],
    'two copies hide the caller': [[hidden(OTHER_ACCOUNT)], [hidden(THIRD_ACCOUNT)], [shown]],
    'two copies hide the caller, and one comes last': [
      [shown],
      [hidden(THIRD_ACCOUNT)],
      [hidden(OTHER_ACCOUNT)],
    ],
  }))
    test(`a call of ${who}: ${order}`, t => {
      const all = verdicts(t, pages);
      assert.deepEqual(new Set(Object.values(all)), new Set([verdict]));
    });

test('who started the session of the copy that shows it comes last of all', t => {
  const [first, second] = ['ASIAFIRST00000000001', 'ASIASECOND0000000001'];
  const elsewhere = { role: `arn:aws:iam::${ACCOUNT}:role/deployer`, session: 'x' };
  const start = (eventID: string, caller: string, key: string): TrailEvent =>
    made(ACCOUNT, {
      eventID,
      userIdentity: assumedRole({ accessKeyId: caller, ...elsewhere }),
      ...assumeRole({ key, sessionName: 'x' }),
    });
  const shown = made(ACCOUNT, {
    ...shared,
    userIdentity: assumedRole({ accessKeyId: second, ...elsewhere }),
  });
  const all = verdicts(t, [
    [hidden(OTHER_ACCOUNT)],
    [shown],
    [start('second start', first, second)],
    [start('first start', AGENT_KEY, first)],
  ]);
  for (const account of [ACCOUNT, OTHER_ACCOUNT]) assert.equal(all[`in ${account}`], 'agent copilot exact');
});
