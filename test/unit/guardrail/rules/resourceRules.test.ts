import { known, unknown } from '../../../../src/guardrail/fact.ts';
import type { Facts } from '../../../../src/guardrail/guardedResource.ts';
import { defaultPolicy } from '../../../../src/guardrail/guardrailPolicy.ts';
import { itJudges, policyWith } from '../plans.ts';

const why = unknown<never>('chosen later');
const DATA = { stateful: known(true) };
const NESTED: Facts = { unreadable: 'not seen' };

itJudges('requiredTags', [
  { what: 'none required', facts: { tags: known([]) }, expected: 'pass' },
  {
    what: 'all there',
    policy: policyWith('requiredTags', ['team']),
    facts: { tags: known(['team', 'x']) },
    expected: 'pass',
  },
  {
    what: 'one missing',
    policy: policyWith('requiredTags', ['team', 'cost']),
    facts: { tags: known(['team']) },
    expected: 'refuse',
    value: /without cost/,
  },
  {
    what: 'not known',
    policy: policyWith('requiredTags', ['team']),
    facts: { tags: why },
    expected: 'ask',
  },
  { what: 'what takes no tags', policy: policyWith('requiredTags', ['team']), expected: 'pass' },
]);

itJudges('stateful', [
  { what: 'made', facts: DATA, expected: 'pass' },
  { what: 'deleted', facts: DATA, changes: { action: 'remove' }, expected: 'ask', value: /is deleted/ },
  {
    what: 'deleted in production',
    policy: defaultPolicy('prod'),
    facts: DATA,
    changes: { action: 'remove' },
    expected: 'refuse',
  },
  { what: 'replaced', facts: DATA, changes: { action: 'modify', replacement: 'yes' }, expected: 'ask' },
  {
    what: 'perhaps replaced',
    facts: DATA,
    changes: { action: 'modify', replacement: 'maybe' },
    expected: 'ask',
  },
  { what: 'decided later', facts: DATA, changes: { action: 'decidedLater' }, expected: 'ask' },
  { what: 'changed in place', facts: DATA, changes: { action: 'modify' }, expected: 'pass' },
  {
    what: 'without data',
    facts: { stateful: known(false) },
    changes: { action: 'remove' },
    expected: 'pass',
  },
  { what: 'not known', facts: { stateful: why }, changes: { action: 'remove' }, expected: 'ask' },
  { what: 'a nested stack that is new', facts: { ...NESTED, stateful: why }, expected: 'pass' },
  { what: 'a nested stack that is changed', facts: NESTED, changes: { action: 'modify' }, expected: 'ask' },
]);
