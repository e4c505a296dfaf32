import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Leak } from '../../../src/trail/leaks/leakStore.ts';
import { leakDocument, leakRow, openLeaks } from '../../../src/ui/leakText.ts';

const LEAK: Leak = {
  key: 'k',
  kind: 'agentAsUser',
  severity: 'high',
  confidence: 'likely',
  sentence: 'Claude <b>Code</b> made this call\nwith the identity of alice.',
  whatToDo: 'Open Claude Code in a terminal of No Wing.',
  events: [
    { accountId: '111122223333', eventId: 'e-1', time: 5, source: 's3.amazonaws.com', name: 'Put|Object' },
  ],
  count: 60,
  firstAt: 1,
  lastAt: 5,
  shapes: ['s3 write'],
  acknowledged: undefined,
  status: 'open',
};

test('a row says what it is, how often, and all of it to who listens', () => {
  const { label, description, spoken } = leakRow(LEAK);
  assert.equal(label, 'An agent acted as the user');
  assert.match(description, /^60 events · Claude/);
  assert.doesNotMatch(description, /\n/);
  assert.match(spoken, /^Leak, high: An agent acted as the user\. 60 events/);
});

test('the document: evidence, how sure, what to do; nothing of a record is markup', () => {
  const text = leakDocument(LEAK, at => `T${at}`);
  for (const part of [
    /How sure:\*\* Likely/,
    /What to do:\*\* Open Claude Code/,
    /from T1 to T5/,
    /newest 1 of 60/,
  ])
    assert.match(text, part);
  assert.doesNotMatch(text, /<b>|\| Put\|Object/);
  assert.doesNotMatch(text, /This is fine/);
});

test('what somebody said is fine is not open, until it takes another shape', () => {
  const acknowledged = { at: 9, reason: 'It was me', shapes: ['s3 write'] };
  const fine: Leak = { ...LEAK, status: 'acknowledged', acknowledged };
  assert.deepEqual(
    openLeaks([LEAK, fine, { ...fine, status: 'reopened' }]).map(({ status }) => status),
    ['open', 'reopened'],
  );
  assert.match(
    leakDocument(fine, at => `T${at}`),
    /\*\*This is fine\*\*, somebody said on T9: It was me/,
  );
});
