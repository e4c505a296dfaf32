// Two windows of one person share profiles and deployments: what one does the other shows, and nothing is done twice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAgent } from '../demo/mainJob.ts';
import { answerUserButEnter, chooseInExplorer, slowTemplate } from './actions.ts';
import { Workbench } from './harness/workbench.ts';
import { approvePlan } from './planPage.ts';
import { onStage, type Stage, stepsOf } from './stage.ts';

const files = { 'slow.yaml': slowTemplate(60) };

test('two windows', { timeout: 200_000 }, t =>
  onStage({ files, aws: { stackStepMs: 100 } }, async stage => {
    const { workbench: one, aws, screenshot } = stage;
    const step = stepsOf(t, stage);
    const two = await secondWindow(stage);
    await step('the same profile at once: one keeps it, the other is told', async () => {
      await Promise.all([one, two].map(window => answerUserButEnter(window, aws.world, 'alice')));
      await Promise.all([one, two].map(({ page }) => page.keyboard.press('Enter')));
      const told = await Promise.all([one, two].map(outcomeOf));
      assert.deepEqual(told.sort(), ['added', 'taken']);
    });
    await step('both show it, once', async () => {
      for (const window of [one, two]) {
        await window.dismissNotifications();
        await window.openContainer('No Wing');
        await window.treeRow(/alice.*dev/).waitFor();
        assert.equal(
          await window.page.locator('.pane-body .monaco-list-row').filter({ hasText: 'alice' }).count(),
          1,
        );
      }
    });
    await step('a profile added in one appears in the other', async () => {
      await addAgent(two, aws.world);
      await one.treeRow(/copilot.*dev/).waitFor();
      await one.statusBarItem(/alice.*copilot · dev · \d+m/).waitFor();
    });
    await step('a deployment in one is shown in the other, to its end', async () => {
      await chooseInExplorer(two, 'slow.yaml', 'Deploy Stack as Agent');
      await two.type('slow', '(1/1)');
      await approvePlan(two, 'Deploy to acme-dev', 'Create stack slow');
      await one.treeRow(/deploying/).waitFor();
      await screenshot('two-windows-1-other');
      await one.treeRow(/deployed/).waitFor({ timeout: 40_000 });
      await two.waitForText('Deployed slow to acme-dev as agent copilot.');
      assert.equal((await aws.control.records({ eventName: 'ExecuteChangeSet' })).length, 1);
    });
    await step('a profile removed in one is gone in the other', async () => {
      await one.contextMenu(/copilot.*dev · 1111/, 'Remove Profile');
      await one.answerDialog('Remove copilot');
      await two.openContainer('No Wing');
      await two.treeRow(/copilot.*dev · 1111/).waitFor({ state: 'hidden' });
      await two.statusBarItem(/copilot/).waitFor({ state: 'hidden' });
    });
  }),
);

async function secondWindow({ page }: Stage): Promise<Workbench> {
  const second = await page.context().newPage();
  second.setDefaultTimeout(20_000);
  await second.goto(page.url());
  await second.locator('.monaco-workbench .statusbar').waitFor({ timeout: 60_000 });
  const workbench = new Workbench(second);
  await workbench.statusBarItem('Set up agent identity').waitFor();
  return workbench;
}

async function outcomeOf(workbench: Workbench): Promise<'added' | 'taken'> {
  const added = workbench.notification('Added user alice');
  const taken = workbench.notification('There is already a profile named user alice.');
  // The form itself knows it when the other window was a moment earlier.
  const known = workbench.quickMessage('There is already a profile named alice.');
  await added.or(taken).or(known).first().waitFor();
  if (await known.isVisible()) await workbench.cancelQuickInput();
  return (await added.isVisible()) ? 'added' : 'taken';
}
