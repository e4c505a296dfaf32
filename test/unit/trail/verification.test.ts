import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE } from '../../../src/base/clock.ts';
import { type Expected, type VerifiableEvent, verify } from '../../../src/trail/verification.ts';
import { ACCOUNT, SESSION, START } from './records.ts';

const expected: Expected = {
  deploymentId: 'd-1',
  sessionNames: [SESSION],
  accessKeyIds: ['ASIAOWN'],
  expectedCalls: [
    { eventName: 'CreateChangeSet', eventSource: 'cloudformation.amazonaws.com' },
    { eventName: 'ExecuteChangeSet' },
    { eventName: 'CreateQueue', eventSource: 'sqs.amazonaws.com' },
  ],
  resourceNames: ['orders'],
  touched: [{ name: 'orders-jobs', eventSource: 'sqs.amazonaws.com' }],
  startedAt: START,
  endedAt: START + 5 * MINUTE,
};

type Change = Partial<Omit<VerifiableEvent, 'attribution'>> & {
  readonly attribution?: Partial<VerifiableEvent['attribution']>;
};

function call(name: string, { attribution, ...rest }: Change = {}): VerifiableEvent {
  return {
    eventId: name,
    accountId: ACCOUNT,
    time: START + MINUTE,
    name,
    source: name === 'CreateQueue' ? 'sqs.amazonaws.com' : 'cloudformation.amazonaws.com',
    readOnly: name.startsWith('Describe'),
    accessKeyId: 'ASIAFORWARDED',
    sessionName: SESSION,
    resources: ['orders'],
    attribution: {
      actor: { kind: 'agent', name: 'copilot' },
      onBehalfOf: 'alice',
      strength: 'strong',
      reason: '',
      ...attribution,
    },
    ...rest,
  };
}

const theirs = { sessionName: undefined, accessKeyId: 'AKIABOB' };
const bob = {
  ...theirs,
  attribution: { actor: { kind: 'user' as const, name: 'bob' }, onBehalfOf: undefined },
};
const ALL = [call('CreateChangeSet'), call('ExecuteChangeSet'), call('CreateQueue'), call('DescribeStacks')];

interface Case {
  readonly what: string;
  readonly events: readonly VerifiableEvent[];
  readonly expect?: Partial<Expected>;
  /** Minutes after the end. */
  readonly later?: number;
  readonly summary: string | RegExp;
  readonly strangers?: string;
}

