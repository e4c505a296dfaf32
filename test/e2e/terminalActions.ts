// What people do in terminals, and how a test reads what came of it: from files, since lines on the screen wrap.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import type { World } from '../local-aws/index.ts';
import { waitFor } from '../setup/waitFor.ts';
import { runCommand } from './actions.ts';
import type { Workbench } from './harness/workbench.ts';
import type { Stage } from './stage.ts';

type Window = Pick<Stage, 'workbench' | 'page'>;

/** Opens one of our terminal profiles from the palette and waits until it is there. */
export async function openProfile(window: Window, title: string, name: string): Promise<void> {
  await runCommand(window.workbench, 'Create New Terminal (With Profile)');
  await window.workbench.pick(title);
  await terminalNamed(window, name);
}

/**
 * Waits for a terminal under its name. Not for its greeting: the workbench opens a terminal small and lets it grow, and
 * what was above the edge by then stays there, to be scrolled to.
 */
export async function terminalNamed({ page }: Pick<Stage, 'page'>, name: string): Promise<void> {
  // With two or more they are in a list, which may cut off what a hover or a screen reader says whole.
  const one = page.locator('.single-terminal-tab').filter({ hasText: name });
  const inList = page.locator(`.terminal-tabs-entry:has-text("${name}"), [aria-label*="${name}"]`);
  await one.or(inList).first().waitFor({ timeout: 30_000 });
}

/** What the terminal in front shows. */
export function screenText({ page }: Pick<Stage, 'page'>): Locator {
  return page.locator('.terminal-wrapper.active .xterm-rows, .terminal-wrapper.active .xterm-accessibility');
}

export async function typeLine({ page }: Pick<Stage, 'page'>, line: string): Promise<void> {
  await page.locator('.terminal-wrapper.active .xterm-helper-textarea').focus();
  await page.keyboard.type(line);
  await page.keyboard.press('Enter');
}

/** Types a command into the terminal in front. @returns what it printed, when it has ended. */
export async function output(stage: Pick<Stage, 'page' | 'workspace'>, command: string): Promise<string> {
  const name = `said-${Math.random().toString(36).slice(2, 8)}`;
  await typeLine(stage, `( ${command} ) > ${name} 2>&1; mv ${name} ${name}.done`);
  return await fileText(stage, `${name}.done`);
}

/** The text of a file of the workspace, as soon as it is there. */
export function fileText(
  { workspace }: Pick<Stage, 'workspace'>,
  name: string,
  patienceMs = 60_000,
): Promise<string> {
  const path = join(workspace, name);
  const read = async (): Promise<string | undefined> =>
    existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  return waitFor(`the file ${name}`, read, patienceMs);
}

/** An agent whose sessions last a quarter of an hour, which is what AWS allows at least. */
export async function addShortAgent(workbench: Workbench, world: World, name = 'copilot'): Promise<void> {
  await workbench.runCommand('No Wing: Add Agent Profile');
  await workbench.pick('Assume a role');
  await workbench.type(world.agentRole.arn, '(2/9)');
  await workbench.pick('alice');
  await workbench.type(world.agentRole.externalId, '(4/9)');
  await workbench.pick('15 minutes');
  await workbench.type('', '(6/9)');
  await workbench.type(world.region, '(7/9)');
  await workbench.pick('dev');
  await workbench.type(name, '(9/9)');
  await workbench.waitForText(`Added agent ${name}`);
}
