// Runs one CommonJS program inside the extension host of a real workbench and brings back what it wrote.
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { developIn, launchBrowser, workbenchUrl } from '../../setup/browser.ts';
import type { Env } from '../../setup/cleanEnv.ts';
import { type CodeServer, startCodeServer } from '../../setup/codeServer.ts';
import { scratchFolder } from '../../setup/scratchFolder.ts';

export interface HostRun {
  /** A CommonJS file that exports `run(): Promise<void>`. It writes its result to the file named by `NO_WING_HOST_RESULTS`. */
  readonly entry: string;
  readonly vsix?: string | undefined;
  /** Folders of unpacked extensions to load beside, or instead of, the packaged one. */
  readonly extensions?: readonly string[] | undefined;
  /** Reaches the extension host: endpoints, keyring, switches of a test. */
  readonly env?: Env | undefined;
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  /** Opened as the workspace; an empty folder if absent. */
  readonly workspace?: string | undefined;
  readonly timeoutMs?: number | undefined;
}

/** @returns what the program wrote, as parsed JSON; its shape is the caller's affair. @throws when it wrote nothing. */
export async function runInHost(options: HostRun): Promise<unknown> {
  const dir = scratchFolder();
  const results = join(dir, 'results.json');
  const env = { ...options.env, NO_WING_HOST_RESULTS: results };
  const server = await startCodeServer({ dir, vsix: options.vsix, env, settings: options.settings });
  let browser: BrowserContext | undefined;
  try {
    browser = await launchBrowser(dir);
    const workspace = options.workspace ?? (await emptyWorkspace(dir));
    const extensions = [...(options.extensions ?? []), await carrier(dir)];
    const ending = await runPage(await firstPage(browser), server, workspace, { ...options, extensions });
    if (existsSync(results)) return JSON.parse(readFileSync(results, 'utf8'));
    throw new Error(`The extension host wrote no results (${ending}).\n${server.log()}`);
  } finally {
    await browser?.close();
    await server.stop();
  }
}

async function runPage(page: Page, server: CodeServer, workspace: string, options: HostRun): Promise<string> {
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  // The workbench calls this when the program's run() has settled.
  await page.exposeFunction('codeAutomationExit', (code: unknown) => resolve(`exit code ${code}`));
  page.on('crash', () => resolve('the page crashed'));
  await developIn(page, server, { extensions: options.extensions ?? [], tests: options.entry });
  await page.goto(workbenchUrl(server, workspace));
  const limit = options.timeoutMs ?? 180_000;
  const timer = setTimeout(() => resolve(`no end after ${limit / 1000} s`), limit);
  return ended.finally(() => clearTimeout(timer));
}

async function firstPage(browser: BrowserContext): Promise<Page> {
  return browser.pages()[0] ?? (await browser.newPage());
}

async function emptyWorkspace(dir: string): Promise<string> {
  const workspace = join(dir, 'workspace');
  await mkdir(workspace);
  return workspace;
}

// The host looks for tests only when some extension is under development, so there is an empty one.
async function carrier(dir: string): Promise<string> {
  const folder = join(dir, 'carrier');
  await mkdir(folder);
  const manifest = { name: 'carrier', publisher: 'test', version: '0.0.0', engines: { vscode: '*' } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  return folder;
}
