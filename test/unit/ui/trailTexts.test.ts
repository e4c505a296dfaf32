import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { UserError } from '../../../src/base/userError.ts';
import type { LedgerEntry } from '../../../src/identity/ledger.ts';
import {
  bucketReport,
  bucketText,
  type Imported,
  importedText,
  importProgressText,
  importReport,
  isWhole,
  sumOf,
} from '../../../src/ui/trailImportText.ts';
import { likenesses } from '../../../src/ui/trailLikeThis.ts';
import { sessionDocument } from '../../../src/ui/trailSessionText.ts';
import { resourceOf } from '../../../src/ui/trailTemplate.ts';
import { storedEvent } from './trailThings.ts';

describe('which resource of the template an event is about', () => {
  const DEPLOYED = [
    { address: 'Bucket', type: 'AWS::S3::Bucket' },
    { address: 'Topic', type: 'AWS::SNS::Topic', physicalId: 'arn:aws:sns:eu-west-1:1:alerts' },
    { address: 'Queue', type: 'AWS::SQS::Queue' },
    { address: 'DeadQueue', type: 'AWS::SQS::Queue' },
    { address: 'QueuePolicy', type: 'AWS::SQS::QueuePolicy' },
  ];
  const CASES: readonly [string, Parameters<typeof storedEvent>[0], string | undefined][] = [
    ['by the name CloudFormation makes', { resources: ['arn:aws:s3:::orders-bucket-1x2y'] }, 'Bucket'],
    ['by its own name', { resources: ['arn:aws:sns:eu-west-1:1:alerts'] }, 'Topic'],
    [
      'by a name that begins like another',
      { resources: ['https://sqs/1/orders-QueuePolicy-9'] },
      'QueuePolicy',
    ],
    ['by its type', { resources: [], source: 'sns.amazonaws.com', name: 'CreateTopic' }, 'Topic'],
    [
      'of two of one type neither',
      { resources: [], source: 'sqs.amazonaws.com', name: 'GetQueueUrl' },
      undefined,
    ],
    ['not by another stack’s name', { resources: ['arn:aws:s3:::billing-bucket-1'], name: 'X' }, undefined],
  ];
  for (const [name, event, address] of CASES)
    it(name, () => assert.equal(resourceOf(storedEvent(event), 'orders', DEPLOYED)?.address, address));
});

