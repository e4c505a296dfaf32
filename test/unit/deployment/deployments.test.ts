import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { UserError } from '../../../src/base/userError.ts';
import { isIn } from '../../../src/deployment/deployment.ts';
import { awsError, type FakeCloudFormation } from './fakeCloudFormation.ts';
import { never, nothingLeft, planned, refused, Scene } from './scene.ts';
import type { VirtualClock } from './virtualClock.ts';
import { approve, request, source } from './window.ts';

let scene: Scene;
let aws: FakeCloudFormation;
let clock: VirtualClock;

beforeEach(() => {
  scene = new Scene();
  ({ aws, clock } = scene);
});
afterEach(() => scene[Symbol.dispose]());

describe('a deployment from plan to end', () => {
  it('creates a stack, tells each event once, and keeps outputs and inputs but no secret', async () => {
    const window = scene.open();
    const plan = await planned(window);
    assert.ok(isIn(plan, 'awaitingApproval'));
    assert.equal(plan.state.plan.action, 'create');
    assert.equal(plan.onBehalfOf, 'alice');
    assert.deepEqual(plan.state.plan.parameters, { Depth: '2', Password: '****' });
    const stack = aws.stack('web');
    assert.ok(stack);
    stack.outputs = [{ key: 'Url', value: 'https://example.test' }];

    const end = await scene.applied(window, plan);
    assert.ok(isIn(end, 'succeeded'));
    assert.deepEqual(end.state.outputs, [{ key: 'Url', value: 'https://example.test' }]);
    assert.equal(end.verification.state, 'waiting');
    assert.deepEqual(aws.executions(), [`executeChangeSet no-wing-${plan.id} no-wing-${plan.id}`]);
    const said = window.said.map(item =>
      item.kind === 'resource' ? `${item.address} ${item.status} ${item.done}/${item.total}` : item.text,
    );
    assert.deepEqual(said, [
      'web CREATE_IN_PROGRESS 0/2',
      'Queue CREATE_IN_PROGRESS 0/2',
      'Queue CREATE_COMPLETE 1/2',
      'Topic CREATE_IN_PROGRESS 1/2',
      'Topic CREATE_COMPLETE 2/2',
      'web CREATE_COMPLETE 2/2',
    ]);
    const kept = window.deployments.source(plan.id);
    assert.deepEqual(kept && 'parameters' in kept && kept.parameters, { Depth: '2' });
    assert.doesNotMatch(JSON.stringify(window.deployments.list()), /hunter2/);
    const trail = window.deployments.expectedTrail(plan.id);
    assert.deepEqual(
      trail?.expectedCalls.map(call => call.eventName),
      ['CreateChangeSet', 'ExecuteChangeSet', 'CreateQueue', 'CreateTopic'],
    );
  });

  it('tags a new stack, and an old one keeps the tags it has', async () => {
    const window = scene.open();
    const first = await scene.deployed(window);
    const second = await scene.deployed(window);
    assert.ok(isIn(second, 'succeeded'));
    assert.equal(second.state.plan.action, 'update');
    const tags = { 'no-wing:agent': 'copilot', 'no-wing:deployment': first.id };
    assert.deepEqual(
      aws.changeSets.map(set => set.input.tags),
      [tags, tags],
    );
  });

  for (const reason of [
    "The submitted information didn't contain changes.",
    'No updates are to be performed.',
  ]) {
    it(`"${reason}" is a result, and leaves nothing behind`, async () => {
      aws.addStack('web', 'CREATE_COMPLETE');
      aws.draftFailure = reason;
      const end = await planned(scene.open());
      assert.equal(end.state.status, 'noChanges');
      assert.deepEqual(await scene.leftovers(), nothingLeft);
    });
  }

  it('names the first resource that failed, not those that were cancelled because of it', async () => {
    aws.resourceFailure = {
      address: 'Topic',
      reason: 'User is not authorized to perform: SNS:CreateTopic',
    };
    const end = await scene.deployed(scene.open());
    assert.ok(isIn(end, 'rolledBack'));
    assert.deepEqual(end.state.failure, { ...aws.resourceFailure, type: 'AWS::SNS::Topic' });
  });

  it('groups by environment and stack, newest first', async () => {
    const window = scene.open();
    await scene.deployed(window);
    await scene.deployed(window);
    await scene.deployed(window, { ...request, stackName: 'api' });
    const tree = window.deployments.tree();
    assert.deepEqual(
      tree.map(branch => [
        branch.environment,
        branch.stacks.map(stack => [stack.stackName, stack.deployments.map(({ id }) => id)]),
      ]),
      [
        [
          'dev',
          [
            ['api', ['w1-3']],
            ['web', ['w1-2', 'w1-1']],
          ],
        ],
      ],
    );
  });
});

