/** What stands on the page of a plan, and in which order. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type DraftedStack,
  type Judgement,
  type PlannedChange,
  sealPlan,
} from '../../../../src/deployment/plan.ts';
import { costText } from '../../../../src/ui/costText.ts';
import { planWords } from '../../../../src/ui/planText.ts';
import { noticeOf, planPage } from '../../../../src/ui/planView/planHtml.ts';
import { propertyChanges } from '../../../../src/ui/planView/propertyChanges.ts';
import { deploymentOf } from '../../deployment/history.ts';
import { DRAFTED_STACK, JUDGEMENT } from '../../deployment/requests.ts';

/** The page as a person reads it. */
function textOf(plan: Partial<DraftedStack>, judgement: Partial<Judgement> = {}): string {
  const html = planPage(
    {
      deployment: deploymentOf({ id: 'd1', status: 'awaitingApproval' }),
      plan: sealPlan({ ...DRAFTED_STACK, ...plan }, { ...JUDGEMENT, ...judgement }),
      canDecide: true,
      notice: '',
    },
    { style: 's', source: 's' },
  );
  return html
    .replace(/<head>.*?<\/head>/s, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
}

const change = (address: string, more: Partial<PlannedChange>): PlannedChange => ({
  address,
  type: 'AWS::SQS::Queue',
  action: 'modify',
  replacement: 'no',
  detail: '',
  ...more,
});

function assertInOrder(text: string, ...parts: readonly string[]): void {
  const places = parts.map(part => text.indexOf(part));
  assert.ok(!places.includes(-1), `${parts[places.indexOf(-1)]} is not in ${text}`);
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
    text,
  );
}

describe('the page of a plan', () => {
  it('begins with what is replaced and deleted', () => {
    const changes = [
      change('New', { action: 'add' }),
      change('Same', {}),
      change('Gone', { action: 'remove' }),
      change('Other', { replacement: 'yes' }),
      change('Perhaps', { replacement: 'maybe' }),
    ];
    const text = textOf({ changes });
    assertInOrder(
      text,
      'Replaced 2',
      'Other',
      'Perhaps',
      'Deleted 1',
      'Gone',
      'Changed 1',
      'Same',
      'Added 1',
      'New',
    );
    assert.match(text, /2 to replace, 1 to delete, 1 to change, 1 to add/);
    assert.match(text, /Perhaps AWS::SQS::Queue may be replaced/);
  });

  it('takes what AWS decides only later for what may be lost', () => {
    const changes = [change('Later', { action: 'decidedLater', replacement: 'maybe' })];
    assertInOrder(textOf({ changes }), 'Replaced 1', 'Later', 'AWS decides while it deploys');
  });

  it('says what was refused before what is asked', () => {
    const found = { resource: 'Gate', value: 'port 22', limit: 'not port 22', source: 'a file' };
    const verdicts: Judgement['guardrails']['verdicts'] = [
      { rule: 'stateful', verdict: 'ask', ...found },
      { rule: 'regions', verdict: 'pass', ...found },
      { rule: 'openPorts', verdict: 'refuse', ...found },
    ];
    const text = textOf({}, { guardrails: { ...JUDGEMENT.guardrails, verdicts } });
    assertInOrder(
      text,
      'Refused 1',
      'Ports open',
      'not port 22, set by a file',
      'Want your express yes 1',
      'Data',
      '1 passed',
    );
  });

  it('says what is wide before what is narrow, and when nothing is given', () => {
    const text = textOf(
      {},
      {
        iamChanges: [
          { address: 'Reader', text: 'allows s3:GetObject on x', isWide: false },
          { address: 'Admin', text: 'allows * on *', isWide: true },
        ],
      },
    );
    assertInOrder(text, 'Permissions', 'wide Admin allows * on *', 'Reader', 'Network No port and no access');
  });

  it('colours production', () => {
    const plan = sealPlan(DRAFTED_STACK, { ...JUDGEMENT, environment: 'prod' });
    const deployment = deploymentOf({ id: 'd1' });
    const html = planPage({ deployment, plan, canDecide: false, notice: '' }, { style: '', source: '' });
    assert.match(html, /<header class="prod">/);
    assert.match(html, /<dd>PROD<\/dd>/);
  });

  it('names the hash and every input', () => {
    const { hash } = sealPlan(DRAFTED_STACK, JUDGEMENT);
    assertInOrder(textOf({}), 'What exactly is approved', 'template aa', `the whole plan ${hash}`);
  });
});

