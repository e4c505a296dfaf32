// What people do with the page of a plan: read it, approve it in the editor's own dialog, or refuse it.
import type { FrameLocator } from 'playwright-core';
import type { Workbench } from './harness/workbench.ts';

/** The page that can be decided on: it has the buttons. */
export async function planPage({ page }: Workbench): Promise<FrameLocator> {
  const until = Date.now() + 30_000;
  for (;;) {
    const frames = page.locator('iframe.webview');
    for (let index = (await frames.count()) - 1; index >= 0; index--) {
      const document = frames.nth(index).contentFrame().frameLocator('iframe#active-frame');
      const button = document.getByRole('link', { name: 'Approve…' });
      if (await button.isVisible().catch(() => false)) return document;
    }
    if (Date.now() > until) throw new Error('There is no page of a plan with a button to approve it');
    await page.waitForTimeout(100);
  }
}

/** Presses the page's button; what follows is asked by the editor. */
export async function pressApprove(workbench: Workbench): Promise<void> {
  await (await planPage(workbench)).getByRole('link', { name: 'Approve…' }).click();
}

export async function pressRefuse(workbench: Workbench): Promise<void> {
  await (await planPage(workbench)).getByRole('link', { name: 'Refuse' }).click();
}

/** A yes to a plan whose guardrails ask nothing. */
export async function approvePlan(
  workbench: Workbench,
  button: string,
  text: string | RegExp = '',
): Promise<void> {
  await pressApprove(workbench);
  await workbench.answerDialog(button, text);
}

/** Ticks everything that the guardrails ask. */
export async function answerTicks(workbench: Workbench): Promise<void> {
  await workbench.quickTitle('The guardrails ask you').waitFor();
  const rows = workbench.quickRow(/./);
  for (let index = 0; index < (await rows.count()); index++) await rows.nth(index).click();
  await workbench.page.keyboard.press('Enter');
}
