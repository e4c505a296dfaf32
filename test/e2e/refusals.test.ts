// What is refused, and what a person is told and can do then. Nothing is lost, and nothing is left behind in AWS.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { addAgent } from '../demo/mainJob.ts';
import type { LocalAws, Role } from '../local-aws/index.ts';
import { clientsOf } from '../local-aws/testClients.ts';
import { chooseInExplorer, closeEditors, inputValue, runCommand, slowTemplate } from './actions.ts';
import type { Workbench } from './harness/workbench.ts';
import { approvePlan, pressApprove, pressRefuse } from './planPage.ts';
import { onStage, type Stage, type Step, stepsOf } from './stage.ts';

const files = {
  'slow.yaml': slowTemplate(120),
  'one.yaml': 'Resources:\n  Topic: { Type: AWS::SNS::Topic }\n',
  'broken.yaml': 'Resources:\n  Queue:\n    Properties: {}\n',
  'denied.yaml': 'Resources:\n  Watcher:\n    Type: AWS::IAM::User\n',
  'asks.yaml':
    'Parameters:\n  Owner: { Type: String, MinLength: 3 }\nResources:\n  T: { Type: AWS::SNS::Topic }\n',
};

test('refusals', { timeout: 280_000 }, t =>
  onStage({ aws: { stackStepMs: 100 }, files }, async stage => {
    const step = stepsOf(t, stage);
    await stage.workbench.openContainer('No Wing');
    await refuseUser(stage, step);
    await refuseAgents(stage, step);
    await refuseTemplates(stage, step);
    await sayNo(stage, step);
    await beDenied(stage, step);
    await cancel(stage, step);
    await deployToProduction(stage, step);
  }),
);

async function refuseUser({ workbench, page, aws, screenshot }: Stage, step: Step): Promise<void> {
  const { accessKeyId, secretAccessKey } = aws.world.alice;
  await step('a wrong secret: the message says so, and every other answer is kept', async () => {
    await runCommand(workbench, 'No Wing: Add User Profile');
    await workbench.pick('Access key');
    await workbench.type(accessKeyId, '(2/6)');
    await workbench.type(secretAccessKey.split('').reverse().join(''), '(3/6)');
    await workbench.type('us-east-1', '(4/6)');
    await workbench.pick(/^\s*staging/);
    await workbench.type('al', '(6/6)');
    await workbench.waitForText(/AWS refused the secret access key of user al/);
    await screenshot('refusals-1-secret');
    await workbench.answerNotification(/AWS refused the secret/, 'Correct and Try Again');
    await workbench.pick('Access key');
    assert.equal(await inputValue(workbench, '(2/6)'), accessKeyId);
    await page.keyboard.press('Enter');
    assert.equal(await inputValue(workbench, '(3/6)'), '');
    await workbench.type(secretAccessKey, '(3/6)');
    assert.equal(await inputValue(workbench, '(4/6)'), 'us-east-1');
    await page.keyboard.press('Enter');
    await workbench
      .quickRow(/^\s*staging/)
      .and(page.locator('.focused'))
      .waitFor();
    await workbench.pick(/^\s*dev/);
    assert.equal(await inputValue(workbench, '(6/6)'), 'al');
    await workbench.type('alice', '(6/6)');
    await workbench.waitForText(/Added user alice/);
    await workbench.treeRow(/alice/).waitFor();
  });
}

interface AgentRole extends Pick<Role, 'arn'> {
  readonly externalId?: string;
}

