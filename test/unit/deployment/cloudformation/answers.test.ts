import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as v from 'valibot';
import { EventsAnswer, StacksAnswer } from '../../../../src/deployment/cloudformation/answers.ts';
import { ChangesAnswer } from '../../../../src/deployment/cloudformation/changeAnswers.ts';
import type { FoundChange } from '../../../../src/deployment/cloudformation/cloudFormation.ts';
import { expectedCalls } from '../../../../src/deployment/expectedCalls.ts';

const changesIn = (...changes: object[]): readonly FoundChange[] =>
  v.parse(ChangesAnswer, {
    Changes: changes.map(ResourceChange => ({ Type: 'Resource', ResourceChange })),
  }).items;

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
      const [told] = changesIn(change);
      assert.equal(`${told?.action} ${told?.replacement} ${told?.detail}`, expected);
    });
  }

  const contexts: [object, string | undefined, string | undefined][] = [
    [{}, undefined, undefined],
    [{ AfterContext: '{"Properties":{"b":1,"a":2}}' }, undefined, '{"a":2,"b":1}'],
    [{ BeforeContext: '{"Properties":{"a":1}}', AfterContext: '{"Metadata":{}}' }, '{"a":1}', '{}'],
    [{ BeforeContext: 'no json', AfterContext: '7' }, undefined, undefined],
  ];
  for (const [context, before, after] of contexts) {
    it(`tell the properties before and after: ${JSON.stringify(context)}`, () => {
      const [told] = changesIn({ ...base, Action: 'Modify', ...context });
      assert.deepEqual([told?.before, told?.after], [before, after]);
    });
  }

  it("leave out hooks, and AWS's own tags", () => {
    assert.equal(changesIn({ ...base, Action: 'Add' }).length, 1);
    assert.deepEqual(v.parse(ChangesAnswer, { Changes: [{ Type: 'Hook' }] }).items, []);
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
    expectedCalls(types.map(type => ({ act: 'create', type }))).map(
      call => `${call.eventSource.split('.')[0]} ${call.eventName} ${call.minimum}`,
    );
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
