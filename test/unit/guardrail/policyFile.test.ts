import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EXAMPLE_FILE } from '../../../src/guardrail/exampleFile.ts';
import { defaultPolicy } from '../../../src/guardrail/guardrailPolicy.ts';
import { readPolicyFile } from '../../../src/guardrail/policyFile.ts';
import { policyHash } from '../../../src/guardrail/policyHash.ts';
import { overlaid } from '../../../src/guardrail/policyMerge.ts';

const READ: Readonly<Record<string, string>> = {
  'nothing but the version': 'version: 1\n',
  'a rule': 'version: 1\ndev: { diskSize: { limit: 10 } }\n',
  'a rule without a limit': 'version: 1\nprod:\n  stateful: { unknown: refuse }\n',
  'no limit': 'version: 1\neverywhere: { monthlyBudget: { limit: none } }\n',
  JSON: '{"version": 1, "everywhere": {"regions": {"limit": ["eu-*"]}}}',
  'JSON with tabs': '{\n\t"version": 1,\n\t"dev": {\n\t\t"approval": "typedName"\n\t}\n}\n',
};

const WRONG: readonly (readonly [
  what: string,
  text: string,
  line: number,
  column: number,
  problem: RegExp,
])[] = [
  ['nothing', '', 1, 1, /./],
  ['no version', 'dev: {}\n', 1, 1, /version/],
  ['another version', 'version: 2\n', 1, 1, /version: is not 1/],
  [
    'a rule that is misspelt',
    'version: 1\ndev:\n  diskSise: { limit: 1 }\n',
    3,
    3,
    /dev\.diskSise is not a name/,
  ],
  ['an environment that is misspelt', 'version: 1\nprd: {}\n', 2, 1, /prd is not a name/],
  ['a part that is misspelt', 'version: 1\ndev:\n  diskSize:\n    max: 1\n', 4, 5, /max is not a name/],
  ['a limit of another kind', 'version: 1\ndev:\n  diskSize:\n    limit: big\n', 4, 5, /neither a number/],
  ['a number below zero', 'version: 1\ndev: { instanceCount: { limit: -1 } }\n', 2, 25, /neither a number/],
  ['infinity', 'version: 1\ndev: { instanceCount: { limit: .inf } }\n', 2, 25, /neither a number/],
  [
    'a reaction nobody knows',
    'version: 1\ndev: { stateful: { broken: warn } }\n',
    2,
    20,
    /neither "ask" nor "refuse"/,
  ],
  ['passing as a reaction', 'version: 1\ndev: { stateful: { broken: pass } }\n', 2, 20, /neither/],
  ['a text for a list', 'version: 1\ndev: { regions: { limit: eu-west-1 } }\n', 2, 19, /./],
  ['a port that is none', 'version: 1\ndev: { openPorts: { limit: [70000] } }\n', 2, 21, /./],
  [
    'the same rule twice',
    'version: 1\ndev:\n  diskSize: { limit: 1 }\n  diskSize: { limit: 9 }\n',
    4,
    3,
    /unique/i,
  ],
  [
    'the same rule twice in JSON',
    '{"version":1,"dev":{"diskSize":{"limit":1},"diskSize":{"limit":9}}}',
    1,
    44,
    /unique/i,
  ],
  ['no YAML', 'version: 1\ndev: {\n', 3, 1, /./],
  ['a list', '- 1\n', 1, 1, /./],
  ['an alias', 'version: 1\ndev: &d {}\nprod: *d\n', 1, 1, /alias/i],
  ['an entry of the prototype', '{"version":1,"dev":{"__proto__":{}}}', 1, 1, /__proto__/],
  ['two documents', 'version: 1\n---\nversion: 1\n', 2, 1, /./],
];

describe('a guardrail file is read', () => {
  for (const [what, text] of Object.entries(READ)) {
    it(what, () => assert.equal(readPolicyFile(text, 'f').kind, 'read'));
  }
});

describe('a guardrail file is wrong, with the place, for', () => {
  for (const [what, text, line, column, problem] of WRONG) {
    it(what, () => {
      const reading = readPolicyFile(text, 'f');
      assert.equal(reading.kind, 'unreadable');
      assert.match(reading.kind === 'unreadable' ? reading.problem : '', problem);
      assert.deepEqual(reading.kind === 'unreadable' && [reading.line, reading.column], [line, column]);
    });
  }
});

describe('the example', () => {
  const [head = '', rules = ''] = EXAMPLE_FILE.split('version: 1\n');
  const whole = `${head}version: 1\n${rules.replaceAll(/^# /gm, '')}`;

  it('says nothing of its own', () => {
    const reading = readPolicyFile(EXAMPLE_FILE, 'f');
    assert.deepEqual(reading, { kind: 'read', file: { name: 'f' } });
  });

  for (const environment of ['dev', 'prod'] as const) {
    it(`says, when it is uncommented, what is shipped for ${environment}`, () => {
      const reading = readPolicyFile(whole, "No Wing's defaults");
      assert.ok(reading.kind === 'read', JSON.stringify(reading));
      const shipped = defaultPolicy(environment);
      assert.equal(policyHash(overlaid(shipped, reading.file)), policyHash(shipped));
    });
  }
});
