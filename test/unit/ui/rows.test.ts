import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MINUTE } from '../../../src/base/clock.ts';
import { UserError } from '../../../src/base/userError.ts';
import type { Deployment, State } from '../../../src/deployment/deployment.ts';
import { type Plan, sealPlan } from '../../../src/deployment/plan.ts';
import type { StoredEvent } from '../../../src/trail/storedEvent.ts';
import { stackConsoleUrl } from '../../../src/ui/consoleLink.ts';
import { deploymentRecord } from '../../../src/ui/deploymentRecord.ts';
import { deploymentRow } from '../../../src/ui/deploymentRows.ts';
import { identityRows } from '../../../src/ui/identityRows.ts';
import { planWords } from '../../../src/ui/planText.ts';
import { suggestedStack } from '../../../src/ui/stackName.ts';
import { eventRow, groupRow } from '../../../src/ui/trailRows.ts';
import { shortArn, timeLeft } from '../../../src/ui/wording.ts';
import { ASKED_IN_WINDOW, DRAFTED_STACK, JUDGEMENT } from '../deployment/requests.ts';
import { ALICE, COPILOT } from '../identity/world.ts';

const PLAN: Plan = sealPlan(
  {
    ...DRAFTED_STACK,
    stackName: 'orders',
    profileId: COPILOT.id,
    changes: [
      { address: 'Queue', type: 'AWS::SQS::Queue', action: 'add', replacement: 'no', detail: '' },
      { address: 'Table', type: 'AWS::DynamoDB::Table', action: 'modify', replacement: 'yes', detail: '' },
      { address: 'Topic', type: 'AWS::SNS::Topic', action: 'remove', replacement: 'no', detail: '' },
    ],
    capabilities: ['CAPABILITY_IAM'],
  },
  JUDGEMENT,
);
const APPROVED = {
  plan: PLAN,
  approval: { planHash: PLAN.hash, approvedBy: 'alice', at: 2, acknowledged: [] },
};

function deployment(
  state: State,
  verification: Deployment['verification'] = { state: 'none', summary: '' },
): Deployment {
  return {
    id: 'd1',
    profileId: COPILOT.id,
    agent: 'copilot',
    onBehalfOf: 'alice',
    accountId: '111122223333',
    accountAlias: 'acme-dev',
    region: 'eu-west-1',
    environment: 'dev',
    stackName: 'orders',
    ...ASKED_IN_WINDOW,
    sourceName: 'orders.yaml',
    startedAt: 1,
    createsStack: false,
    state,
    verification,
  };
}

describe('a deployment row', () => {
  const succeeded: State = { status: 'succeeded', ...APPROVED, outputs: [] };
  const CASES: readonly [string, Deployment, string, string][] = [
    [
      'running',
      deployment({ status: 'executing', ...APPROVED }),
      'deploying copilot for alice',
      'deployment.executing.running.planned',
    ],
    [
      'unwatched',
      deployment({ status: 'executing', ...APPROVED, interrupted: 'The session ended.' }),
      'goes on unwatched copilot for alice',
      'deployment.executing.running.unwatched.planned',
    ],
    [
      'deployed',
      deployment(succeeded),
      'deployed copilot for alice',
      'deployment.succeeded.unverified.planned',
    ],
    [
      'waiting',
      deployment(succeeded, { state: 'waiting', summary: 'waiting: 1 of 3. It is late.' }),
      'deployed waiting: 1 of 3',
      'deployment.succeeded.unverified.planned',
    ],
    [
      'verified',
      deployment(succeeded, { state: 'verified', summary: 'verified: 3 of 3' }),
      'deployed ✓ verified: 3 of 3',
      'deployment.succeeded.verified.planned',
    ],
    [
      'strangers',
      deployment(succeeded, { state: 'mismatch', summary: 'mismatch: 2 of 3' }),
      'deployed ! mismatch: 2 of 3',
      'deployment.succeeded.unverified.planned',
    ],
    [
      'taken back',
      { ...deployment(succeeded), reverses: 'd0' },
      'rolled back copilot for alice',
      'deployment.succeeded.unverified.planned.reversal',
    ],
    [
      'removed',
      { ...deployment(succeeded), operation: 'destroy' },
      'deleted copilot for alice',
      'deployment.succeeded.unverified.planned',
    ],
    [
      'being removed',
      { ...deployment({ status: 'executing', ...APPROVED }), operation: 'destroy' },
      'deleting copilot for alice',
      'deployment.executing.running.planned',
    ],
    [
      'no changes',
      deployment({ status: 'noChanges' }),
      'no changes copilot for alice',
      'deployment.noChanges',
    ],
  ];
  for (const [what, given, text, contextValue] of CASES) {
    it(what, () => {
      const row = deploymentRow(given);
      // The time comes last, as the person's locale writes it.
      const said = row.description.split(' · ').slice(0, -1).join(' · ');
      assert.deepEqual([`${row.label} ${said}`, row.contextValue], [text, contextValue]);
    });
  }
});

