/** What CloudTrail is expected to show: from what was really done, and never from what was only planned. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Deployment } from '../../../src/deployment/deployment.ts';
import { expectedTrail } from '../../../src/deployment/expectedTrail.ts';
import type { PlannedChange } from '../../../src/deployment/plan.ts';
import type { ResourceEvent } from '../../../src/deployment/resourceEvents.ts';
import { deploymentOf, type Past } from './history.ts';

const STACK = 'arn:aws:cloudformation:eu-west-1:111122223333:stack/web/1';

/** `Queue CREATE_COMPLETE jobs`: address, status and physical id. */
function eventsOf(...lines: readonly string[]): ResourceEvent[] {
  return lines.map((line, index) => {
    const [address = '', status = '', physicalId] = line.split(' ');
    const [name = '', type = 'AWS::SQS::Queue'] = address.split('=');
    const named = physicalId === undefined ? {} : { physicalId };
    return {
      eventId: `e${index}`,
      at: index,
      address: name,
      type,
      status,
      isStack: name === 'stack',
      ...named,
    };
  });
}

function change(physicalId: string, detail = 'DelaySeconds'): PlannedChange {
  return {
    address: 'Queue',
    physicalId,
    type: 'AWS::SQS::Queue',
    action: 'modify',
    replacement: 'maybe',
    detail,
  };
}

function callsOf(past: Past, ...lines: readonly string[]): string[] | undefined {
  const deployment: Deployment = deploymentOf(past);
  return expectedTrail(deployment, eventsOf(...lines), [])
    ?.expectedCalls.map(({ eventName, minimum }) => `${minimum} ${eventName}`)
    .slice(past.plan?.action === 'delete' ? 1 : 2);
}

describe('the calls of a deployment', () => {
  const update = (detail?: string): Past => ({ id: 'd1', plan: { changes: [change('jobs', detail)] } });
  const CASES: readonly [string, Past, readonly string[], string[]][] = [
    ['create', { id: 'd1' }, ['A CREATE_COMPLETE a', 'B CREATE_COMPLETE b'], ['2 CreateQueue']],
    ['update', update(), ['Queue UPDATE_COMPLETE jobs'], ['1 SetQueueAttributes']],
    ['no update by tags alone', update('Tags'), ['Queue UPDATE_COMPLETE jobs'], []],
    ['no update that the engine does not name', update(''), ['Queue UPDATE_COMPLETE jobs'], []],
    ['no update that has no plan', { id: 'd1', plan: { changes: [] } }, ['Queue UPDATE_COMPLETE jobs'], []],
    [
      'replace: the new one is created, the old one deleted',
      update(),
      ['Queue UPDATE_COMPLETE jobs-2', 'Queue DELETE_COMPLETE jobs'],
      ['1 CreateQueue', '1 DeleteQueue'],
    ],
    [
      'replace, where the creation is told as one',
      update(),
      ['Queue CREATE_COMPLETE jobs-2', 'Queue UPDATE_COMPLETE jobs-2', 'Queue DELETE_COMPLETE jobs'],
      ['1 CreateQueue', '1 DeleteQueue'],
    ],
    [
      'no deletion of what was never there',
      { id: 'd1', status: 'rolledBack' },
      [
        'A CREATE_COMPLETE a',
        'B CREATE_FAILED b',
        'A DELETE_COMPLETE a',
        'B DELETE_COMPLETE b',
        'C DELETE_COMPLETE',
      ],
      ['1 CreateQueue', '1 DeleteQueue'],
    ],
    [
      'no update of what was undone',
      { id: 'd1', status: 'rolledBack', plan: { changes: [change('jobs')] } },
      ['Queue UPDATE_COMPLETE jobs', 'Queue UPDATE_COMPLETE jobs'],
      [],
    ],
    [
      "none for a stack with a service role, whose calls are not the agent's",
      { id: 'd1', plan: { serviceRoleArn: 'arn:aws:iam::111122223333:role/stacks' } },
      ['A CREATE_COMPLETE a'],
      [],
    ],
    ['none for what stays', { id: 'd1' }, ['A DELETE_SKIPPED a'], []],
    [
      'delete',
      { id: 'd1', plan: { action: 'delete' }, change: { operation: 'destroy' } },
      ['A DELETE_COMPLETE a', 'B=AWS::IAM::Role DELETE_COMPLETE b', 'stack DELETE_COMPLETE'],
      ['1 DeleteQueue', '1 DeleteRole'],
    ],
  ];
  for (const [what, past, lines, expected] of CASES)
    it(what, () => assert.deepEqual(callsOf(past, ...lines), expected));

  it('are those of a change set, or of a deletion', () => {
    const names = (action: 'update' | 'delete'): string[] | undefined =>
      expectedTrail(
        deploymentOf({ id: 'd1', plan: { action } }),
        eventsOf('A DELETE_SKIPPED a'),
        [],
      )?.expectedCalls.map(({ eventName }) => eventName);
    assert.deepEqual(
      [names('update'), names('delete')],
      [['CreateChangeSet', 'ExecuteChangeSet'], ['DeleteStack']],
    );
  });
});

describe('nothing is expected of a deployment', () => {
  const NONE: readonly [string, Past, readonly string[]][] = [
    ['that a guardrail refused', { id: 'd1', status: 'refused' }, []],
    ['that waits', { id: 'd1', status: 'awaitingApproval' }, []],
    ['that runs', { id: 'd1', status: 'executing' }, ['A CREATE_COMPLETE a']],
    ['that failed before AWS had begun', { id: 'd1', status: 'failed' }, []],
    ['that a person refused', { id: 'd1', change: { state: { status: 'abandoned', reason: 'no' } } }, []],
    ['without changes', { id: 'd1', change: { state: { status: 'noChanges' } } }, []],
  ];
  for (const [what, past, lines] of NONE) it(what, () => assert.equal(callsOf(past, ...lines), undefined));
});

describe('what others must leave alone meanwhile', () => {
  it('is the stack, and every resource by each of its names, with the service that records its calls', () => {
    const trail = expectedTrail(
      deploymentOf({
        id: 'd1',
        plan: { changes: [change('https://sqs.eu-west-1.amazonaws.com/111122223333/jobs')] },
      }),
      eventsOf(
        'Queue UPDATE_COMPLETE https://sqs.eu-west-1.amazonaws.com/111122223333/jobs-2',
        'Alarm=AWS::CloudWatch::Alarm CREATE_COMPLETE late-jobs',
        'Other=AWS::Unheard::Of CREATE_COMPLETE other-thing',
        'Tiny=AWS::EC2::VPC CREATE_COMPLETE 1',
        'stack UPDATE_COMPLETE web',
      ),
      [],
    );
    assert.deepEqual(trail?.resourceNames, [STACK]);
    assert.deepEqual(
      trail.touched.map(({ name, eventSource }) => `${eventSource} ${name}`),
      [
        'sqs.amazonaws.com jobs',
        'sqs.amazonaws.com jobs-2',
        'monitoring.amazonaws.com late-jobs',
        'unheard.amazonaws.com other-thing',
      ],
    );
  });
});
