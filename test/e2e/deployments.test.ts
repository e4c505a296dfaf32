// A deployment's whole way, as a person sees it: refused by a guardrail, corrected, approved with what was asked ticked,
// carried out, verified, changed with a replacement, and rolled back; and its history afterwards.
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { isUnchanged } from '../../src/deployment/evidence.ts';
import { addAgent, addUser } from '../demo/mainJob.ts';
import type { LocalAws } from '../local-aws/index.ts';
import { clientsOf } from '../local-aws/testClients.ts';
import { chooseInExplorer, chooseTheme, closeEditors, onNewest, runCommand } from './actions.ts';
import { answerTicks, planPage, pressApprove, pressRefuse } from './planPage.ts';
import { onStage, type Stage, type Step, stepsOf } from './stage.ts';

const WORKER = (actions: string, resource: string): string => `
  Worker:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{ Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: sts:AssumeRole }]
      Policies:
        - PolicyName: work
          PolicyDocument:
            Version: "2012-10-17"
            Statement: [{ Effect: Allow, Action: "${actions}", Resource: "${resource}" }]`;

const OPEN = `Resources:
  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: jobs } }
  Done: { Type: AWS::SNS::Topic, Properties: { TopicName: done } }
  Gate:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: To the workers
      SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0 }]${WORKER('*', '*')}
`;
const CLOSED = `Resources:
  Jobs: { Type: AWS::SQS::Queue, Properties: { QueueName: jobs } }
  Done: { Type: AWS::SNS::Topic, Properties: { TopicName: done } }${WORKER('sqs:*', '*')}
`;
const RENAMED = CLOSED.replace('QueueName: jobs', 'QueueName: jobs-2')
  .replace(/ {2}Done:.*\n/, '')
  .replace('Resource: "*"', 'Resource: "arn:aws:sqs:us-east-1:111122223333:jobs-2"');

const files = { 'work.yaml': OPEN };

test('a deployment from a refusal to its roll back', { timeout: 300_000 }, t =>
  onStage({ aws: { stackStepMs: 50 }, files }, async stage => {
    const step = stepsOf(t, stage);
    await letAgentMakeRoles(stage.aws);
    await stage.workbench.openContainer('No Wing');
    await addUser(stage.workbench, stage.aws.world);
    await addAgent(stage.workbench, stage.aws.world);
    await beRefused(stage, step);
    await approve(stage, step);
    await change(stage, step);
    await rollBack(stage, step);
    await lookAtHistory(stage, step);
  }),
);

async function letAgentMakeRoles(aws: LocalAws): Promise<void> {
  const statement = { Effect: 'Allow', Action: ['iam:*', 'ec2:*', 'pricing:*'], Resource: '*' };
  await clientsOf(aws, aws.world.alice).iam.send(
    new PutRolePolicyCommand({
      RoleName: aws.world.agentRole.roleName,
      PolicyName: 'roles',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
    }),
  );
}

async function plan({ workbench }: Stage): Promise<void> {
  await workbench.dismissNotifications();
  await chooseInExplorer(workbench, 'work.yaml', 'Deploy Stack as Agent');
  await workbench.type('work', '(1/1)');
}

async function edit({ workspace }: Stage, text: string): Promise<void> {
  await writeFile(join(workspace, 'work.yaml'), text);
}

async function beRefused(stage: Stage, step: Step): Promise<void> {
  const { workbench, aws, screenshot } = stage;
  await step(
    'a port open to everybody is refused: the page says what to change, and has no button',
    async () => {
      await plan(stage);
      const page = await workbench.webview(/A guardrail refused this plan/);
      await page.getByText('Let in the addresses that need it').waitFor();
      await page.getByText(/opens port 22 to everybody/).waitFor();
      assert.equal(await page.getByRole('link', { name: 'Approve…' }).count(), 0);
      await screenshot('deployments-1-refused');
      await workbench.openContainer('No Wing');
      await workbench.treeRow(/refused by a guardrail/).waitFor();
      assert.deepEqual(await aws.control.records({ eventName: 'ExecuteChangeSet' }), []);
      await closeEditors(workbench);
    },
  );
}

async function approve(stage: Stage, step: Step): Promise<void> {
  const { workbench, page, screenshot } = stage;
  await step(
    'corrected, it waits; closing its page keeps it waiting, and the row opens it again',
    async () => {
      await edit(stage, CLOSED);
      await plan(stage);
      const document = await planPage(workbench);
      await document.getByText('Want your express yes').waitFor();
      await closeEditors(workbench);
      await workbench.openContainer('No Wing');
      await workbench.inlineAction(/waiting for your yes/, 'Review Plan');
      await planPage(workbench);
      await screenshot('deployments-2-asks');
    },
  );
  await step('a yes without the tick is none, and a no in the dialog leads back to the page', async () => {
    await pressApprove(workbench);
    await workbench.quickTitle('The guardrails ask you').waitFor();
    await page.keyboard.press('Enter');
    await workbench.quickTitle('0 of 1 ticked').waitFor();
    await screenshot('deployments-3-tick');
    await answerTicks(workbench);
    await workbench.answerDialog('Cancel', 'Create stack work as agent copilot?');
    await planPage(workbench);
  });
  await step('approved, it is carried out and verified', async () => {
    await pressApprove(workbench);
    await answerTicks(workbench);
    await workbench.dialog('You have agreed to: Wildcards in permissions').waitFor();
    await screenshot('deployments-4-question');
    await workbench.answerDialog('Deploy to acme-dev');
    await workbench.waitForText('Deployed work to acme-dev as agent copilot.');
    await workbench.openContainer('No Wing');
    await workbench.treeRow(/✓ verified/).waitFor({ timeout: 60_000 });
    await (await workbench.webview(/it was carried out/)).getByText('This plan is history').waitFor();
    await closeEditors(workbench);
  });
}