describe('a plan is refused', () => {
  const stacks: [string, string, RegExp][] = [
    ['ROLLBACK_COMPLETE', 'deployment.stackFailed', /its creation failed/],
    ['CREATE_FAILED', 'deployment.stackFailed', /copilot in account 1111-2222-3333/],
    ['UPDATE_IN_PROGRESS', 'deployment.stackBusy', /since 2025-12-31T00:00:00.000Z/],
    ['DELETE_IN_PROGRESS', 'deployment.stackBusy', /DELETE_IN_PROGRESS/],
    ['UPDATE_ROLLBACK_FAILED', 'deployment.stackFailed', /could not roll it back/],
    ['DELETE_FAILED', 'deployment.stackFailed', /could not delete all/],
  ];
  for (const [status, code, text] of stacks) {
    it(`while the stack is ${status}`, async () => {
      aws.addStack('web', status);
      const window = scene.open();
      await refused(planned(window), code, text);
      assert.deepEqual(aws.arrived, []);
      assert.equal(window.deployments.list()[0]?.state.status, 'failed');
    });
  }

  it('when the template does not fit AWS, and the empty stack is removed again', async () => {
    aws.draftFailure = 'Unresolved resource dependencies [Missing]';
    await refused(planned(scene.open()), 'deployment.planRefused', /Unresolved resource dependencies/);
    assert.deepEqual(await scene.leftovers(), nothingLeft);
  });

  const requests: [string, Partial<typeof request>, string][] = [
    ['a bad stack name', { stackName: '1 web' }, 'deployment.stackName'],
    ['a wrong value', { source: { ...source, parameters: { Depth: '0' } } }, 'deployment.parameters'],
    ['an unknown parameter', { source: { ...source, parameters: { Deep: '1' } } }, 'deployment.parameters'],
    [
      'a file that is no template',
      { source: { ...source, template: { name: 'x.yaml', text: 'a: [' } } },
      'template.syntax',
    ],
    ["a user's profile", { profileId: 'p-user' }, 'deployment.notAgent'],
    ['no profile', { profileId: 'nobody' }, 'deployment.noProfile'],
  ];
  for (const [name, change, code] of requests) {
    it(`for ${name}, before anything is recorded or sent`, async () => {
      const window = scene.open();
      await refused(planned(window, { ...request, ...change }), code);
      assert.deepEqual([window.deployments.list(), aws.arrived], [[], []]);
    });
  }

  it('while another deployment of the stack is executing, saying whose', async () => {
    const window = scene.open();
    const first = await planned(window);
    const running = scene.applied(window, first);
    await refused(planned(window), 'deployment.stackBusy', /copilot in account .* for alice since/);
    await running;
  });

  it('and says which action AWS denied', async () => {
    aws.failNext(
      'createChangeSet',
      awsError(
        'AccessDenied',
        'User: x is not authorized to perform: cloudformation:CreateChangeSet on resource: y',
      ),
    );
    await assert.rejects(planned(scene.open()), (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.equal(error.code, 'deployment.denied');
      assert.match(error.hint ?? '', /Allow cloudformation:CreateChangeSet/);
      return true;
    });
  });
});

describe('an approval', () => {
  it('holds for one hash only', async () => {
    const window = scene.open();
    const plan = await planned(window);
    const approval = { ...approve(plan, clock.now()), planHash: 'another' };
    await refused(window.deployments.apply(plan.id, approval, window.say), 'deployment.approvalMismatch');
    assert.deepEqual(aws.executions(), []);
    assert.equal((await scene.applied(window, plan)).state.status, 'succeeded');
  });

  it('given before the plan was drafted counts for nothing', async () => {
    const window = scene.open();
    const plan = await planned(window);
    await refused(
      window.deployments.apply(plan.id, approve(plan, 0), window.say),
      'deployment.approvalMismatch',
    );
  });

  it('can be used once', async () => {
    const window = scene.open();
    const plan = await planned(window);
    const both = await Promise.allSettled([scene.applied(window, plan), scene.applied(window, plan)]);
    assert.deepEqual(both.map(result => result.status).sort(), ['fulfilled', 'rejected']);
    assert.equal(aws.executions().length, 1);
  });

  it('cannot be given in another window than the one that planned it', async () => {
    const plan = await planned(scene.open('w1'));
    await refused(scene.applied(scene.open('w2'), plan), 'deployment.notPlannedHere');
    assert.deepEqual(aws.executions(), []);
  });

  it('refused takes the plan and its empty stack back', async () => {
    const window = scene.open();
    const plan = await planned(window);
    const end = await window.deployments.refuse(plan.id, 'alice said no');
    assert.equal(end.state.status, 'abandoned');
    assert.deepEqual(await scene.leftovers(), nothingLeft);
    await refused(scene.applied(window, plan), 'deployment.notPlannedHere');
  });

  it('refused leaves the stack when it has been filled meanwhile', async () => {
    const window = scene.open();
    const plan = await planned(window);
    const stack = aws.stack('web');
    assert.ok(stack);
    stack.status = 'CREATE_COMPLETE';
    await window.deployments.refuse(plan.id, 'no');
    assert.equal(stack.status, 'CREATE_COMPLETE');
    assert.ok(!aws.made.includes('deleteStack'));
  });

  it('refused leaves the stack when somebody else has a change set in it', async () => {
    const window = scene.open();
    const plan = await planned(window);
    const input = aws.changeSets[0]?.input;
    assert.ok(input);
    await aws.api().createChangeSet({ ...input, name: 'theirs' });
    await window.deployments.refuse(plan.id, 'no');
    assert.deepEqual(await scene.leftovers(), { sets: ['theirs'], shells: ['web'] });
  });
});

describe('a failed stack', () => {
  it('is deleted with the agent, when it failed at its creation', async () => {
    const stack = aws.addStack('web', 'ROLLBACK_COMPLETE');
    const where = {
      profileId: 'p-agent',
      region: 'eu-west-1',
      stackId: stack.stackId,
      way: 'delete' as const,
    };
    await scene.open().deployments.recoverStack(where, never);
    assert.equal(stack.status, 'DELETE_COMPLETE');
  });

  it('is not deleted when it works', async () => {
    const stack = aws.addStack('web', 'UPDATE_COMPLETE');
    const where = {
      profileId: 'p-agent',
      region: 'eu-west-1',
      stackId: stack.stackId,
      way: 'delete' as const,
    };
    await refused(scene.open().deployments.recoverStack(where, never), 'deployment.stackNotFailed');
    assert.deepEqual(aws.arrived, []);
  });
});