async function refuseAgents({ workbench, page, aws, screenshot }: Stage, step: Step): Promise<void> {
  const { agentRole, noSourceIdentityRole } = aws.world;
  const refused = async (role: AgentRole, told: RegExp): Promise<void> => {
    await answerForAgent(workbench, role);
    await workbench.notification(told).waitFor();
  };
  await step('a role that does not exist', () =>
    refused({ arn: `${agentRole.arn}-not` }, /role refused a session for agent copilot: it does not exist/),
  );
  await step(
    'an external id that differs: the answers are kept, also after looking at the statement',
    async () => {
      await workbench.dismissNotifications();
      await refused({ arn: agentRole.arn, externalId: 'wrong' }, /or the external id differs/);
      await workbench.answerNotification(/external id differs/, 'Show Statement to Add');
      await page.getByText('"sts:ExternalId"').first().waitFor();
      await workbench.answerNotification(/Your answers for agent copilot are kept/, 'Correct and Try Again');
      await workbench.pick('Assume a role');
      assert.equal(await inputValue(workbench, '(2/9)'), agentRole.arn);
      await workbench.cancelQuickInput();
      await closeEditors(workbench);
    },
  );
  await step('a trust policy without sts:SetSourceIdentity: the statement to add opens', async () => {
    await refused(noSourceIdentityRole, /its trust policy does not allow sts:SetSourceIdentity/);
    await screenshot('refusals-2-source-identity');
    await workbench.answerNotification(/SetSourceIdentity/, 'Show Statement to Add');
    for (const text of [noSourceIdentityRole.arn, '"sts:SetSourceIdentity"', aws.world.alice.arn])
      await page.locator('.view-line').filter({ hasText: text }).first().waitFor();
    await closeEditors(workbench);
    await workbench.dismissNotifications();
  });
  await step('an agent that AWS could not tell from the user', async () => {
    await runCommand(workbench, 'No Wing: Add Agent Profile');
    await workbench.pick('Access key');
    await workbench.type(aws.world.alice.accessKeyId, '(2/6)');
    await workbench.type(aws.world.alice.secretAccessKey, '(3/6)');
    await workbench.type('us-east-1', '(4/6)');
    await workbench.pick(/^\s*dev/);
    await workbench.type('copilot', '(6/6)');
    await workbench.notification(/AWS sees the same identity in agent copilot as in user alice/).waitFor();
    await workbench.dismissNotifications();
    assert.equal(await workbench.treeRow(/copilot/).count(), 0, 'nothing was kept');
  });
  await step('the right one is taken', () => addAgent(workbench, aws.world));
}

async function answerForAgent(workbench: Workbench, role: AgentRole): Promise<void> {
  await runCommand(workbench, 'No Wing: Add Agent Profile');
  await workbench.pick('Assume a role');
  await workbench.type(role.arn, '(2/9)');
  await workbench.pick('alice');
  await workbench.type(role.externalId ?? '', '(4/9)');
  await workbench.pick('1 hour');
  await workbench.type('', '(6/9)');
  await workbench.type('us-east-1', '(7/9)');
  await workbench.pick(/^\s*dev/);
  await workbench.type('copilot', '(9/9)');
}

async function refuseTemplates({ workbench, aws, screenshot }: Stage, step: Step): Promise<void> {
  await step('a template that is none: file, line and what is missing; nothing is sent to AWS', async () => {
    await chooseInExplorer(workbench, 'broken.yaml', 'Deploy Stack as Agent');
    await workbench
      .notification(/broken\.yaml is not a CloudFormation template: line 2, .*resource Queue has no Type/)
      .waitFor();
    await screenshot('refusals-3-template');
    await workbench.dismissNotifications();
  });
  await step('a parameter without a value, and one that does not fit', async () => {
    await chooseInExplorer(workbench, 'asks.yaml', 'Deploy Stack as Agent');
    await workbench.type('asks', '(1/2)');
    await workbench.type('', '(2/2)');
    await workbench.quickMessage(/Owner must have at least 3 characters/).waitFor();
    await workbench.type('ab', '(2/2)');
    await workbench.quickMessage(/at least 3 characters/).waitFor();
    await workbench.cancelQuickInput();
    assert.deepEqual(await stacks(aws), []);
  });
}

async function sayNo({ workbench, aws }: Stage, step: Step): Promise<void> {
  await step('a no to the plan leaves nothing behind in AWS', async () => {
    await chooseInExplorer(workbench, 'one.yaml', 'Deploy Stack as Agent');
    await workbench.type('one', '(1/1)');
    await approvePlan(workbench, 'Cancel', 'Create stack one as agent copilot?');
    await pressRefuse(workbench);
    await workbench.openContainer('No Wing');
    await workbench.treeRow(/given up/).waitFor();
    await workbench.dismissNotifications();
    assert.deepEqual(await stacks(aws), []);
    assert.deepEqual(await aws.control.records({ eventName: 'ExecuteChangeSet' }), []);
  });
}