describe('a session', () => {
  const ENTRY: LedgerEntry = {
    accessKeyId: 'ASIAEXAMPLE000001234',
    kind: 'agent',
    profileId: 'p',
    profileName: 'copilot',
    accountId: '111122223333',
    arn: 'arn:aws:sts::111122223333:assumed-role/agent/no-wing-copilot-1a2b3c4d',
    roleSessionName: 'no-wing-copilot-1a2b3c4d',
    sourceIdentity: 'alice',
    tags: {},
    purpose: 'terminal',
    mintedAt: 1,
    expiresAt: 2,
  };
  const time = (at: number): string => `<${at}>`;

  it('of the ledger: whose, for whom, what for, until when', () => {
    const text = sessionDocument(storedEvent(), ENTRY, time);
    assert.match(text, /^# Session no-wing-copilot-1a2b3c4d/);
    assert.match(text, /minted it as agent \*\*copilot\*\* for \*\*alice\*\*/);
    assert.match(text, /Purpose: terminal/);
    assert.match(text, /From <1> to <2>/);
  });

  it('of somebody else: what CloudTrail says, and nothing of its key but the end', () => {
    const text = sessionDocument(storedEvent({ sessionName: '![x](http://evil)' }), undefined, time);
    assert.match(text, /No Wing did not mint it/);
    assert.doesNotMatch(text, /ASIAEXAMPLE/);
    assert.doesNotMatch(text, /!\[x\]/);
  });
});

test('an event offers what it has in common with others, on top of the filter', () => {
  const offered = likenesses(storedEvent({ error: 'AccessDenied' }), { lastHours: 1 });
  assert.deepEqual(
    offered.map(({ value }) => value),
    [
      { lastHours: 1, actor: 'copilot', actorKind: 'agent' },
      { lastHours: 1, event: 'PutObject', service: 's3.amazonaws.com' },
      { lastHours: 1, service: 's3.amazonaws.com' },
      { lastHours: 1, error: 'AccessDenied' },
      { lastHours: 1, text: 'no-wing-copilot-1a2b3c4d' },
      { lastHours: 1, deploymentId: 'd-1' },
      { lastHours: 1, text: 'arn:aws:s3:::orders-bucket-1x2y3z' },
      { lastHours: 1, accountId: '111122223333', region: 'eu-west-1' },
    ],
  );
});

describe('an import', () => {
  const NONE: Imported = {
    ...{ units: 0, bytes: 0, events: 0, added: 0, insights: 0, digests: 0, odd: 0, already: 0 },
    problems: [],
  };
  const CASES: readonly [string, Partial<Imported>, string][] = [
    ['nothing', {}, 'There are no CloudTrail files in x: names that end in .json or .json.gz.'],
    ['one', { units: 1, events: 1, added: 1 }, 'Imported 1 new event from x.'],
    [
      'all sorts',
      {
        units: 9,
        events: 1200,
        added: 1000,
        already: 3,
        digests: 2,
        insights: 1,
        problems: [{ name: 'f', problem: 'p' }],
      },
      'Imported 1,000 new events from x; 200 events were there before; 3 files had been read before; 2 digests passed over; 1 Insights event passed over; 1 file could not be read to the end.',
    ],
    ['all known', { already: 4 }, 'Imported 0 new events from x; 4 files had been read before.'],
  ];
  for (const [name, counts, text] of CASES)
    it(name, () => assert.equal(importedText({ ...NONE, ...counts }, 'x'), text));

  it('of several places is one', () => {
    const problem = { name: 'f', problem: 'p' };
    const one = { ...NONE, units: 1, events: 2, added: 2, problems: [problem] };
    assert.deepEqual(sumOf([one, one]), {
      ...NONE,
      units: 2,
      events: 4,
      added: 4,
      problems: [problem, problem],
    });
  });

  it('tells how far it is', () => {
    const at = { ...NONE, ofUnits: 9, ofBytes: 300, bytes: 100, events: 120_000, eventsPerSecond: 30_000.4 };
    assert.equal(
      importProgressText({ ...at, left: 11_001 }),
      '33 %: 120,000 events, 30,000 a second, 12 s left',
    );
    assert.equal(
      importProgressText({ ...at, left: 240_000 }),
      '33 %: 120,000 events, 30,000 a second, 4 min left',
    );
    assert.equal(importProgressText({ ...at, left: undefined }), '33 %: 120,000 events, 30,000 a second');
  });

  it('lists what was damaged, as text', () => {
    const problems = [{ name: 'a|b`.json', problem: '<b>cut</b> off' }];
    const text = importReport({ ...NONE, units: 1, problems }, 'x');
    assert.match(text, /\| `a\\\|b'.json` \| \\<b\\>cut\\<\/b\\> off \|/);
  });
});

describe('an import of a bucket', () => {
  const NONE = { objects: 0, already: 0, added: 0, problems: [], failed: [] };
  const refused = {
    prefix: 'AWSLogs/444455556666/',
    error: new UserError('trail.denied', 'S3 refused <it>.', { hint: 'Allow s3:ListBucket.' }),
  };
  const CASES: readonly [string, Parameters<typeof bucketText>[0], string, boolean][] = [
    ['nothing new', NONE, 'Imported 0 new events of 0 objects from b.', true],
    [
      'again',
      { ...NONE, objects: 2, added: 1200, already: 1 },
      'Imported 1,200 new events of 2 objects from b; 1 object had been read before.',
      true,
    ],
    [
      'a part refused',
      { ...NONE, failed: [refused], problems: [{ name: 'o', problem: 'p' }] },
      'Imported 0 new events of 0 objects from b; 1 object could not be read to the end; 1 part of the bucket could not be read.',
      false,
    ],
  ];
  for (const [name, outcome, text, whole] of CASES)
    it(name, () => assert.deepEqual([bucketText(outcome, 'b'), isWhole(outcome)], [text, whole]));

  it('reports what was refused, and what to do', () => {
    const text = bucketReport({ ...NONE, failed: [refused] }, 'b');
    assert.match(text, /\| `AWSLogs\/444455556666\/` \| S3 refused \\<it\\>\. Allow s3:ListBucket\. \|/);
  });
});
