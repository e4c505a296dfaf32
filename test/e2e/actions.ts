// Things people do in the workbench that more than one browser test does.
import type { Locator, Page } from 'playwright-core';
import type { World } from '../local-aws/index.ts';
import type { Workbench } from './harness/workbench.ts';

/** Runs a command from the palette; once more when something that took the focus has closed it. */
export async function runCommand({ page }: Workbench, title: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await page.keyboard.press('F1');
      await page.locator('.quick-input-widget .quick-input-box input').fill(`>${title}`, { timeout: 3000 });
      return await page
        .locator('.quick-input-list-entry')
        .getByText(title, { exact: true })
        .first()
        .click({ timeout: 3000 });
    } catch (error) {
      if (attempt === 5) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

/** Opens a branch of a tree; once more when the tree was drawn anew under the pointer. */
export async function expand(workbench: Workbench, row: RegExp): Promise<void> {
  const found = workbench.treeRow(row);
  const open = workbench.page
    .locator('.monaco-list-row[aria-expanded="true"]')
    .filter({ hasText: row })
    .first();
  await found.waitFor();
  for (let attempt = 0; attempt < 5 && !(await open.isVisible()); attempt++) {
    await found.locator('.monaco-tl-twistie').click();
    // A second click that comes too early would close what the first one is only about to open.
    await open.waitFor({ timeout: 10_000 }).catch(() => undefined);
  }
  await open.waitFor({ timeout: 1000 });
}

/** Chooses from the menu of the newest row with this text; the rows stand in another order in the document than on the screen. */
export async function onNewest(workbench: Workbench, text: RegExp, action: string): Promise<void> {
  const rows = workbench.page.locator('.monaco-list-row').filter({ hasText: text });
  await rows.first().waitFor();
  const places = await rows.evaluateAll(found => found.map(row => Number(row.getAttribute('data-index'))));
  await rows.nth(places.indexOf(Math.min(...places))).click({ button: 'right' });
  await workbench.chooseMenuItem(action);
}

/** What the input box that is open holds. */
export async function inputValue(workbench: Workbench, title: string): Promise<string> {
  await workbench.quickTitle(title).waitFor();
  return workbench.page.locator('.quick-input-widget .quick-input-box input').inputValue();
}

export async function chooseInExplorer(workbench: Workbench, file: string, action: string): Promise<void> {
  await workbench.openContainer('Explorer');
  await explorerFile(workbench.page, file).click({ button: 'right' });
  await workbench.chooseMenuItem(action);
}

export function explorerFile(page: Page, file: string): Locator {
  return page.locator('.explorer-folders-view .monaco-list-row').filter({ hasText: file });
}

/** @param kind the class by which the workbench says that it is drawn anew: `vs`, `vs-dark` or `hc-black`. */
export async function chooseTheme(workbench: Workbench, name: string, kind: string): Promise<void> {
  await runCommand(workbench, 'Preferences: Color Theme');
  await workbench.page.getByPlaceholder(/Select Color Theme/).fill(name);
  await workbench.pick(name);
  await workbench.page.locator(`.monaco-workbench.${kind}`).waitFor();
}

/** Closes all editors; a document that was never saved is let go. */
export async function closeEditors(workbench: Workbench): Promise<void> {
  await runCommand(workbench, 'View: Close All Editors');
  const dontSave = workbench.page.getByRole('button', { name: "Don't Save" });
  const gone = workbench.page.locator('.editor-group-container.empty').first();
  await dontSave.or(gone).first().waitFor();
  if (await dontSave.isVisible()) await dontSave.click();
  await gone.waitFor();
}

/** Answers every question for a profile of alice under this name, and waits for nothing after that. */
export async function answerUser(workbench: Workbench, world: World, name: string): Promise<void> {
  await answerUserButEnter(workbench, world, name);
  await workbench.page.keyboard.press('Enter');
}

/** The last answer stands in its box and waits for Enter. */
export async function answerUserButEnter(workbench: Workbench, world: World, name: string): Promise<void> {
  await runCommand(workbench, 'No Wing: Add User Profile');
  await workbench.pick('Access key');
  await workbench.type(world.alice.accessKeyId, '(2/6)');
  await workbench.type(world.alice.secretAccessKey, '(3/6)');
  await workbench.type(world.region, '(4/6)');
  await workbench.pick(/^\s*dev/);
  await workbench.quickTitle('(6/6)').waitFor();
  await workbench.page.locator('.quick-input-widget .quick-input-box input').fill(name);
}

/** A template of so many topics that there is time to do something while it is deployed. */
export function slowTemplate(topics: number): string {
  const names = Array.from({ length: topics }, (_, index) => `  Topic${index}: { Type: AWS::SNS::Topic }`);
  return `Resources:\n${names.join('\n')}\n`;
}

/** What is on the clipboard of the browser. */
export async function copiedText(page: Page): Promise<string> {
  return String(await page.evaluate('navigator.clipboard.readText()'));
}