async function beDenied({ workbench, aws, screenshot }: Stage, step: Step): Promise<void> {
  await step('a denied resource: the first reason is shown', async () => {
    await chooseInExplorer(workbench, 'denied.yaml', 'Deploy Stack as Agent');
    await workbench.type('denied', '(1/1)');
    await approvePlan(workbench, 'Deploy to acme-dev', 'CAPABILITY_IAM');
    await workbench
      .notification(
        /denied in acme-dev was not deployed.*Watcher: .*not authorized to perform: iam:CreateUser/,
      )
      .waitFor();
    await screenshot('refusals-4-denied');
    await workbench.openContainer('No Wing');
    await workbench.treeRow(/rolled back/).waitFor();
    await workbench.dismissNotifications();
  });
  await step('the failed stack takes no change; it is deleted on demand', async () => {
    await chooseInExplorer(workbench, 'denied.yaml', 'Deploy Stack as Agent');
    await workbench.type('denied', '(1/1)');
    await workbench.answerNotification(/ROLLBACK_COMPLETE/, 'Delete Failed Stack');
    await workbench.answerDialog('Delete Failed Stack', 'Delete the failed stack denied?');
    await workbench.waitForText(/Stack denied .*Deploy it again now\./);
    await workbench.dismissNotifications();
    assert.deepEqual(await stacks(aws), []);
  });
}

async function cancel({ workbench, aws, screenshot }: Stage, step: Step): Promise<void> {
  await step('cancelling in the middle says what it does, can be taken back, and really stops', async () => {
    await chooseInExplorer(workbench, 'slow.yaml', 'Deploy Stack as Agent');
    await workbench.type('slow', '(1/1)');
    await approvePlan(workbench, 'Deploy to acme-dev', 'Create stack slow');
    await workbench.notification(/Deploying slow: \d+ of 120/).waitFor();
    await workbench.answerNotification(/Deploying slow/, 'Cancel');
    await workbench.dialog('The stack is new: AWS deletes it with everything made so far.').waitFor();
    await screenshot('refusals-5-cancel');
    await workbench.answerDialog('Keep Deploying', 'Cancel the deployment of slow?');
    await workbench.answerNotification(/Deploying slow: \d+ of 120/, 'Cancel');
    await workbench.answerDialog('Delete New Stack', 'Cancel the deployment of slow?');
    await workbench.openContainer('No Wing');
    await workbench.treeRow(/^cancelled/).waitFor({ timeout: 40_000 });
    assert.deepEqual(await stacks(aws), []);
    await workbench.dismissNotifications();
  });
}

async function deployToProduction({ workbench, page, aws, screenshot }: Stage, step: Step): Promise<void> {
  await step('production colours the status bar', async () => {
    await runCommand(workbench, 'No Wing: Add Agent Profile');
    await workbench.pick('Assume a role');
    await workbench.type(aws.world.prodRole.arn, '(2/9)');
    await workbench.pick('alice');
    await workbench.type('', '(4/9)');
    await workbench.pick('1 hour');
    await workbench.type('', '(6/9)');
    await workbench.type('us-east-1', '(7/9)');
    await workbench.pick(/^\s*prod/);
    await workbench.type('copilot-prod', '(9/9)');
    await workbench.waitForText(/Added agent copilot-prod in .*4444-5555-6666/);
    await workbench.clickStatusBar('copilot');
    await workbench.pick('copilot-prod');
    await workbench
      .statusBarItem(/copilot-prod · PROD/)
      .and(page.locator('.warning-kind'))
      .waitFor();
    await workbench.dismissNotifications();
  });
  await step('a deployment to production is confirmed by typing the name of the stack', async () => {
    await chooseInExplorer(workbench, 'one.yaml', 'Deploy Stack as Agent');
    await workbench.type('one', '(1/1)');
    await pressApprove(workbench);
    await workbench.type('two', 'Deploy to PRODUCTION');
    await workbench.quickMessage('This is not one.').waitFor();
    await screenshot('refusals-6-production');
    await workbench.type('one', 'Deploy to PRODUCTION');
    await workbench.answerDialog('Deploy to 4444-5555-6666', /4444-5555-6666 \(prod\)/);
    await workbench.waitForText(/Deployed one to 4444/);
  });
}

/** Names of alice's account's stacks that are there. */
async function stacks(aws: LocalAws): Promise<(string | undefined)[]> {
  const { StackSummaries = [] } = await clientsOf(aws, aws.world.alice).cloudFormation.send(
    new ListStacksCommand({}),
  );
  return StackSummaries.filter(stack => stack.StackStatus !== 'DELETE_COMPLETE').map(
    stack => stack.StackName,
  );
}
