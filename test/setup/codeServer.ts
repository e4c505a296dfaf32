// A real VS Code workbench with a Node extension host, served to a browser by code-server.
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cleanEnv, type Env } from './cleanEnv.ts';
import { type OwnedProcess, startOwned } from './ownedProcess.ts';
import { codeServerEntry, hostNode } from './places.ts';

export interface CodeServer {
  readonly url: string;
  readonly port: number;
  /** Everything it has written so far. */
  log(): string;
  stop(): Promise<void>;
}

export interface CodeServerOptions {
  /** Keep this path short: unix sockets are made in it. Removed when the server ends. */
  readonly dir: string;
  readonly vsix?: string | undefined;
  readonly env?: Env | undefined;
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  /** False starts the workspace in restricted mode. */
  readonly trusted?: boolean | undefined;
}

export async function startCodeServer(options: CodeServerOptions): Promise<CodeServer> {
  await writeProfile(options);
  if (options.vsix) await installVsix(options, options.vsix);
  const trust = options.trusted === false ? [] : ['--disable-workspace-trust'];
  const args = [...profileArguments(options.dir), ...serverArguments, ...trust];
  const server = startOwned(hostNode, args, { env: hostEnv(options), scratch: options.dir });
  const output = collectOutput(server);
  const port = await listeningPort(server, output);
  return { url: `http://127.0.0.1:${port}/`, port, log: output.text, stop: () => server.stop() };
}

const serverArguments = [
  ...['--bind-addr', '127.0.0.1:0', '--auth', 'none', '--disable-telemetry', '--disable-update-check'],
  ...['--disable-getting-started-override', '--ignore-last-opened'],
];

function profileArguments(dir: string): string[] {
  const folders = ['--user-data-dir', join(dir, 'data'), '--extensions-dir', join(dir, 'ext')];
  return [codeServerEntry, '--config', join(dir, 'config.yaml'), ...folders];
}

// A home of its own keeps ~/.aws and ~/.config of the developer out of reach. Without a gallery it starts seconds faster.
function hostEnv({ dir, env }: CodeServerOptions): Record<string, string> {
  return cleanEnv({
    HOME: join(dir, 'home'),
    XDG_CONFIG_HOME: join(dir, 'xdg'),
    TMPDIR: join(dir, 'tmp'),
    EXTENSIONS_GALLERY: '{}',
    ...env,
  });
}

const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'window.commandCenter': false,
  // Draws terminals as text of the page, which a test can read.
  'terminal.integrated.gpuAcceleration': 'off',
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'update.mode': 'none',
  'git.openRepositoryInParentFolders': 'never',
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'never',
};

async function writeProfile({ dir, settings }: CodeServerOptions): Promise<void> {
  for (const part of ['data/User', 'data/Machine', 'ext', 'home', 'tmp'])
    await mkdir(join(dir, part), { recursive: true });
  await writeFile(join(dir, 'config.yaml'), 'auth: none\n');
  await writeFile(
    join(dir, 'data', 'User', 'settings.json'),
    JSON.stringify({ ...quietSettings, ...settings }, null, 1),
  );
  // Ours are of the machine's scope, which in a remote window are not among the user's.
  const ours = Object.entries(settings ?? {}).filter(([key]) => key.startsWith('noWing.'));
  await writeFile(join(dir, 'data', 'Machine', 'settings.json'), JSON.stringify(Object.fromEntries(ours)));
}

async function installVsix(options: CodeServerOptions, vsix: string): Promise<void> {
  const args = [...profileArguments(options.dir), '--install-extension', vsix, '--force'];
  await promisify(execFile)(hostNode, args, { env: hostEnv(options) });
}

interface Output {
  text(): string;
  /** Resolves when the text matches. */
  match(pattern: RegExp): Promise<RegExpExecArray>;
}

function collectOutput({ child }: OwnedProcess): Output {
  let text = '';
  const watchers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      for (const watch of watchers) watch();
    });
  }
  const match = (pattern: RegExp) =>
    new Promise<RegExpExecArray>(resolve => {
      const watch = () => {
        const found = pattern.exec(text);
        if (!found) return;
        watchers.delete(watch);
        resolve(found);
      };
      watchers.add(watch);
      watch();
    });
  return { text: () => text, match };
}

async function listeningPort(server: OwnedProcess, output: Output): Promise<number> {
  const late = AbortSignal.timeout(60_000);
  const tooLate = new Promise<string>(resolve =>
    late.addEventListener('abort', () => resolve('no answer in 60 s')),
  );
  const listening = output.match(/HTTP server listening on http:\/\/127\.0\.0\.1:(\d+)/);
  const died = server.ended.then(ending => `it ended: ${JSON.stringify(ending)}`);
  const first = await Promise.race([listening, died, tooLate]);
  if (typeof first !== 'string') return Number(first[1]);
  await server.stop();
  throw new Error(`code-server did not start (${first}).\n${output.text()}`);
}
