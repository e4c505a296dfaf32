// The main job, as a person does it for the first time: from empty views to an audit trail that says who did what.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAgent } from '../demo/mainJob.ts';
import {
  chooseInExplorer,
  chooseTheme,
  closeEditors,
  copiedText,
  expand,
  runCommand,
  slowTemplate,
} from './actions.ts';
import type { Workbench } from './harness/workbench.ts';
import { approvePlan, planPage, pressApprove } from './planPage.ts';
import { onStage, type Stage, type Step, stepsOf } from './stage.ts';

const options = { aws: { stackStepMs: 100 }, files: { 'slow.yaml': slowTemplate(80) } };

test('the main job, by mouse and keyboard', { timeout: 240_000 }, t =>
  onStage(options, async stage => {
    const step = stepsOf(t, stage);
    await setUp(stage, step);
    await deploy(stage, step);
    await lookAtTrail(stage, step);
    await lookAtRecord(stage, step);
    await lookInOtherThemes(stage, step);
    await deployAgain(stage, step);
    await takeUpAfterReload(stage, step);
    await remove(stage, step);
  }),
);

async function setUp({ workbench, page, aws, screenshot }: Stage, step: Step): Promise<void> {
  await step('each empty view says what to do', async () => {
    await workbench.openContainer('No Wing');
    await workbench.waitForText("Keep your agent's AWS identity apart from yours.");
    await workbench.waitForText('A deployment needs an agent profile first.');
    await workbench.waitForText('It needs a profile to read CloudTrail with');
    await workbench.statusBarItem('Set up agent identity').waitFor();
    await screenshot('main-job-1-empty');
  });
  await step('the walkthrough opens from the button and from the status bar', async () => {
    await page.getByRole('button', { name: 'Set Up', exact: true }).click();
    await (await workbench.webview('OS keychain')).getByText('OS keychain').waitFor();
    await closeEditors(workbench);
    await workbench.clickStatusBar('Set up agent identity');
    await (await workbench.webview('OS keychain')).getByText('OS keychain').waitFor();
    await screenshot('main-job-2-walkthrough');
  });
  await step('its first button adds the user, by keyboard alone', async () => {
    await page.locator('.getting-started-step').getByText('Add User Profile').click();
    await workbench.quickRow('Access key').waitFor();
    await page.keyboard.press('Enter');
    const { accessKeyId, secretAccessKey } = aws.world.alice;
    const answers = [accessKeyId, secretAccessKey, aws.world.region, undefined, 'alice'];
    for (const [index, answer] of answers.entries()) {
      await workbench.quickTitle(`(${index + 2}/6)`).waitFor();
      if (answer !== undefined) await page.keyboard.type(answer);
      await page.keyboard.press('Enter');
    }
    await workbench.waitForText('Added user alice in acme-dev (1111-2222-3333).');
    await workbench.treeRow(/alice.*dev · 1111-2222-3333 · us-east-1/).waitFor();
    await workbench.statusBarItem('alice').waitFor();
  });
  await step('the step is ticked, and the button of a later one adds the agent', async () => {
    await page.locator('.codicon-getting-started-step-checked[data-done-step-id$="#you"]').waitFor();
    await addAgent(workbench, aws.world);
    await workbench.treeRow(/copilot.*dev · 1111-2222-3333/).waitFor();
    await workbench.statusBarItem(/alice.*copilot · dev · \d+m/).waitFor();
    await closeEditors(workbench);
  });
}

