import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answerFor } from '../../../../src/cli/deploy/endings.ts';
import { planLines } from '../../../../src/cli/deploy/planLines.ts';
import type { Deployment, State } from '../../../../src/deployment/deployment.ts';
import { type PlannedChange, sealPlan } from '../../../../src/deployment/plan.ts';
import { ASKED_IN_WINDOW, DRAFTED_STACK, JUDGEMENT } from '../../deployment/requests.ts';

const change = (facts: Partial<PlannedChange>): PlannedChange => ({
  ...{ address: 'Queue', type: 'AWS::SQS::Queue', action: 'modify', replacement: 'no', detail: '' },
  ...facts,
});

const found = { value: '0.0.0.0/0', limit: 'closed', source: "No Wing's defaults" };
const plan = (changes: PlannedChange[]) =>
  sealPlan(
    { ...DRAFTED_STACK, changes },
    {
      ...JUDGEMENT,
      guardrails: {
        ...JUDGEMENT.guardrails,
        verdict: 'refuse',
        verdicts: [{ rule: 'openPorts', verdict: 'refuse', resource: 'Web', ...found }],
        cost: { knownUsd: 12.5, lines: [{ resource: 'A', what: 'a', price: { kind: 'unknown', why: 'x' } }] },
      },
    },
  );

const deployment = (state: State, facts: Partial<Deployment> = {}): Deployment => ({
  ...{ id: 'd1', profileId: 'p', agent: 'copilot', accountId: '111122223333', region: 'eu-west-1' },
  ...{ environment: 'dev', stackName: 'web', sourceName: 'web.yaml', startedAt: 0, createsStack: false },
  ...ASKED_IN_WINDOW,
  state,
  verification: { state: 'none', summary: '' },
  ...facts,
});

const lines = (changes: PlannedChange[], facts: Partial<Deployment> = {}): string[] => {
  const sealed = plan(changes);
  const paint = (style: string, text: string): string => `<${style}>${text}</${style}>`;
  return planLines(deployment({ status: 'refused', plan: sealed }, facts), sealed, paint);
};

describe('a plan for a terminal', () => {
  it('says who, where, what, what the guardrails say and what it costs', () => {
    assert.deepEqual(
      lines([
        change({ action: 'add' }),
        change({ replacement: 'yes' }),
        change({ replacement: 'maybe' }),
        change({ action: 'remove', address: 'Old' }),
      ]),
      [
        '<bold>update web</bold> as agent copilot in 1111-2222-3333, eu-west-1 (dev)',
        '+  add          Queue  AWS::SQS::Queue',
        '<red>±  replace      Queue  AWS::SQS::Queue</red>',
        '<red>±  may replace  Queue  AWS::SQS::Queue</red>',
        '<red>-  remove       Old    AWS::SQS::Queue</red>',
        "refused: openPorts Web: 0.0.0.0/0; closed (No Wing's defaults)",
        'about 12.50 USD a month, and 1 whose price is not known',
      ],
    );
  });

  it('gives the terminal no command, whatever a template or a row says', () => {
    const hostile = '\u001b]0;owned\u0007\u001b[2J\r\nApproved';
    const printed = lines([change({ address: hostile, type: hostile })], { accountAlias: hostile });
    assert.ok(printed.every(line => !/\p{Cc}/u.test(line)));
  });
});

describe('the end of a deployment, for a shell', () => {
  const sealed = plan([]);
  const approval = { planHash: '', approvedBy: 'alice', at: 0, acknowledged: [] };
  const failure = { address: 'Role', reason: 'denied\u001b[1m' };
  const cases: [State, number, RegExp][] = [
    [{ status: 'succeeded', plan: sealed, approval, outputs: [] }, 0, /done/],
    [{ status: 'noChanges' }, 0, /nothing to change/],
    [{ status: 'failed', failure }, 1, /Role: denied \[1m/],
    [{ status: 'rolledBack', plan: sealed, approval, failure }, 1, /were undone/],
    [{ status: 'refused', plan: sealed }, 3, /guardrail/],
    [{ status: 'abandoned', reason: 'alice said no.' }, 5, /alice said no/],
    [{ status: 'executing', plan: sealed, approval }, 1, /goes on/],
  ];
  for (const [state, code, text] of cases) {
    it(`is ${code} for ${state.status}`, () => {
      const answer = answerFor(deployment(state));
      assert.equal(answer.exitCode, code);
      assert.match(answer.text, text);
    });
  }
});