const CASES: readonly Case[] = [
  { what: 'everything is there', events: ALL, summary: 'verified: 4 of 4 by agent copilot for alice' },
  {
    what: 'by access key too',
    events: [...ALL, call('GetTemplate', { sessionName: undefined, accessKeyId: 'ASIAOWN' })],
    summary: 'verified: 5 of 5 by agent copilot for alice',
  },
  {
    what: 'a poll that was made once for many',
    events: ALL,
    expect: { expectedCalls: [{ eventName: 'DescribeStacks', minimum: 1 }] },
    summary: 'verified: 4 of 4 by agent copilot for alice',
  },
  {
    what: 'without expectations, what is there',
    events: ALL.slice(0, 1),
    expect: { expectedCalls: [] },
    summary: 'verified: 1 of 1 by agent copilot for alice',
  },
  {
    what: 'an agent for nobody',
    events: ALL.map(event => ({ ...event, attribution: { ...event.attribution, onBehalfOf: undefined } })),
    summary: 'verified: 4 of 4 by agent copilot',
  },
  {
    what: 'nothing is there yet',
    events: [],
    summary: 'waiting: 0 of 3. CloudTrail has none of the calls yet: it is usually some minutes late.',
  },
  {
    what: 'nothing is there and nothing is expected',
    events: [],
    expect: { expectedCalls: [] },
    summary: /^waiting: 0 of 0\. CloudTrail has none of the calls yet/,
  },
  {
    what: 'some are missing',
    events: ALL.slice(0, 1),
    summary:
      'waiting: 1 of 3 by agent copilot for alice. Not in CloudTrail yet: ExecuteChangeSet, CreateQueue. It is usually some minutes late.',
  },
  {
    what: 'not often enough',
    events: ALL,
    expect: { expectedCalls: [{ eventName: 'CreateQueue', minimum: 3 }] },
    summary: /^waiting: 4 of 6 by .*yet: 2 × CreateQueue\./,
  },
  {
    what: 'the same name of another service does not count',
    events: [...ALL.slice(0, 2), call('CreateQueue', { source: 'connect.amazonaws.com' })],
    summary: /^waiting: 3 of 4 .*yet: CreateQueue\./,
  },
  {
    what: 'many are missing',
    events: [],
    expect: { expectedCalls: ['A', 'B', 'C', 'D', 'E'].map(eventName => ({ eventName })) },
    later: 90,
    summary:
      /Still not in CloudTrail: A, B, C and 2 more\. Either it was not called, or CloudTrail is very late/,
  },
  {
    what: 'nothing, long after',
    events: [],
    expect: { expectedCalls: [] },
    later: 90,
    summary: /Still not in CloudTrail: any call/,
  },
  {
    what: 'our session, made by somebody else',
    events: [
      ...ALL,
      call('DeleteBucket', { attribution: { actor: { kind: 'unknown', name: 'x' }, strength: 'none' } }),
    ],
    summary:
      'mismatch: 4 of 5 by agent copilot for alice, but DeleteBucket was made by unknown x for alice in account 1111-2222-3333',
    strangers: 'DeleteBucket',
  },
  {
    what: 'our session, for another human',
    events: [...ALL, call('DeleteBucket', { attribution: { onBehalfOf: 'bob' } })],
    summary: /^mismatch/,
    strangers: 'DeleteBucket',
  },
  {
    what: 'our session, only by a hint',
    events: [...ALL, call('DeleteBucket', { attribution: { strength: 'hint' } })],
    summary: /^mismatch/,
    strangers: 'DeleteBucket',
  },
  {
    what: 'the agent is not the expected one',
    events: ALL,
    expect: { agent: 'claude', onBehalfOf: 'alice' },
    summary: /^mismatch: 0 of 7 by agent claude for alice/,
    strangers: 'CreateChangeSet ExecuteChangeSet CreateQueue DescribeStacks',
  },
  {
    what: 'somebody else changes the stack meanwhile',
    events: [...ALL, call('UpdateStack', bob)],
    summary: /^mismatch: 4 of 4 by agent copilot for alice, but UpdateStack was made by user bob/,
    strangers: 'UpdateStack',
  },
  {
    what: 'the same by ARN',
    events: [
      ...ALL,
      call('DeleteStack', {
        ...bob,
        resources: ['arn:aws:cloudformation:eu-west-1:111122223333:stack/orders/1'],
      }),
    ],
    summary: /^mismatch/,
    strangers: 'DeleteStack',
  },
  {
    what: 'somebody else changes a resource of it',
    events: [
      ...ALL,
      call('SetQueueAttributes', { ...bob, source: 'sqs.amazonaws.com', resources: ['orders-jobs'] }),
    ],
    summary: /^mismatch: 4 of 4 by agent copilot for alice, but SetQueueAttributes was made by user bob/,
    strangers: 'SetQueueAttributes',
  },
  {
    what: 'somebody else changes something of the same name at another service',
    events: [
      ...ALL,
      call('SetTopicAttributes', { ...bob, source: 'sns.amazonaws.com', resources: ['orders-jobs'] }),
    ],
    summary: /^verified/,
  },
  {
    what: 'a mismatch is told though calls are missing',
    events: [call('CreateChangeSet'), call('UpdateStack', bob)],
    summary: /^mismatch: 1 of 3/,
    strangers: 'UpdateStack',
  },
  {
    what: 'somebody else only looks',
    events: [...ALL, call('DescribeStackEvents', bob)],
    summary: /^verified: 4 of 4/,
  },
  {
    what: 'somebody else changes something of a similar name',
    events: [
      ...ALL,
      call('UpdateStack', { ...bob, resources: ['orders-archive', 'arn:aws:s3:::my-orders'] }),
    ],
    summary: /^verified/,
  },
  {
    what: 'somebody else, before and after',
    events: [
      call('UpdateStack', { ...bob, time: START - 1 }),
      ...ALL,
      call('UpdateStack', { ...bob, time: START + 6 * MINUTE }),
    ],
    summary: /^verified/,
  },
  {
    what: 'the same agent in another session',
    events: [...ALL, call('TagResource', { sessionName: 'no-wing-copilot-99999999' })],
    summary: /^verified: 4 of 4/,
  },
  {
    what: 'a service acts for itself',
    events: [
      ...ALL,
      call('CreateLogGroup', {
        ...theirs,
        attribution: { actor: { kind: 'service', name: 'Lambda' }, onBehalfOf: undefined },
      }),
    ],
    summary: /^verified: 4 of 4/,
  },
];

for (const { what, events, expect, later = 1, summary, strangers = '' } of CASES)
  test(`${what}: ${summary}`, () => {
    const asked = { ...expected, ...expect };
    const result = verify(asked, events, (asked.endedAt ?? START) + later * MINUTE);
    if (typeof summary === 'string') assert.equal(result.summary, summary);
    else assert.match(result.summary, summary);
    assert.ok(result.summary.startsWith(`${result.state}: ${result.matched} of ${result.expected}`));
    assert.equal(result.strangers.map(({ name }) => name).join(' '), strangers);
  });

test('while it runs, nothing is overdue', () => {
  const { endedAt, ...running } = expected;
  assert.ok(endedAt);
  assert.match(verify(running, [], START + 9 * HOUR).summary, /none of the calls yet/);
});