async function deploy({ workbench, screenshot }: Stage, step: Step): Promise<void> {
  await step("the explorer's menu on the template plans, and the confirmation names everything", async () => {
    await chooseInExplorer(workbench, 'orders.template.yaml', 'Deploy Stack as Agent');
    await workbench.type('orders', '(1/3)');
    await workbench.pick('dev');
    await workbench.type('4', '(3/3)');
    await planPage(workbench);
    await screenshot('main-job-3-plan');
    await pressApprove(workbench);
    const dialog = workbench.dialog('Create stack orders as agent copilot?');
    await dialog.waitFor();
    const text = ((await dialog.textContent()) ?? '').replaceAll('\u00a0', ' ');
    const said = [
      ['identity', /Identity: copilot for alice/],
      ['account', /Account: acme-dev 1111-2222-3333 \(dev\)/],
      ['Region', /Region: us-east-1/],
      ['stack', /Stack: orders/],
      ['changes', /3 to add/],
      ['each of them', /\+ add Queue · AWS::SQS::Queue/],
    ] as const;
    for (const [what, pattern] of said) assert.match(text, pattern, what);
    await screenshot('main-job-3-confirm');
  });
  await step('it is deployed, and CloudTrail verifies all of it', async () => {
    await workbench.answerDialog('Deploy to acme-dev');
    await workbench.openContainer('No Wing');
    await workbench.treeRow(/deploying/).waitFor();
    await workbench.waitForText('Deployed orders to acme-dev as agent copilot.');
    const row = workbench.treeRow(/✓ verified/);
    await row.waitFor({ timeout: 60_000 });
    const [, seen, all] =
      /(\d+) of (\d+) by agent copilot for alice/.exec((await row.textContent()) ?? '') ?? [];
    assert.ok(seen !== undefined && seen === all && Number(all) > 0, `${seen} of ${all}`);
    await workbench.dismissNotifications();
  });
}

async function lookAtTrail({ workbench, page, screenshot }: Stage, step: Step): Promise<void> {
  await step('the audit trail shows the deployment with all its events', async () => {
    await workbench.viewAction('Audit Trail', 'Refresh Audit Trail');
    await workbench.treeRow(/Outside of deployments/).waitFor();
    await expand(workbench, /orders.*events/);
    await workbench.rowInSight('Audit Trail', /CreateBucket.*copilot for alice via CloudFormation/);
    await screenshot('main-job-4-by-deployment');
  });
  await step('by day', async () => {
    await groupBy(workbench, 'day');
    await workbench.treeRow(/^\w+day, \w+ \d+.*\d+ events/).waitFor();
  });
  await step('by actor', async () => {
    await groupBy(workbench, 'actor');
    await workbench.treeRow(/^alice.*events/).waitFor();
    await expand(workbench, /copilot for alice.*events/);
    await workbench.rowInSight('Audit Trail', /CreateTopic.*via CloudFormation/);
  });
  await step(
    'a filter leaves what matches, one that matches nothing says so, and clearing brings all back',
    async () => {
      await filterText(workbench, 'CreateBucket');
      await workbench.treeRow(/copilot for alice.*1 event$/).waitFor();
      await filterText(workbench, 'nothing has this name');
      await page.getByText('No event matches the filter.').waitFor();
      await page.getByRole('button', { name: 'Clear Filter', exact: true }).click();
      await workbench.treeRow(/^alice.*events/).waitFor();
    },
  );
  await step('an event opens as a read-only JSON document', async () => {
    await expand(workbench, /copilot for alice.*events/);
    await (await workbench.rowInSight('Audit Trail', /CreateTopic/)).click();
    const editor = page.locator('.editor-instance .monaco-editor');
    await editor.getByText('"CreateTopic"').waitFor();
    await page.locator('.tabs-container .tab').filter({ hasText: 'CreateTopic.json' }).waitFor();
    await editor.locator('.view-lines').click();
    await page.keyboard.type('x');
    await workbench.waitForText('Cannot edit in read-only editor');
    await screenshot('main-job-5-by-actor');
  });
}

async function groupBy(workbench: Workbench, by: string): Promise<void> {
  await workbench.viewAction('Audit Trail', 'Group Audit Trail');
  await workbench.pick(`Group by ${by}`);
  await workbench.page
    .locator('.pane-header')
    .filter({ hasText: `by ${by}` })
    .waitFor();
}

async function filterText(workbench: Workbench, text: string): Promise<void> {
  await workbench.viewAction('Audit Trail', 'Filter Audit Trail');
  await workbench.pick('with a text');
  await workbench.quickMessage('Every word must occur.').waitFor();
  await workbench.type(text);
}