async function change(stage: Stage, step: Step): Promise<void> {
  const { workbench, page, screenshot } = stage;
  await step('what is replaced and deleted comes first, in every theme and in a narrow window', async () => {
    await edit(stage, RENAMED);
    await plan(stage);
    const document = await planPage(workbench);
    await document.getByRole('heading', { name: /Replaced/ }).waitFor();
    await screenshot('deployments-5-dark');
    await chooseTheme(workbench, 'Light Modern', 'vs');
    await screenshot('deployments-5-light');
    await chooseTheme(workbench, 'Dark High Contrast', 'hc-black');
    await screenshot('deployments-5-high-contrast');
    await chooseTheme(workbench, 'Dark Modern', 'vs-dark');
    await page.setViewportSize({ width: 760, height: 900 });
    await screenshot('deployments-5-narrow');
    await page.setViewportSize({ width: 1400, height: 900 });
  });
  await step("the template's differences open in the editor's own comparison", async () => {
    await (await planPage(workbench)).getByRole('link', { name: 'Show Template Diff' }).click();
    await page.locator('.tabs-container .tab').filter({ hasText: 'planned' }).waitFor();
    await page.locator('.diff-editor, .monaco-diff-editor').getByText('jobs-2').first().waitFor();
    await screenshot('deployments-6-diff');
    await runCommand(workbench, 'View: Close Editor');
  });
  await step('it is carried out', async () => {
    await pressApprove(workbench);
    await answerTicks(workbench);
    await workbench.answerDialog('Deploy to acme-dev', 'Update stack work as agent copilot?');
    await workbench.waitForText('Deployed work to acme-dev as agent copilot.');
    await closeEditors(workbench);
    await workbench.openContainer('No Wing');
    await page
      .locator('.monaco-list-row')
      .filter({ hasText: /^deployed.*✓ verified/ })
      .nth(1)
      .waitFor({ timeout: 60_000 });
  });
}

async function rollBack(stage: Stage, step: Step): Promise<void> {
  const { workbench, aws, screenshot } = stage;
  await step('rolling it back is a plan of its own, which can be refused', async () => {
    await workbench.openContainer('No Wing');
    await onNewest(workbench, /^deployed/, 'Roll Back…');
    const document = await planPage(workbench);
    await document.getByText('Roll back stack work as agent copilot').waitFor();
    await screenshot('deployments-7-roll-back');
    await pressRefuse(workbench);
    await workbench.treeRow(/given up/).waitFor();
    await closeEditors(workbench);
  });
  await step('approved, it brings back what stood before', async () => {
    await onNewest(workbench, /^deployed/, 'Roll Back…');
    await pressApprove(workbench);
    await answerTicks(workbench);
    await workbench.answerDialog('Roll Back in acme-dev', 'Roll back stack work as agent copilot?');
    await workbench.waitForText('Rolled back work in acme-dev as agent copilot.');
    await workbench.treeRow(/^rolled back.*✓ verified/).waitFor({ timeout: 60_000 });
  });
  await step('a second time it says who has done so already', async () => {
    await workbench.dismissNotifications();
    await onNewest(workbench, /^deployed/, 'Roll Back…');
    await workbench.notification(/cannot be rolled back: deployment \w+ has done so already/).waitFor();
  });
  await step('every call was made by a session of the agent for alice', async () => {
    const orders = await aws.control.records({ eventName: 'ExecuteChangeSet' });
    assert.equal(orders.length, 3);
    for (const eventName of ['CreateQueue', 'CreateRole', 'DeleteQueue', 'CreateTopic', 'ExecuteChangeSet'])
      for (const record of await aws.control.records({ eventName }))
        assert.match(
          JSON.stringify(record['userIdentity']),
          /no-wing-copilot-.*"sourceIdentity":"alice"/,
          eventName,
        );
  });
}

async function lookAtHistory(stage: Stage, step: Step): Promise<void> {
  const { workbench, workspace, page, screenshot } = stage;
  await step('two deployments side by side', async () => {
    await workbench.dismissNotifications();
    await workbench.contextMenu(/^rolled back/, 'Compare Deployments');
    await workbench.quickRow(/./).first().click();
    await page.locator('.tabs-container .tab').filter({ hasText: '↔' }).waitFor();
    await screenshot('deployments-8-compare');
    await closeEditors(workbench);
  });
  await step('the record says who asked, who approved and what it rolls back', async () => {
    await workbench.treeRow(/^rolled back/).click();
    const record = await workbench.webview(/Rolls back deployment/);
    await record
      .getByText(/Asked for by user alice/)
      .first()
      .waitFor();
    await record
      .getByText(/Approved by alice/)
      .first()
      .waitFor();
    await screenshot('deployments-9-record');
  });
  await step('the evidence is a file that shows whether it was changed', async () => {
    await workbench.contextMenu(/^rolled back/, 'Export Evidence…');
    await workbench.quickTitle('Export Evidence').waitFor();
    await page.keyboard.press('Enter');
    await workbench.notification(/Exported the evidence/).waitFor();
    const file = join(
      workspace,
      (await readdir(workspace)).find(name => name.endsWith('.evidence.json')) ?? '',
    );
    const text = await readFile(file, 'utf8');
    assert.ok(isUnchanged(text));
    assert.match(text, /"name": "CreateQueue"/);
    assert.match(text, /"approvedBy": "alice"/);
  });
}