describe('the tooltip of a deployment row', () => {
  it('says who asked, who approved, how long it took and what it takes back', () => {
    const past = {
      ...deployment({ status: 'succeeded', ...APPROVED, outputs: [] }),
      endedAt: 185_001,
      reverses: 'd0',
    };
    const lines = deploymentRow(past).tooltip.split('\n');
    for (const line of [
      'Asked for by user alice',
      'Approved by alice',
      'Took 3 min 5 s, planning and approval included',
      'Rolls back deployment d0',
    ])
      assert.ok(lines.includes(line), line);
  });
});

describe('the confirmation of a plan', () => {
  const words = planWords(deployment({ status: 'awaitingApproval', plan: PLAN }), PLAN);

  it('names identity, account, Region and stack', () => {
    for (const part of ['copilot for alice', 'acme-dev 1111-2222-3333 (dev)', 'eu-west-1', 'Stack: orders'])
      assert.ok(words.detail.includes(part), part);
    assert.equal(words.verb, 'Deploy to acme-dev');
  });

  it('says what is added, replaced and deleted, and that data may be lost', () => {
    assert.match(words.detail, /1 to replace, 1 to delete, 1 to add/);
    assert.match(words.detail, /± replace Table · AWS::DynamoDB::Table/);
    assert.match(words.detail, /loses its data/);
    assert.match(words.detail, /CAPABILITY_IAM/);
  });

  it('says that there is more when it does not fit', () => {
    const many = {
      ...PLAN,
      changes: Array.from({ length: 40 }, (_, index) => ({
        ...PLAN.changes[0],
        address: `R${index}`,
      })) as Plan['changes'],
    };
    const long = planWords(deployment({ status: 'awaitingApproval', plan: many }), many);
    assert.match(long.detail, /… and 28 more/);
  });
});

describe('the record of a deployment', () => {
  it('says what it rolls back, and what has rolled it back', () => {
    const one = deployment({ status: 'succeeded', ...APPROVED, outputs: [] });
    const back = { ...one, id: 'd2', reverses: 'd1' };
    assert.match(deploymentRecord(one, [], [back, one]), /- Rolled back by deployment d2/);
    assert.match(deploymentRecord(back, [], [back, one]), /- Rolls back deployment d1/);
    assert.match(
      deploymentRecord(one, [], [one]),
      /- Asked for by user alice in a window\n- Approved by alice at /,
    );
  });

  it('shows what a template or AWS says as text: no image is fetched, no table is broken', () => {
    const outputs = [{ key: 'Url', value: '![x](https://evil.example/p.png) | <img src=x>' }];
    const record = deploymentRecord(deployment({ status: 'succeeded', ...APPROVED, outputs }), [], []);
    assert.match(
      record,
      /\| Url \| \\!\\\[x\\\]\\\(https\\:\/\/evil.example\/p.png\\\) \\\| \\<img src=x\\> \|/,
    );
  });
});