describe('what only some engines say', () => {
  it('stands before everything else, and in the question for a yes', () => {
    const plan = {
      settings: { terminationProtection: false, stackPolicy: '{"Statement":[]}' },
      serviceRoleArn: 'arn:aws:iam::111122223333:role/stacks',
      retain: ['Archive'],
      tags: { team: 'orders' },
    };
    const text = textOf(plan);
    const told = [
      'protection of the stack is switched OFF',
      'another stack policy',
      'stay in the account: Archive',
      'role/stacks',
    ];
    assertInOrder(text, ...told, 'Guardrails No', 'Tag team orders');
    const sealed = sealPlan({ ...DRAFTED_STACK, ...plan }, JUDGEMENT);
    assertInOrder(planWords(deploymentOf({ id: 'd1' }), sealed).detail, ...told);
  });
});

describe('the notice of a plan', () => {
  const CASES: readonly [string, Parameters<typeof deploymentOf>[0], boolean, RegExp][] = [
    ['that waits here', { id: 'd', status: 'awaitingApproval' }, true, /waits for your yes/],
    ['that waits elsewhere', { id: 'd', status: 'awaitingApproval' }, false, /in the window that drafted it/],
    ['that was refused', { id: 'd', status: 'refused' }, false, /cannot be approved/],
    ['that runs', { id: 'd', status: 'executing' }, false, /carried out now/],
    ['of the past', { id: 'd' }, false, /it was carried out/],
    ['that AWS undid', { id: 'd', status: 'rolledBack' }, false, /AWS undid it/],
  ];
  for (const [what, past, canDecide, told] of CASES)
    it(what, () => assert.match(noticeOf(deploymentOf(past), canDecide), told));
});

describe('the properties of a change', () => {
  const CASES: readonly [string, string | undefined, string | undefined, readonly (readonly unknown[])[]][] =
    [
      ['that differ', '{"a":1,"b":"x"}', '{"a":1,"b":"y"}', [['b', 'x', 'y']]],
      ['of something new', undefined, '{"a":[1]}', [['a', undefined, '[\n 1\n]']]],
      ['of something gone', '{"a":1}', undefined, [['a', '1', undefined]]],
      [
        "under CloudFormation's heading",
        '{"Properties":{"a":1}}',
        '{"Properties":{"a":2}}',
        [['a', '1', '2']],
      ],
      ['that are no JSON', 'x', 'y', [['(all)', 'x', 'y']]],
      ['that are none', undefined, undefined, []],
      ['that are empty', '', '{}', []],
    ];
  for (const [what, before, after, expected] of CASES)
    it(what, () => {
      const given = {
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
      };
      assert.deepEqual(
        propertyChanges(given).map(({ name, before: was, after: becomes }) => [name, was, becomes]),
        expected,
      );
    });

  it('are cut when one is as long as a book', () => {
    const [found] = propertyChanges({ after: JSON.stringify({ code: 'x'.repeat(100_000) }) });
    assert.match(found?.after ?? '', /… \(100000 characters\)$/);
  });
});

describe('the cost of a plan', () => {
  const known = { resource: 'A', what: 'x', price: { kind: 'known', usd: 70.081 } } as const;
  const usage = { resource: 'B', what: 'x', price: { kind: 'usage' } } as const;
  const unknown = { resource: 'C', what: 'x', price: { kind: 'unknown', why: 'no list' } } as const;
  const CASES = [
    [[], 0, 'Nothing in it has a price of its own.'],
    [[known], 70.081, '70.08 USD by the month.'],
    [[known, unknown], 70.081, 'At least 70.08 USD by the month; 1 of unknown price.'],
    [[unknown], 0, '1 of unknown price.'],
    [[usage, usage], 0, '2 by usage.'],
  ] as const;
  for (const [lines, knownUsd, expected] of CASES)
    it(expected, () => assert.equal(costText({ knownUsd, lines: [...lines] }), expected));
});
