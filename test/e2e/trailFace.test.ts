// The Audit Trail with a hundred thousand events, as a person uses it: import, look, filter, take away, and the charts.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { addAgent, addUser } from '../demo/mainJob.ts';
import { chooseTheme, copiedText, expand, runCommand } from './actions.ts';
import { onStage, type Stage, stepsOf } from './stage.ts';
import { writeTrailSet } from './trailSet.ts';

const EVENTS = 100_000;

test('a hundred thousand events in the audit trail', { timeout: 280_000 }, async t => {
  const folder = mkdtempSync(join(tmpdir(), 'no-wing-e2e-trail-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const trail = join(folder, 'AWSLogs');
  writeTrailSet({ folder: trail, events: EVENTS, until: Date.now() });
  await onStage({}, async stage => {
    const { workbench, page, screenshot, aws } = stage;
    const step = stepsOf(t, stage);
    page.setDefaultTimeout(60_000);
    await step('an import is stopped, goes on, and tells which file is damaged', async () => {
      await workbench.openContainer('No Wing');
      await addUser(workbench, aws.world);
      await addAgent(workbench, aws.world);
      await workbench.dismissNotifications();
      await runCommand(workbench, 'No Wing: Import CloudTrail Files');
      await workbench.pick('A folder, with all below it');
      await choosePath(stage, trail);
      await workbench.answerNotification(/Importing AWSLogs/, 'Cancel');
      await workbench.answerNotification(/The import of AWSLogs was stopped/, 'Resume');
      await workbench.notification(/1 file could not be read/).waitFor({ timeout: 120_000 });
      await workbench.answerNotification(/Imported .* new events/, 'Show Report');
      await (await workbench.webview('cut-off.json.gz')).getByText('What is wrong').waitFor();
      await screenshot('trail-import-report');
    });
    await step('the tree counts them by actor, and pages', async () => {
      await runCommand(workbench, 'No Wing: Group Audit Trail');
      await workbench.pick('Group by actor');
      await page
        .getByText(/100,000 events · by actor/)
        .first()
        .waitFor();
      for (const view of ['Identities', 'Deployments']) await foldView(stage, view);
      await expand(workbench, /copilot for alice[\d,]+ events/);
      await screenshot('trail-tree');
    });
    await step('a filter of values that occur, kept under a name', async () => {
      await filterBy(stage, 'of one service', 's3');
      await filterBy(stage, 'with one error', 'AccessDenied');
      await page.getByText(/s3, AccessDenied · .* events · by actor/).waitFor();
      await runCommand(workbench, 'No Wing: Filter Audit Trail');
      await workbench.quickRow('Save this filter').waitFor();
      await screenshot('trail-filter');
      await workbench.pick('Save this filter');
      await workbench.type('denied in s3', 'Save Filter');
      await runCommand(workbench, 'No Wing: Copy Audit Trail Query for the Command Line');
      await page.getByText('The query is on the clipboard').waitFor();
      const query = 'no-wing trail query --service s3.amazonaws.com --error --text AccessDenied';
      assert.equal(await copiedText(page), query);
    });
    await step('what is shown goes to a file', async () => {
      await runCommand(workbench, 'No Wing: Export Audit Trail Events');
      const file = join(folder, 'denied.csv');
      await choosePath(stage, file);
      await workbench.notification(/Exported .* events to/).waitFor();
      const lines = readFileSync(file, 'utf8').trim().split('\r\n');
      assert.match(lines[0] ?? '', /^time,accountId/);
      assert.ok(lines.length > 500);
      assert.ok(
        lines.slice(1).every(line => line.includes('AccessDenied') && line.includes('s3.amazonaws.com')),
      );
      await workbench.dismissNotifications();
    });
    await step('the kept filter comes back', async () => {
      await runCommand(workbench, 'No Wing: Filter Audit Trail');
      await workbench.pick('Clear the filter');
      await page.getByText(/100,000 events · by actor/).waitFor();
      await filterBy(stage, 'denied in s3');
      await page.getByText(/s3, AccessDenied ·/).waitFor();
    });
    await step('words are looked for, in the tree and for a file', async () => {
      await runCommand(workbench, 'No Wing: Filter Audit Trail');
      await workbench.pick('Clear the filter');
      await page.getByText(/100,000 events · by actor/).waitFor();
      await runCommand(workbench, 'No Wing: Filter Audit Trail');
      await workbench.pick('with a text');
      await workbench.type('accessdenied gets3', 'Filter Audit Trail (2/2)');
      await page.getByText(/"accessdenied gets3" · [\d,]+ events · by actor/).waitFor();
      await workbench.treeRow(/GetS3Item/).waitFor();
      await screenshot('trail-words');
      await runCommand(workbench, 'No Wing: Export Audit Trail Events');
      const file = join(folder, 'words.jsonl');
      await choosePath(stage, file);
      await workbench.notification(/Exported .* events to/).waitFor();
      const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
      assert.ok(lines.length > 1 && lines.every(line => line.includes('GetS3Item')), lines[0]);
      await workbench.dismissNotifications();
    });
    await step('charts lead to their events', async () => {
      await runCommand(workbench, 'No Wing: Show Audit Trail Charts');
      const charts = await workbench.webview('Activity over time');
      await charts.getByText('As a table').first().waitFor();
      await charts.getByLabel('Period').selectOption('All there is');
      await charts.getByRole('button', { name: /^Show 56,162 events of agent/ }).waitFor();
      await screenshot('trail-charts-dark');
      await charts.getByRole('button', { name: /copilot for alice.*, s3: / }).click();
      await page.getByText(/copilot, agent, s3 · /).waitFor();
      await workbench.treeRow(/PutS3Item|GetS3Item|ListS3Item/).waitFor();
      // The keyboard goes on there; until then, what opens would lose it and close again.
      const focused = page.locator('.monaco-list:focus-within .monaco-list-row.focused');
      await focused.filter({ hasText: 'copilot for alice' }).waitFor();
      await screenshot('trail-charts-cell');
    });
    await step('in every theme, and narrow', async () => {
      await chooseTheme(workbench, 'Light Modern', 'vs');
      await screenshot('trail-charts-light');
      await chooseTheme(workbench, 'Default High Contrast', 'hc-black');
      await screenshot('trail-charts-contrast');
      await page.setViewportSize({ width: 760, height: 900 });
      await screenshot('trail-charts-narrow');
    });
  });
});

/** One part of the filter, and one of its values. */
async function filterBy({ workbench }: Stage, part: string, value?: string): Promise<void> {
  await runCommand(workbench, 'No Wing: Filter Audit Trail');
  await workbench.pick(part);
  if (value !== undefined) await workbench.pick(value);
}

async function foldView({ page }: Stage, name: string): Promise<void> {
  await page.locator('.pane-header').filter({ hasText: name }).click();
}

/**
 * In the editor's own dialog for files. Before it lists the folder that it begins with, it would write that before the
 * path; only when it lists what lies beside the path has it read what was typed.
 */
async function choosePath({ page }: Stage, path: string): Promise<void> {
  const dialog = page.locator('.quick-input-widget');
  const ok = dialog.getByRole('button', { name: /^(Import|Export|OK)$/ });
  await ok.waitFor();
  await dialog.locator('.monaco-list-row').getByText('..', { exact: true }).waitFor();
  await dialog.locator('.quick-input-box input').fill(path);
  await dialog.locator('.monaco-list-row').filter({ hasText: 'AWSLogs' }).waitFor();
  await ok.click();
  await ok.waitFor({ state: 'hidden' });
}
