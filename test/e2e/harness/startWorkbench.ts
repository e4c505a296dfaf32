// A workbench of one's own: server, browser, profile. Everything in it ends with close().
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { type Development, developIn, launchBrowser, workbenchUrl } from '../../setup/browser.ts';
import type { Env } from '../../setup/cleanEnv.ts';
import { type CodeServer, startCodeServer } from '../../setup/codeServer.ts';
import { outDir } from '../../setup/places.ts';
import { scratchFolder } from '../../setup/scratchFolder.ts';
import { Workbench } from './workbench.ts';

export interface WorkbenchOptions {
  /** The packaged extension to install. */
  readonly vsix?: string | undefined;
  /** Folders of unpacked extensions to load instead, or beside it. */
  readonly extensions?: readonly string[] | undefined;
  /** The folder to open; an empty one of its own if absent. */
  readonly workspace?: string | undefined;
  /** Reaches the extension host and its terminals. */
  readonly env?: Env | undefined;
  readonly theme?: Theme | undefined;
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  /** False opens the workspace in restricted mode. */
  readonly trusted?: boolean | undefined;
  readonly viewport?: { readonly width: number; readonly height: number } | undefined;
  /** Where screenshots go. */
  readonly screenshots?: string | undefined;
}

export type Theme = 'light' | 'dark' | 'high-contrast';

export interface RunningWorkbench {
  readonly page: Page;
  readonly workbench: Workbench;
  readonly url: string;
  readonly workspace: string;
  /** The user's settings. */
  readonly userSettings: string;
  /** What the server and the extension host have written. */
  serverLog(): string;
  /** @returns the path of the picture. */
  screenshot(name: string): Promise<string>;
  close(): Promise<void>;
}

export async function startWorkbench(options: WorkbenchOptions = {}): Promise<RunningWorkbench> {
  const dir = scratchFolder();
  const workspace = options.workspace ?? (await emptyWorkspace(dir));
  const settings = { ...themeSettings(options.theme), ...options.settings };
  const { vsix, env, trusted } = options;
  const server = await startCodeServer({ dir, vsix, env, settings, trusted });
  let browser: BrowserContext | undefined;
  const close = async () => {
    await browser?.close();
    await server.stop();
  };
  try {
    browser = await launchBrowser(dir, options.viewport);
    const page = await openWorkbench(browser, server, workspace, { extensions: options.extensions ?? [] });
    return describeWorkbench({ page, server, workspace, close, dir, folder: options.screenshots });
  } catch (error) {
    await close();
    throw error;
  }
}

/** Starts a workbench for `work`; when that fails, leaves a screenshot and says where. */
export async function withWorkbench<T>(
  options: WorkbenchOptions,
  work: (running: RunningWorkbench) => Promise<T>,
): Promise<T> {
  const running = await startWorkbench(options);
  try {
    return await work(running);
  } catch (error) {
    const picture = await running.screenshot(`failed-${Date.now()}`).catch(() => 'none');
    throw new Error(
      `${messageOf(error)}\nScreenshot: ${picture}\nServer:\n${running.serverLog().slice(-1500)}`,
    );
  } finally {
    await running.close();
  }
}

async function openWorkbench(
  browser: BrowserContext,
  server: CodeServer,
  workspace: string,
  what: Development,
) {
  const page = browser.pages()[0] ?? (await browser.newPage());
  page.setDefaultTimeout(20_000);
  if (what.extensions?.length) await developIn(page, server, what);
  await page.goto(workbenchUrl(server, workspace));
  // The class of its theme comes last: only then is it painted as it will stay.
  await page.locator('.monaco-workbench[class*="vscode-theme-"]').waitFor({ timeout: 60_000 });
  await page.locator('.monaco-workbench .statusbar').waitFor();
  return page;
}

interface Parts {
  readonly page: Page;
  readonly server: CodeServer;
  readonly workspace: string;
  readonly dir: string;
  readonly folder: string | undefined;
  close(): Promise<void>;
}

function describeWorkbench({ page, server, workspace, close, dir, folder }: Parts): RunningWorkbench {
  const screenshot = async (name: string) => {
    const path = join(folder ?? join(outDir, 'screenshots'), `${name}.png`);
    await mkdir(dirname(path), { recursive: true });
    await page.screenshot({ path });
    return path;
  };
  const workbench = new Workbench(page);
  const userSettings = join(dir, 'data', 'User', 'settings.json');
  return {
    page,
    workbench,
    url: server.url,
    workspace,
    userSettings,
    serverLog: server.log,
    screenshot,
    close,
  };
}

function themeSettings(theme: Theme | undefined): Record<string, string> {
  return theme ? { 'workbench.colorTheme': themeNames[theme] } : {};
}

const themeNames: Readonly<Record<Theme, string>> = {
  light: 'Light Modern',
  dark: 'Dark Modern',
  'high-contrast': 'Default High Contrast',
};

async function emptyWorkspace(dir: string): Promise<string> {
  const workspace = join(dir, 'workspace');
  await mkdir(workspace);
  await writeFile(join(workspace, 'README.md'), '# A workspace\n');
  return workspace;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
