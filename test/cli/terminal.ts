/**
 * A terminal of alice's with the built `no-wing` command in it, as the packaged extension has it: real processes, the
 * local AWS, a keyring of its own. `npm test` may itself run below an agent; here nothing may say so.
 */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Secret } from '../../src/base/secret.ts';
import { linuxAncestors } from '../../src/cli/ancestors.ts';
import { callerOf } from '../../src/cli/caller.ts';
import type { Features } from '../../src/features.ts';
import type { Profile } from '../../src/identity/profile.ts';
import { agentDraft, type Computer, openComputer, userDraft } from '../attack/computer.ts';
import { cleanEnv } from '../setup/cleanEnv.ts';
import { removeFolder } from '../setup/ownedProcess.ts';
import { repoRoot } from '../setup/places.ts';
import { scratchFolder } from '../setup/scratchFolder.ts';
import { waitFor } from '../setup/waitFor.ts';

export interface Terminal {
  readonly computer: Computer;
  /** A window of the editor; it serves after `serve`. */
  readonly features: Features;
  readonly alice: Profile;
  readonly copilot: Profile;
  /** No Wing's own. */
  readonly directory: string;
  /** A workspace, in which commands start. */
  readonly workspace: string;
  readonly env: Record<string, string>;
  /** `dist/cli.js` */
  readonly cli: string;
  /** A fresh data directory, for what is set up differently. */
  elsewhere(name: string): Record<string, string>;
  close(): Promise<void>;
}

export interface Output {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export async function openTerminal(): Promise<Terminal> {
  assertPerson();
  const cli = await build(scratchFolder());
  const computer = await openComputer({ keychain: 'os' });
  try {
    return await setUp(computer, cli);
  } catch (error) {
    await computer.close();
    throw error;
  }
}

async function setUp(computer: Computer, cli: string): Promise<Terminal> {
  const { folder, aws } = computer;
  const directory = join(folder, 'data', 'no-wing');
  const workspace = join(folder, 'orders');
  mkdirSync(join(workspace, '.git'), { recursive: true });
  const features = computer.window(directory);
  const alice = await features.profiles.add(userDraft(aws), new Secret(aws.world.alice.secretAccessKey));
  const copilot = await features.profiles.add(agentDraft(aws, alice.id));
  for (const profile of [alice, copilot]) features.selection.select(profile);
  const env = personsEnv(computer);
  return {
    computer,
    features,
    alice,
    copilot,
    directory,
    workspace,
    env,
    cli,
    elsewhere: name => ({ ...env, XDG_DATA_HOME: join(folder, name) }),
    async close() {
      await computer.close();
      await removeFolder(dirname(dirname(dirname(cli))));
    },
  };
}

/** The extension's folder as a user has it: its package.json makes `.js` an ES module. */
export async function build(folder: string): Promise<string> {
  const dist = join(folder, 'the extension', 'dist');
  const args = ['esbuild.mjs', '--production', '--outdir', dist];
  await promisify(execFile)(process.execPath, args, { cwd: repoRoot });
  writeFileSync(join(folder, 'the extension', 'package.json'), '{"type":"module"}');
  return join(dist, 'cli.js');
}

const AGENT_VARIABLES =
  /^(CLAUDECODE|CURSOR_AGENT|GEMINI_CLI|CODEX_.*|COPILOT_AGENT|AI_AGENT|AGENT|NO_WING_.*)$/;

function personsEnv({ aws, folder, world }: Computer): Record<string, string> {
  const clean = Object.entries(cleanEnv()).filter(([name]) => !AGENT_VARIABLES.test(name));
  return {
    ...Object.fromEntries(clean),
    ...world?.keyring.env,
    HOME: folder,
    XDG_DATA_HOME: join(folder, 'data'),
    AWS_ENDPOINT_URL: aws.endpoint,
  };
}

/** What started the tests is among the ancestors of every command. */
function assertPerson(): void {
  const caller = callerOf({}, linuxAncestors(process.ppid), () => undefined);
  const sign = caller.kind === 'agent' ? caller.sign : undefined;
  assert.equal(sign, undefined, 'these tests see an agent above them, which the command refuses much');
}

/** Starts serving and waits until the command line has its client. */
export async function serve({ features, copilot }: Pick<Terminal, 'features' | 'copilot'>): Promise<number> {
  features.broker.start();
  return waitFor('the window to serve', async () => {
    const state = features.broker.current();
    const client = features.clients
      .list()
      .find(({ use, profileId }) => use === 'commandLine' && profileId === copilot.id);
    return state.state === 'serving' && client ? state.port : undefined;
  });
}

export interface RunOptions {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly input?: string;
}

export function noWing(
  terminal: Terminal,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Output> {
  return run(process.execPath, [terminal.cli, ...args], {
    env: terminal.env,
    cwd: terminal.workspace,
    ...options,
  });
}

export async function run(program: string, args: readonly string[], options: RunOptions): Promise<Output> {
  const { input = '', ...rest } = options;
  const child = spawn(program, args, { ...rest, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => undefined).end(input);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** Ended as it says, with nothing on standard output that a program would take for an answer. */
export function assertRefused({ code, stdout, stderr }: Output, exitCode: number, message: RegExp): void {
  assert.equal(code, exitCode, stderr);
  assert.match(stderr, message);
  assert.equal(stdout, '');
  assert.doesNotMatch(stderr, /\n\s+at /, 'a stack trace');
}

/** The JSON it printed, when it ended well. */
export function answerOf({ code, stdout, stderr }: Output): Record<string, unknown> {
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}
