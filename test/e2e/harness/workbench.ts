// What a person does in a workbench, in a person's words. Every step waits for what it needs and fails after the
// page's time-out with the locator it waited for.
import type { FrameLocator, Locator, Page } from 'playwright-core';

type Text = string | RegExp;

export class Workbench {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Runs a command by its full title in the palette, such as `No Wing: Switch Identity`. */
  async runCommand(title: string): Promise<void> {
    // One that is still closing would take the palette for itself.
    await this.quickInput.waitFor({ state: 'hidden' });
    await this.page.keyboard.press('F1');
    await this.quickInput.waitFor();
    await this.quickInput.fill(`>${title}`);
    await this.quickRow(exactly(title)).first().click();
  }

  /** An open quick pick's or the palette's rows; to look, not to choose. */
  quickRow(text: Text): Locator {
    return this.page.locator('.quick-input-widget .monaco-list-row').filter({ has: this.quickLabel(text) });
  }

  /** Chooses a row of the quick pick that is open, or about to open. */
  async pick(label: Text): Promise<void> {
    await this.quickRow(label).first().click();
  }

  /** Answers the input box that is open, or about to open; `title` tells it from the one before. */
  async type(text: string, title?: Text): Promise<void> {
    if (title) await this.quickTitle(title).waitFor();
    await this.quickInput.fill(text);
    await this.quickInput.press('Enter');
  }

  quickTitle(title: Text): Locator {
    return this.page.locator('.quick-input-widget .quick-input-title').filter({ hasText: title });
  }

  /** The message under an input box: a prompt or why the value is refused. */
  quickMessage(text: Text): Locator {
    return this.page.locator('.quick-input-widget .quick-input-message').filter({ hasText: text });
  }

  async cancelQuickInput(): Promise<void> {
    await this.quickInput.press('Escape');
    await this.quickInput.waitFor({ state: 'hidden' });
  }

  statusBarItem(text: Text): Locator {
    return this.page.locator('.statusbar-item').filter({ hasText: text });
  }

  async clickStatusBar(text: Text): Promise<void> {
    await this.statusBarItem(text).locator('a').first().click();
  }

  /** Opens a view container of the activity bar, if it is not open. */
  async openContainer(name: string): Promise<void> {
    const label = this.page.locator(`a.action-label[aria-label^="${name}"]`);
    const tab = this.page.locator('.activitybar .action-item').filter({ has: label });
    await tab.waitFor();
    if (!(await tab.getAttribute('class'))?.includes('checked')) await tab.click();
    await this.page.locator('.activitybar .action-item.checked').filter({ has: label }).waitFor();
  }

  /** An action in the head of a view, once it can be used; it is in sight only while the pointer is there. */
  enabledAction(label: string): Locator {
    return this.page.locator(`.pane-header .action-label:not(.disabled)[aria-label^="${label}"]`).first();
  }

  /** A row of any tree, by a part of its label or description. */
  treeRow(text: Text): Locator {
    return this.page
      .locator('.monaco-workbench .pane-body .monaco-list-row')
      .filter({ hasText: text })
      .first();
  }

  /** A row of a long tree, which is there only while it is in sight: scrolled to from the top of the view. */
  async rowInSight(view: string, row: Text): Promise<Locator> {
    const found = this.treeRow(row);
    const pane = this.page
      .locator('.pane')
      .filter({ has: this.page.locator(`.pane-header[aria-label^="${view}"]`) });
    await pane.locator('.pane-body .monaco-list').first().hover();
    for (let turn = 0; turn < 60 && !(await found.isVisible()); turn++) {
      await this.page.mouse.wheel(0, 66);
      await this.page.waitForTimeout(100);
    }
    await found.waitFor();
    return found;
  }

