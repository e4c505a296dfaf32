/** The trail against the local AWS: sessions with their marks, LookupEvents with its limits, CloudFormation's own calls. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateChangeSetCommand } from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { isCancelled } from '../../src/base/cancellation.ts';
import { type Clock, HOUR, MINUTE, systemClock } from '../../src/base/clock.ts';
import { Secret } from '../../src/base/secret.ts';
import type { Session } from '../../src/identity/session.ts';
import { watchDeployment } from '../../src/trail/watchDeployment.ts';
import { type LocalAws, startLocalAws } from '../local-aws/index.ts';
import { clientsOf } from '../local-aws/testClients.ts';
import { alice, computerOn, deploy, never } from './trailSetup.ts';

let aws: LocalAws;

before(async () => {
  aws = await startLocalAws({ stackStepMs: 5 });
});

after(() => aws.close());

beforeEach(async () => {
  await aws.control.setTrailDelay(0);
  await aws.control.clearFailures();
});

/** Minutes of waiting, in fractions of a second. */
const hurried: Clock = {
  now: systemClock.now,
  sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 300), signal),
};

test('a deployment is attributed in the tree, by direct and forwarded access', async t => {
  const { trail, session, refresh } = computerOn(aws, t);
  await deploy(aws, await session('d-tree'), 'tree', 'd-tree');
  assert.deepEqual((await refresh()).failed, []);
  const { events } = trail.events({ group: { by: 'deployment', deploymentId: 'd-tree' }, limit: 100 });
  const verdicts = Object.fromEntries(
    events.map(({ name, attribution: { actor, onBehalfOf, via, strength } }) => [
      name,
      [actor.kind, actor.name, onBehalfOf, via, strength].filter(Boolean).join(' '),
    ]),
  );
  assert.equal(verdicts['AssumeRole'], 'user alice exact');
  assert.equal(verdicts['CreateChangeSet'], 'agent copilot alice exact');
  assert.match(verdicts['CreateQueue'] ?? '', /^agent copilot alice CloudFormation (exact|strong)$/);
  assert.equal(trail.groups('deployment').find(({ label }) => label === 'd-tree')?.count, events.length);
});

test('on another computer, without its ledger, the marks still say who it was', async t => {
  const { session, refresh, another } = computerOn(aws, t);
  const agent = await session('d-elsewhere');
  await deploy(aws, agent, 'elsewhere', 'd-elsewhere');
  const { trail } = another('nobody');
  await refresh(trail);
  const { events } = trail.events({ filter: { text: agent.marks?.roleSessionName ?? '' }, limit: 100 });
  const made = events.filter(({ name }) => name !== 'AssumeRole');
  assert.ok(made.length >= 6);
  for (const { attribution } of made)
    assert.deepEqual(
      [attribution.actor.kind, attribution.actor.name, attribution.onBehalfOf, attribution.strength],
      ['agent', 'copilot', 'alice', 'strong'],
      attribution.reason,
    );
});

test('CloudTrail is late: waiting, in its own words, and then verified', async t => {
  await aws.control.setTrailDelay(3000);
  const { trail, place, reading, session } = computerOn(aws, t);
  const expected = await deploy(aws, await session('d-late'), 'late', 'd-late');
  const summaries: string[] = [];
  const verification = await watchDeployment(
    { trail, clock: hurried },
    {
      ...place,
      session: reading,
      expected,
      until: Date.now() + MINUTE,
      signal: never,
      onState: ({ summary }) => summaries.push(summary),
    },
  );
  assert.match(verification.summary, /^verified: (\d+) of \1 by agent copilot for alice$/);
  assert.ok(verification.matched >= 6, verification.summary);
  assert.match(summaries[0] ?? '', /^waiting: .*some minutes late/);
});

test('alice touches the stack herself meanwhile: a mismatch that names her', async t => {
  const { trail, place, reading, session } = computerOn(aws, t);
  const expected = await deploy(aws, await session('d-two'), 'two', 'd-two');
  await clientsOf(aws, aws.world.alice).cloudFormation.send(
    new CreateChangeSetCommand({
      StackName: 'two',
      ChangeSetName: 'by-hand',
      TemplateBody: JSON.stringify({ Resources: { Queue: { Type: 'AWS::SQS::Queue' } } }),
    }),
  );
  const { state, summary } = await watchDeployment(
    { trail, clock: hurried },
    {
      ...place,
      session: reading,
      expected: { ...expected, endedAt: Date.now() },
      until: Date.now() + MINUTE,
      signal: never,
    },
  );
  assert.equal(state, 'mismatch');
  assert.match(summary, /but CreateChangeSet was made by user alice/);
});

test('three windows read the same Region at once, and are throttled: nothing is lost', async t => {
  const { refresh, another } = computerOn(aws, t);
  const { s3 } = clientsOf(aws, aws.world.alice);
  for (let index = 0; index < 110; index++)
    await s3.send(new CreateBucketCommand({ Bucket: `throttle-${index}` }));
  const windows = [another('profiles'), another('profiles'), another('profiles')];
  const outcomes = await Promise.all(windows.map(({ trail }) => refresh(trail)));
  assert.deepEqual(
    outcomes.flatMap(({ failed }) => failed),
    [],
  );
  for (const { trail } of windows)
    assert.equal(trail.events({ filter: { text: 'CreateBucket' }, limit: 1000 }).events.length, 110);
});

test('dropped, failing and throttled answers are asked for again', async t => {
  for (const kind of ['drop', '500', 'throttle'] as const)
    await aws.control.fail({ service: 'cloudtrail', operation: 'LookupEvents', kind, times: 1 });
  assert.deepEqual((await computerOn(aws, t).refresh()).failed, []);
});

test('a refusal is told with who and where', async t => {
  const { trail, place } = computerOn(aws, t);
  const { mallory } = aws.world;
  const session = async (): Promise<Session> => ({
    profile: { ...alice(aws), name: 'mallory' },
    accountId: place.accountId,
    arn: mallory.arn,
    credentials: {
      accessKeyId: mallory.accessKeyId,
      secretAccessKey: new Secret(mallory.secretAccessKey),
    },
  });
  const { failed } = await trail.refresh({
    sources: [{ accountId: place.accountId, regions: [place.region], session }],
    since: Date.now() - HOUR,
    signal: never,
  });
  assert.equal(failed[0]?.error.code, 'aws.denied');
  assert.match(
    failed[0]?.error.message ?? '',
    /^User mallory may not read CloudTrail in us-east-1 in account 1111-2222-3333/,
  );
});

test('a refresh that is cancelled while CloudTrail hangs stops at once', async t => {
  await aws.control.fail({ service: 'cloudtrail', operation: 'LookupEvents', kind: 'hang' });
  const { trail, refresh } = computerOn(aws, t);
  const cancelling = new AbortController();
  const running = refresh(trail, cancelling.signal);
  await delay(300);
  const started = Date.now();
  cancelling.abort();
  await assert.rejects(running, isCancelled);
  assert.ok(Date.now() - started < 500);
});

test('a clock that is ten minutes off is corrected, not refused', async t => {
  const { index, session, refresh } = computerOn(aws, t);
  await session('d-clock');
  await aws.control.setClockOffset(10 * MINUTE);
  t.after(() => aws.control.setClockOffset(0));
  const { failed, stored } = await refresh();
  assert.deepEqual(failed, []);
  assert.ok(stored > 0);
  const covered = Number(index.db.get('SELECT max(to_ms) AS upto FROM coverage')?.['upto']);
  assert.ok(covered > Date.now() - 7 * MINUTE, 'by AWS’s clock, less the time in which events settle');
});
