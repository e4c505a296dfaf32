/**
 * Runs a CDK app by its project's own command line, and reads what it makes. The app is code of the workspace that runs
 * on this computer: so only in a trusted one, with the agent's access and nothing of the user's in its environment. Nothing
 * of it runs again after that: what is planned, approved and deployed is what this one run has made.
 */
import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { MINUTE } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposables.ts';
import { redact } from '../../base/redact.ts';
import { UserError } from '../../base/userError.ts';
import {
  applied,
  type EnvironmentInput,
  identityEnvironment,
  terminalBase,
} from '../../broker/environment.ts';
import { identityFiles } from '../../broker/identityFiles.ts';
import type { PrivateBroker, PrivateBrokerOrder } from '../../broker/privateBroker.ts';
import type { Profile } from '../../identity/profile.ts';
import { type Assembly, readAssembly } from './assembly.ts';
import { openAssemblyFolder } from './assemblyFolder.ts';
import { type CdkCommand, findCdk } from './findCdk.ts';
import { runTool, type ToolEnd } from './toolRun.ts';

export interface SynthesisAsk {
  /** Where `cdk.json` is, an absolute path. */
  readonly folder: string;
  /** The workspace folder that it is in. */
  readonly root: string;
  /** As whom it looks things up. */
  readonly profile: Profile;
  readonly context: Readonly<Record<string, string>>;
}

export interface Synthesis extends Assembly, Disposable {
  /** "CDK 2.1148.1" */
  readonly tool: string;
  /** Where the assembly is until it is disposed of. */
  readonly assembly: string;
}

export interface SynthesisTools {
  /** No Wing's own. */
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  /** Where AWS is reached instead of its own endpoints. */
  readonly endpointUrl: string | undefined;
  readonly openBroker: (order: PrivateBrokerOrder) => Promise<PrivateBroker>;
  readonly timeoutMs?: number;
}

/** Bundling compiles code, and may download what it needs for that. */
const TIMEOUT_MS = 15 * MINUTE;

/** @throws UserError `cdk.*`, Cancelled; nothing is left behind then. */
export async function synthesize(
  tools: SynthesisTools,
  ask: SynthesisAsk,
  signal: AbortSignal,
): Promise<Synthesis> {
  const { env, platform } = tools;
  const cdk = findCdk({
    folder: ask.folder,
    root: ask.root,
    path: env['PATH'] ?? env['Path'] ?? '',
    platform,
  });
  const folder = openAssemblyFolder(tools.directory);
  try {
    const { assembly } = folder;
    const end = await runAsAgent(tools, ask, cdk, folder.path, assembly, signal);
    requireSuccess(end, ask);
    const version = await versionOf(cdk);
    return { ...(await readAssembly(assembly)), tool: `CDK${version}`, assembly, dispose: folder.dispose };
  } catch (error) {
    folder.dispose();
    throw error;
  }
}

async function runAsAgent(
  tools: SynthesisTools,
  ask: SynthesisAsk,
  { program, args }: CdkCommand,
  home: string,
  output: string,
  signal: AbortSignal,
): Promise<ToolEnd> {
  const broker = await tools.openBroker({ profile: ask.profile });
  try {
    return await runTool({
      program,
      args: [...args, ...synthArguments(output, ask.context)],
      cwd: ask.folder,
      env: environment(tools, ask, broker, home),
      timeoutMs: tools.timeoutMs ?? TIMEOUT_MS,
      signal,
    });
  } finally {
    // Whatever it left running has no way to a session from here on.
    broker.dispose();
  }
}

function synthArguments(output: string, context: SynthesisAsk['context']): string[] {
  return [
    'synth',
    '--quiet',
    '--ci',
    '--no-color',
    '--no-notices',
    // Assets are copied into the assembly: what the agent does to the sources meanwhile is not in them.
    '--staging',
    ...['--output', output],
    ...Object.entries(context).flatMap(([key, value]) => ['--context', `${key}=${value}`]),
  ];
}

function environment(
  { env, directory, endpointUrl }: SynthesisTools,
  { profile }: SynthesisAsk,
  broker: Pick<PrivateBroker, 'client' | 'credentialsUri' | 'tokenFile'>,
  home: string,
): Record<string, string> {
  const identity: EnvironmentInput = {
    profile,
    clientId: broker.client.id,
    credentialsUri: broker.credentialsUri,
    tokenFile: broker.tokenFile,
    ...identityFiles(directory),
  };
  return applied(terminalBase(env), {
    ...identityEnvironment(identity),
    ...(endpointUrl === undefined ? {} : { AWS_ENDPOINT_URL: endpointUrl }),
    // Its caches are this run's; and it reports to nobody.
    CDK_HOME: home,
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CDK_DISABLE_VERSION_CHECK: 'true',
  });
}

function requireSuccess(end: ToolEnd, { folder }: SynthesisAsk): void {
  if (end.kind === 'timedOut') {
    throw new UserError('cdk.timedOut', `The CDK app in ${folder} did not come to an end, and was ended.`, {
      hint: 'Run `cdk synth` in an agent terminal to see what it waits for. Nothing was deployed.',
    });
  }
  if (end.exitCode === 0) return;
  const said = redact(lastWords(end.errors.trim() === '' ? end.output : end.errors));
  throw new UserError('cdk.failed', `The CDK app in ${folder} could not be synthesized: ${said}`, {
    hint: 'Correct the app and plan again. Nothing was deployed.',
    cause: new Error(redact(`${end.errors}\n${end.output}`)),
  });
}

const MOST_WORDS = 600;
/** All of Unicode's control characters but the line's end. */
const CONTROLS = /[^\P{Cc}\n]/gu;

/** Where the CDK and the languages of its apps begin to say what is wrong. Python says it last, after where. */
const BEGINNINGS: readonly ((line: string) => boolean)[] = [
  line => line.startsWith('[Error at '),
  line => /^[\w.]*(?:Error|Exception)\b/.test(line),
  line => /error/i.test(line),
];
const WHERE = /^(?:at |File "|Node\.js v|Traceback )|: Subprocess exited with /;

function lastWords(text: string): string {
  const lines = stripVTControlCharacters(text)
    .replace(CONTROLS, '')
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !WHERE.test(line));
  const begins = BEGINNINGS.find(beginning => lines.some(beginning));
  const from = begins === undefined ? 0 : lines.findIndex(begins);
  const words = lines.slice(from).join(' ').slice(0, MOST_WORDS);
  return /[.!?]$/.test(words) ? words : `${words}.`;
}

const VERSION = /"version"\s*:\s*"(\d[\w.+-]{0,40})"/;

/** @returns nothing where it cannot be told. */
async function versionOf({ program, args: [module = program] }: CdkCommand): Promise<string> {
  try {
    const text = await readFile(join(dirname(await realpath(module)), '..', 'package.json'), 'utf8');
    const version = VERSION.exec(text)?.[1];
    return version === undefined ? '' : ` ${version}`;
  } catch {
    return '';
  }
}