  async expand(row: Text): Promise<void> {
    const found = this.treeRow(row);
    await found.waitFor();
    if ((await found.getAttribute('aria-expanded')) === 'false')
      await found.locator('.monaco-tl-twistie').click();
    await this.page
      .locator('.monaco-list-row[aria-expanded="true"]')
      .filter({ hasText: row })
      .first()
      .waitFor();
  }

  /** Clicks one of the icons a tree row shows when the pointer is on it. */
  async inlineAction(row: Text, action: string): Promise<void> {
    await this.treeRow(row).hover();
    await this.treeRow(row).locator(`.actions a.action-label[aria-label^="${action}"]`).click();
  }

  async contextMenu(row: Text, action: string): Promise<void> {
    await this.treeRow(row).click({ button: 'right' });
    await this.chooseMenuItem(action);
  }

  async chooseMenuItem(action: string): Promise<void> {
    const item = this.page.locator('.monaco-menu .action-item').filter({ hasText: action }).first();
    await item.waitFor();
    // A menu takes no click in its first tenth of a second; the row under the pointer has the focus at once.
    await item.hover();
    await this.page.keyboard.press('Enter');
  }

  /** An icon in a view's title bar. */
  async viewAction(view: string, action: string): Promise<void> {
    const header = this.page.locator('.pane-header, .composite.title').filter({ hasText: view }).first();
    await header.hover();
    await header.locator(`a.action-label[aria-label^="${action}"]`).click();
  }

  /** The modal dialog that is open. */
  dialog(text: Text = ''): Locator {
    return this.page.locator('.monaco-dialog-box').filter({ hasText: text });
  }

  /** Presses a button of the modal dialog that is open, or about to open, and waits until it is gone. */
  async answerDialog(button: string, text: Text = ''): Promise<void> {
    const box = this.dialog(text);
    await box.getByRole('button', { name: button, exact: true }).click();
    await box.waitFor({ state: 'hidden' });
  }

  notification(text: Text): Locator {
    return this.page.locator('.notifications-toasts .notification-toast').filter({ hasText: text }).first();
  }

  async answerNotification(text: Text, button: string): Promise<void> {
    await this.notification(text).getByRole('button', { name: button, exact: true }).click();
  }

  async dismissNotifications(): Promise<void> {
    await this.runCommand('Notifications: Clear All Notifications');
    await this.page.locator('.notification-toast').first().waitFor({ state: 'detached' });
  }

  /** The document of the webview that shows `text`. */
  async webview(text: Text): Promise<FrameLocator> {
    const frames = this.page.locator('iframe.webview');
    await frames.first().waitFor();
    for (let index = (await frames.count()) - 1; index > 0; index--) {
      const frame = frames.nth(index).contentFrame().frameLocator('iframe#active-frame');
      if (await frame.getByText(text).first().isVisible()) return frame;
    }
    const first = frames.first().contentFrame().frameLocator('iframe#active-frame');
    await first.getByText(text).first().waitFor();
    return first;
  }

  /** Waits until the text can be seen anywhere in the workbench, outside webviews. */
  async waitForText(text: Text): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  /** Opens a terminal, types a line into it and waits for the answer in its output. */
  async terminal(line: string, answer: Text): Promise<void> {
    await this.runCommand('Terminal: Create New Terminal');
    const terminal = this.page.locator('.terminal-wrapper.active .xterm');
    await terminal.locator('.xterm-helper-textarea').focus();
    await this.page.keyboard.type(line);
    await this.page.keyboard.press('Enter');
    await terminal.locator('.xterm-rows, .xterm-accessibility').filter({ hasText: answer }).first().waitFor();
  }

  /** Loads the window again: a new extension host with the same profile. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.page.locator('.monaco-workbench .statusbar').waitFor({ timeout: 60_000 });
  }

  private get quickInput(): Locator {
    return this.page.locator('.quick-input-widget .quick-input-box input');
  }

  private quickLabel(text: Text): Locator {
    return this.page.locator('.quick-input-list-entry').filter({ hasText: text });
  }
}

function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
}
