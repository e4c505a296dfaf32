// From an event to what it belongs to: its session, its deployment, the line of the template; and the deployment's timeline.
import { test } from 'node:test';
import { addAgent, addUser, deploy, refreshTrail } from '../demo/mainJob.ts';
import { runCommand } from './actions.ts';
import { onStage, stepsOf } from './stage.ts';

const EVENT = /CreateBucket/;

test('an event of a deployment leads to what it belongs to', { timeout: 280_000 }, t =>
  onStage({}, async stage => {
    const { workbench, page, screenshot, aws } = stage;
    const step = stepsOf(t, stage);
    await step('a deployment is in the trail', async () => {
      await workbench.openContainer('No Wing');
      await addUser(workbench, aws.world);
      await addAgent(workbench, aws.world);
      await deploy(workbench);
      await refreshTrail(workbench);
    });
    await step('its session', async () => {
      await workbench.contextMenu(EVENT, 'Go to Session');
      const session = await workbench.webview('No Wing minted it as agent');
      await session.getByText('Purpose: deployment').waitFor();
      await screenshot('trail-session');
    });
    await step('the line of its template', async () => {
      await workbench.contextMenu(EVENT, 'Go to Line in Template');
      await page.locator('.tab.active').filter({ hasText: 'orders.template.yaml' }).waitFor();
      await page.locator('.monaco-editor .view-line').filter({ hasText: 'AWS::S3::Bucket' }).waitFor();
      await screenshot('trail-template-line');
    });
    await step('its deployment', async () => {
      await workbench.contextMenu(EVENT, 'Go to Deployment');
      await (await workbench.webview('Approved by alice')).getByText('succeeded').first().waitFor();
    });
    await step('events like it', async () => {
      await workbench.contextMenu(EVENT, 'Filter Like This');
      await workbench.pick('this call');
      await page.getByText(/s3, CreateBucket · 1 event · by deployment/).waitFor();
      await screenshot('trail-like-this');
      await runCommand(workbench, 'No Wing: Filter Audit Trail');
      await workbench.pick('Clear the filter');
    });
    await step('its timeline, by mouse and by keyboard', async () => {
      await runCommand(workbench, 'No Wing: Show Audit Trail Charts');
      const charts = await workbench.webview('A deployment');
      const chart = charts.getByRole('application', { name: /Events of the deployment/ });
      await chart.scrollIntoViewIfNeeded();
      await screenshot('trail-timeline');
      await chart.focus();
      await page.keyboard.press('Home');
      await charts
        .locator('#deployment .said')
        .filter({ hasText: /agent copilot for alice/ })
        .waitFor();
      await charts.getByRole('button', { name: /Show the events of the deployment/ }).click();
      await page.getByText(/deployment orders · .* events · by deployment/).waitFor();
      await workbench.treeRow(EVENT).waitFor();
    });
  }),
);