async function lookAtRecord({ workbench, page, aws, screenshot }: Stage, step: Step): Promise<void> {
  await step('the ARN of the agent is copied', async () => {
    await workbench.inlineAction(/copilot.*dev/, 'Copy ARN');
    await workbench.statusBarItem('Copied the ARN of agent copilot').waitFor();
    const copied = await copiedText(page);
    assert.match(
      copied,
      new RegExp(`^arn:aws:sts::${aws.world.dev.accountId}:assumed-role/${aws.world.agentRole.roleName}/`),
    );
  });
  await step(
    "the deployment's record opens by keyboard, with who said yes and what CloudTrail says",
    async () => {
      await closeEditors(workbench);
      await runCommand(workbench, 'No Wing: Focus on Deployments View');
      await page.keyboard.press('End');
      await page.keyboard.press('Enter');
      const record = await workbench.webview(/Approved by alice/);
      await record.getByText(/verified: \d+ of \d+ by agent copilot for alice/).waitFor();
      await record.getByRole('cell', { name: 'ArchiveName' }).waitFor();
      await screenshot('main-job-6-record');
    },
  );
}

async function lookInOtherThemes({ workbench, page, screenshot }: Stage, step: Step): Promise<void> {
  await step('it can be read in light, in high contrast and in a narrow window', async () => {
    await chooseTheme(workbench, 'Light Modern', 'vs');
    await screenshot('main-job-7-light');
    await chooseTheme(workbench, 'Dark High Contrast', 'hc-black');
    await screenshot('main-job-7-high-contrast');
    await chooseTheme(workbench, 'Dark Modern', 'vs-dark');
    await page.setViewportSize({ width: 760, height: 620 });
    await workbench.treeRow(/✓ verified/).waitFor();
    await screenshot('main-job-8-narrow');
    await page.setViewportSize({ width: 1400, height: 900 });
    await closeEditors(workbench);
  });
}

async function deployAgain({ workbench }: Stage, step: Step): Promise<void> {
  await step('a second deployment of the same finds nothing to change', async () => {
    await runCommand(workbench, 'No Wing: Deploy Stack as Agent');
    await workbench.pick('orders.template.yaml');
    await workbench.type('orders', '(1/3)');
    await workbench.pick('dev');
    await workbench.type('4', '(3/3)');
    await workbench.waitForText('orders in acme-dev is already what the template says: nothing to change.');
    await workbench.treeRow(/no changes/).waitFor();
    await workbench.dismissNotifications();
  });
}

async function takeUpAfterReload({ workbench, aws }: Stage, step: Step): Promise<void> {
  await step('a deployment whose window is reloaded is taken up again and ends once', async () => {
    await runCommand(workbench, 'No Wing: Deploy Stack as Agent');
    await workbench.pick('slow.yaml');
    await workbench.type('slow', '(1/1)');
    await approvePlan(workbench, 'Deploy to acme-dev', 'Create stack slow as agent copilot?');
    await workbench.notification(/Deploying slow: \d+ of 80/).waitFor();
    // It was in the middle when its window went: only one that has taken it up can record its end.
    await workbench.reload();
    await workbench.treeRow(/slow/).waitFor();
    await workbench.treeRow(/deploying/).waitFor({ state: 'hidden', timeout: 60_000 });
    await workbench.treeRow(/✓ verified: (9\d|1\d\d) of \1 by agent copilot/).waitFor({ timeout: 40_000 });
    const orders = await aws.control.records({ eventName: 'ExecuteChangeSet' });
    assert.equal(orders.length, 2, 'one for each stack');
  });
}

async function remove({ workbench, aws }: Stage, step: Step): Promise<void> {
  await step('a profile that another needs is not removed', async () => {
    await workbench.contextMenu(/alice.*dev/, 'Remove Profile');
    await workbench.answerDialog('Remove alice', 'Remove user alice?');
    await workbench.waitForText(/The profile is used by agent copilot/);
    await workbench.dismissNotifications();
  });
  await step('profiles are removed, and the views are as empty as before', async () => {
    await workbench.contextMenu(/copilot.*dev/, 'Remove Profile');
    await workbench.answerDialog('Remove copilot', 'Its secret is deleted from the keychain.');
    await workbench.treeRow(/copilot.*dev · 1111/).waitFor({ state: 'hidden' });
    // A row that is drawn anew while its menu is open is no row of the menu any more.
    await workbench.treeRow(/^Agents/).waitFor({ state: 'hidden' });
    await workbench.statusBarItem(/alice · dev/).waitFor();
    await workbench.contextMenu(/alice.*dev/, 'Remove Profile');
    await workbench.answerDialog('Remove alice', aws.world.alice.arn);
    await workbench.waitForText("Keep your agent's AWS identity apart from yours.");
    await workbench.statusBarItem('Set up agent identity').waitFor();
  });
}
