import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type {
  CloudFormationApi,
  FoundChange,
} from '../../../../src/deployment/cloudformation/cloudFormation.ts';
import { foundChanges, plannedChange } from '../../../../src/deployment/cloudformation/plannedChanges.ts';
import { FakeCloudFormation } from '../fakeCloudFormation.ts';
import { never } from '../scene.ts';

const change = (address: string, more: Partial<FoundChange> = {}): FoundChange => ({
  address,
  type: 'A::B::C',
  action: 'modify',
  replacement: 'no',
  detail: '',
  ...more,
});

const listing = (sets: Record<string, FoundChange[]>): CloudFormationApi => ({
  ...new FakeCloudFormation().api(),
  changes: arn => Promise.resolve(sets[arn] ?? []),
});

describe('planned changes', () => {
  it('of nested stacks have their path', async () => {
    const api = listing({
      root: [change('Web', { nestedArn: 'web' }), change('Queue')],
      web: [change('Queue'), change('Db', { nestedArn: 'db' })],
      db: [change('Table')],
    });
    const found = await foundChanges(api, 'root', [], never);
    assert.deepEqual(
      found.map(({ address }) => address),
      ['Web', 'Web/Queue', 'Web/Db', 'Web/Db/Table', 'Queue'],
    );
    assert.ok(found.every(item => !('nestedArn' in plannedChange(item))));
  });

  const secrets: [string, string, readonly string[], string][] = [
    ['a whole value', '{"P":"hunter2"}', ['hunter2'], '{"P":"****"}'],
    ['a part of one', '{"P":["pg://u:hunter2@h"]}', ['hunter2'], '{"P":["pg://u:****@h"]}'],
    ['one that JSON escapes', '{"P":"a\\"b\\\\c"}', ['a"b\\c'], '{"P":"****"}'],
    ['a number', '{"P":{"Q":1234,"R":12}}', ['1234'], '{"P":{"Q":"****","R":12}}'],
    ['none', '{"P":"hunter2"}', [], '{"P":"hunter2"}'],
    ['an empty one', '{"P":"hunter2"}', [''], '{"P":"hunter2"}'],
  ];
  for (const [name, json, hidden, expected] of secrets) {
    it(`hide ${name}`, async () => {
      const api = listing({ root: [change('One', { before: json, after: json })] });
      const [found] = await foundChanges(api, 'root', hidden, never);
      assert.deepEqual([found?.before, found?.after], [expected, expected]);
    });
  }
});
