import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as v from 'valibot';
import {
  ChangeSetAnswer,
  EventsAnswer,
  StacksAnswer,
} from '../../../../src/deployment/cloudformation/answers.ts';
import { expectedCalls } from '../../../../src/deployment/expectedCalls.ts';

const changeSet = (...changes: object[]): v.InferOutput<typeof ChangeSetAnswer>['changeSet'] =>
  v.parse(ChangeSetAnswer, {
    ChangeSetId: 'arn',
    StackId: 'stack',
    Status: 'CREATE_COMPLETE',
    Changes: changes.map(ResourceChange => ({ Type: 'Resource', ResourceChange })),
  }).changeSet;

describe("CloudFormation's answers", () => {
  const base = { LogicalResourceId: 'One', ResourceType: 'A::B' };
  const changes: [object, string][] = [
    [{ ...base, Action: 'Add' }, 'add no '],
    [{ ...base, Action: 'Remove', PolicyAction: 'Retain' }, 'remove no the old one stays in the account'],
    [
      { ...base, Action: 'Modify', Replacement: 'True', PolicyAction: 'ReplaceAndSnapshot', Scope: ['Tags'] },
      'modify yes a snapshot of the old one is kept; Tags',
    ],
    [
      {
        ...base,
        Action: 'Modify',
        Replacement: 'Conditional',
        Details: [{ Target: { Attribute: 'Properties', Name: 'Size' }, CausingEntity: 'Depth' }],
      },
      'modify maybe Size (because of Depth)',
    ],
    [{ ...base, Action: 'Import' }, 'import no '],
    [{ ...base, Action: 'SyncWithActual' }, 'sync no '],
    [{ ...base, Action: 'Dynamic' }, 'decidedLater no '],
    [{ ...base, Action: 'SomethingNew', Replacement: 'Perhaps' }, 'decidedLater no '],
  ];
  for (const [change, expected] of changes) {
    it(`tell a change as "${expected}"`, () => {
      const [told] = changeSet(change).changes;
      assert.equal(`${told?.action} ${told?.replacement} ${told?.detail}`, expected);
    });
  }

  it("leave out hooks, and AWS's own tags", () => {
    assert.deepEqual(changeSet({ ...base, Action: 'Add' }).changes.length, 1);
    assert.deepEqual(
      v.parse(ChangeSetAnswer, {
        ChangeSetId: 'a',
        StackId: 's',
        Status: 'FAILED',
        Changes: [{ Type: 'Hook' }],
      }).changeSet.changes,
      [],
    );
    const stack = {
      StackId: 's',
      StackStatus: 'UPDATE_COMPLETE',
      CreationTime: new Date(5),
      Tags: [
        { Key: 'aws:x', Value: '1' },
        { Key: 'team', Value: 'shop' },
      ],
    };
    assert.deepEqual(v.parse(StacksAnswer, { Stacks: [stack] })[0]?.tags, { team: 'shop' });
  });

  it('tell events of the stack from those of a nested one', () => {
    const event = {
      EventId: 'e',
      StackId: 's',
      Timestamp: new Date(1),
      ResourceType: 'AWS::CloudFormation::Stack',
      ResourceStatus: 'CREATE_COMPLETE',
    };
    const { events } = v.parse(EventsAnswer, {
      StackEvents: [
        { ...event, PhysicalResourceId: 's' },
        { ...event, PhysicalResourceId: 'nested' },
      ],
    });
    assert.deepEqual(
      events.map(item => item.isStack),
      [true, false],
    );
  });

  it('that are not as promised are refused', () => {
    assert.throws(() => v.parse(StacksAnswer, { Stacks: [{ StackId: 's' }] }));
  });
});

describe('expected calls', () => {
  const texts = (...types: string[]): string[] =>
    expectedCalls(types).map(call => `${call.eventSource.split('.')[0]} ${call.eventName} ${call.minimum}`);
  const ALWAYS = ['cloudformation CreateChangeSet 1', 'cloudformation ExecuteChangeSet 1'];
  const cases: [string[], string[]][] = [
    [[], []],
    [['AWS::S3::Bucket'], ['s3 CreateBucket 1']],
    [
      ['AWS::SQS::Queue', 'AWS::SNS::Topic', 'AWS::SQS::Queue'],
      ['sqs CreateQueue 2', 'sns CreateTopic 1'],
    ],
    [['AWS::Lambda::Function'], ['lambda CreateFunction20150331 1']],
    [['Custom::Thing', 'AWS::Unheard::Of'], []],
  ];
  for (const [types, expected] of cases) {
    it(`of ${types.join(', ') || 'nothing'}`, () =>
      assert.deepEqual(texts(...types), [...ALWAYS, ...expected]));
  }
});