describe('an event row', () => {
  const event: StoredEvent = {
    seq: 1,
    accountId: '111122223333',
    eventId: 'e1',
    time: Date.UTC(2026, 0, 1, 10, 42),
    region: 'eu-west-1',
    name: 'CreateBucket',
    source: 's3.amazonaws.com',
    readOnly: false,
    error: undefined,
    accessKeyId: 'ASIAFAKEFAKEFAKE0001',
    sessionName: 'no-wing-copilot-1',
    resources: [],
    deploymentId: 'd1',
    attribution: {
      actor: { kind: 'agent', name: 'copilot' },
      onBehalfOf: 'alice',
      via: 'CloudFormation',
      strength: 'strong',
      reason: 'Because.',
    },
  };

  it('says what, who and when', () => {
    const row = eventRow(event);
    assert.equal(row.label, 'CreateBucket  s3');
    assert.match(row.description, /^copilot for alice via CloudFormation · /);
    assert.match(row.spoken, /by agent copilot for alice/);
    assert.match(row.tooltip, /Strong.*\n\nBecause\./s);
  });

  it('does not repeat its actor under its actor', () => {
    assert.match(eventRow(event, 'actor').description, /^via CloudFormation · /);
  });

  it('marks a failed call', () => {
    const row = eventRow({ ...event, error: 'AccessDenied' });
    assert.ok(row.failed);
    assert.match(row.description, /^failed: AccessDenied · /);
  });

  it('of a group counts', () => {
    const group = {
      key: { by: 'deployment', deploymentId: 'd1' },
      label: 'd1',
      count: 1,
      errors: 1,
      latest: 1,
    } as const;
    assert.deepEqual(
      [groupRow(group, () => 'orders').label, groupRow(group, () => undefined).description],
      ['orders', '1 event · 1 failed'],
    );
  });
});

describe('identity rows', () => {
  it('say place, time left and what is wrong', () => {
    const active = {
      user: { state: 'ready', profile: ALICE, arn: 'a' },
      agent: { state: 'ready', profile: COPILOT, arn: 'b', expiresAt: 42 * MINUTE },
    } as const;
    const [you, agents] = identityRows([ALICE, COPILOT], active, 0);
    assert.equal(you?.rows[0]?.description, 'dev · 1111-2222-3333 · eu-west-1');
    assert.equal(agents?.rows[0]?.description, 'dev · 1111-2222-3333 · eu-west-1 · 42m');
    const broken = {
      ...active,
      agent: { state: 'broken', profile: COPILOT, error: new UserError('x', 'The role refused.') },
    } as const;
    const row = identityRows([COPILOT], broken, 0)[0]?.rows[0];
    assert.equal(row?.contextValue, 'profile.agent.active.broken');
    assert.match(row.description, /^The role refused\. · dev/);
  });
});

describe('small words', () => {
  const TIMES: readonly [number, string][] = [
    [0, 'ended'],
    [30_000, '<1m'],
    [42 * MINUTE, '42m'],
    [185 * MINUTE, '3h 05m'],
    [72 * 60 * MINUTE, '3d'],
  ];
  for (const [ms, text] of TIMES) it(`${ms} ms left → ${text}`, () => assert.equal(timeLeft(ms), text));
  const ARNS: readonly [string, string][] = [
    ['arn:aws:iam::111122223333:user/alice', 'user/alice'],
    [
      'arn:aws:sts::111122223333:assumed-role/no-wing-agent/no-wing-copilot-1a',
      'assumed-role/n…ng-copilot-1a',
    ],
    ['not an arn', 'not an arn'],
  ];
  for (const [arn, short] of ARNS) it(`${arn} → ${short}`, () => assert.equal(shortArn(arn), short));
  const STACKS: readonly [string, string][] = [
    ['infra/orders_queue.template.yaml', 'orders-queue'],
    ['1-x.yml', 'x'],
    ['___.json', 'stack'],
  ];
  for (const [file, stack] of STACKS)
    it(`${file} → ${stack}`, () => assert.equal(suggestedStack(file), stack));

  it('a link to the stack in the console of its partition', () => {
    const url = (region: string): string =>
      stackConsoleUrl({ ...deployment({ status: 'noChanges' }), region });
    assert.match(url('eu-west-1'), /^https:\/\/eu-west-1\.console\.aws\.amazon\.com\/cloudformation/);
    assert.match(url('cn-north-1'), /^https:\/\/console\.amazonaws\.cn\//);
  });
});
