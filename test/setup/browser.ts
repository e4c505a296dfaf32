// A headless Chromium, and the way it opens a workbench.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import type { CodeServer } from './codeServer.ts';

export function launchBrowser(dir: string, viewport = { width: 1400, height: 900 }): Promise<BrowserContext> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('No Chromium found. Set NO_WING_CHROMIUM to the path of one.');
  return chromium.launchPersistentContext(join(dir, 'chrome'), {
    executablePath,
    viewport,
    args: quietArguments,
  });
}

export function findChromium(): string | undefined {
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap(dir => browserNames.map(name => join(dir, name)));
  return [process.env['NO_WING_CHROMIUM'] ?? '', ...onPath, ...macBrowsers].find(isExecutable);
}

/** What the workbench should load beside its installed extensions; absolute paths on the server. */
export interface Development {
  readonly extensions?: readonly string[];
  /** A CommonJS file that exports `run()`; the extension host runs it and reports when it settles. */
  readonly tests?: string;
}

/** The address that opens `folder` in a workbench. */
export function workbenchUrl(server: CodeServer, folder: string | undefined): string {
  return `${server.url}?${new URLSearchParams(folder ? { folder } : { ew: 'true' })}`;
}

/**
 * Makes the next page of this browser load extensions under development and tests. A built workbench takes these
 * only from the configuration in its own HTML, so the read of that attribute is patched. (Rewriting the HTML on its
 * way breaks the WebSocket.)
 */
export async function developIn(page: Page, server: CodeServer, what: Development): Promise<void> {
  const uri = (path: string) => ({
    $mid: 1,
    scheme: 'vscode-remote',
    authority: `127.0.0.1:${server.port}`,
    path,
  });
  const options = {
    extensions: (what.extensions ?? []).map(uri),
    ...(what.tests ? { extensionTestsPath: uri(what.tests) } : {}),
  };
  await page.addInitScript({ content: patchScript(JSON.stringify(options)) });
}

function patchScript(options: string): string {
  return `{
    const read = Element.prototype.getAttribute;
    Element.prototype.getAttribute = function (name) {
      const value = read.call(this, name);
      if (name !== 'data-settings' || this.id !== 'vscode-workbench-web-configuration') return value;
      const settings = JSON.parse(value);
      return JSON.stringify({ ...settings, developmentOptions: { ...settings.developmentOptions, ...${options} } });
    };
  }`;
}

const browserNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const macBrowsers = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

// Chromium refuses its sandbox to root, which is who runs tests in a container.
const quietArguments = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ...['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
];

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return path !== '';
  } catch {
    return false;
  }
}
