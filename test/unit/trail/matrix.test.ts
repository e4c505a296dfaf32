/** Actors by event names: a cell for each pair, whatever accounts, Regions and errors its events had. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE } from '../../../src/base/clock.ts';
import { parseTrailEvent, type TrailEvent } from '../../../src/trail/trailEvent.ts';
import type { TrailFilter } from '../../../src/trail/trailFilter.ts';
import { createTrailStore } from '../../../src/trail/trailStore.ts';
import { fakeCloudTrail } from './fakeCloudTrail.ts';
import {
  ACCOUNT,
  AGENT_KEY,
  agentEntry,
  assumedRole,
  knownOf,
  OTHER_ACCOUNT,
  REGION,
  record,
  START,
} from './records.ts';
import { databaseFile, open, openIndexOf, trailOn } from './trailSetup.ts';
import { virtualClock } from './virtualClock.ts';

const agent = { userIdentity: assumedRole({ accessKeyId: AGENT_KEY }) };
const other = { region: 'us-east-1', accountId: OTHER_ACCOUNT };
const denied = { errorCode: 'AccessDenied' };

const EVENTS: readonly TrailEvent[] = [
  made({ eventName: 'PutObject', ...agent }),
  made({ eventName: 'PutObject', ...agent, ...denied }, { hours: 1 }),
  made({ eventName: 'PutObject', ...agent, errorCode: 'NoSuchBucket' }, { ...other, hours: 2 }),
  made({ eventName: 'GetObject', ...agent, ...denied }),
  // The same name of another service.
  made({ eventName: 'GetObject', eventSource: 'glacier.amazonaws.com', ...agent }),
  made({ eventName: 'GetObject' }),
  made({ eventName: 'GetObject' }, { hours: 2 }),
];

function made(
  overrides: Record<string, unknown>,
  { hours = 0, region = REGION, accountId = ACCOUNT } = {},
): TrailEvent {
  const at = START + 30 * MINUTE + hours * HOUR;
  const json = JSON.stringify(
    record({
      eventTime: new Date(at).toISOString(),
      awsRegion: region,
      eventID: JSON.stringify([overrides, hours, region]),
      ...overrides,
    }),
  );
  return parseTrailEvent({ json }, { accountId, region, at });
}

const CASES: Readonly<Record<string, readonly [filter: TrailFilter, ...cells: string[]]>> = {
  'all, the most frequent first': [
    {},
    'copilot s3 PutObject 3 2',
    'alice s3 GetObject 2 0',
    'copilot glacier GetObject 1 0',
    'copilot s3 GetObject 1 1',
  ],
  'errors alone': [{ errorsOnly: true }, 'copilot s3 PutObject 2 2', 'copilot s3 GetObject 1 1'],
  'of a kind of actor': [{ actorKind: 'user' }, 'alice s3 GetObject 2 0'],
  'of a Region': [{ region: 'us-east-1' }, 'copilot s3 PutObject 1 1'],
  'of a time that begins and ends within an hour': [
    { from: START + 40 * MINUTE, to: START + 2 * HOUR + 31 * MINUTE },
    'copilot s3 PutObject 2 2',
    'alice s3 GetObject 1 0',
  ],
  'of nobody': [{ actor: 'nobody' }],
};

for (const [name, [filter, ...cells]] of Object.entries(CASES))
  test(`who called what: ${name}`, t => {
    const file = databaseFile(t);
    const index = openIndexOf(t, file);
    createTrailStore(index).keep(EVENTS, knownOf([agentEntry]));
    const clock = virtualClock(START);
    const trail = trailOn(open(t, file), index, clock, fakeCloudTrail(clock).connect);
    const texts = trail
      .matrix(filter)
      .map(({ actor, source, name: call, events, errors }) =>
        [actor.name, source.split('.')[0], call, events, errors].join(' '),
      );
    assert.deepEqual(texts.toSorted(), cells.toSorted());
    const counts = texts.map(text => Number(text.split(' ')[3]));
    assert.deepEqual(
      counts,
      counts.toSorted((one, two) => two - one),
    );
  });
