/** What every step of Terraform works with, and the place at which one command of it runs. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../../base/log.ts';
import { UserError } from '../../base/userError.ts';
import { type Environment, identityEnvironment } from '../../broker/environment.ts';
import { identityFiles, keepFile, privateFolder } from '../../broker/identityFiles.ts';
import type { PrivateBroker } from '../../broker/privateBroker.ts';
import type { Profile } from '../../identity/profile.ts';
import type { Session } from '../../identity/session.ts';
import type { Pace } from '../cloudformation/draft.ts';
import type { Run } from '../engine.ts';
import { type Doing, explainErrors } from './faults.ts';
import type { RunTool, ToolEnd } from './runTool.ts';
import type { TerraformSettings } from './settings.ts';
import type { FoundTool, Tool } from './tool.ts';
import { CLI_CONFIG, toolEnvironment } from './toolEnvironment.ts';
import { errorsIn } from './toolLog.ts';
import type { WorkFolder } from './workFolder.ts';

export interface BrokerAsk {
  readonly profile: Profile;
  readonly session: () => Promise<Session>;
  /** Where the key's file lies: a private folder. */
  readonly folder: string;
}

export interface Workshop {
  /** No Wing's own. */
  readonly directory: string;
  readonly settings: () => TerraformSettings;
  /** A broker for one deployment alone, which answers with that deployment's session. */
  readonly openBroker: (ask: BrokerAsk) => Promise<PrivateBroker>;
  readonly endpoint: () => string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly runTool: RunTool;
  readonly pace: Pace;
  readonly log: Log;
}

/** A place at which commands run as the agent. */
export interface Bench {
  readonly tool: FoundTool;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export async function brokerFor(
  { openBroker }: Workshop,
  run: Run,
  folder: WorkFolder,
): Promise<PrivateBroker> {
  const { profile } = await run.session(run.signal);
  privateFolder(folder.path);
  return openBroker({ profile, session: () => run.session(run.signal), folder: folder.path });
}

export interface BenchAsk {
  readonly run: Run;
  readonly folder: WorkFolder;
  readonly broker: PrivateBroker;
  readonly tool: FoundTool;
  readonly cwd: string;
  readonly backend: string;
  readonly variables?: Readonly<Record<string, string>>;
}

export async function benchFor(workshop: Workshop, ask: BenchAsk): Promise<Bench> {
  const { run, folder, tool, cwd } = ask;
  const { profile } = await run.session(run.signal);
  const { directory, env } = workshop;
  const endpoint = workshop.endpoint();
  const terraform = join(directory, 'terraform');
  const pluginCache = join(terraform, 'plugins');
  privateFolder(pluginCache);
  const identity: Environment = identityEnvironment({
    profile,
    clientId: ask.broker.client.id,
    credentialsUri: ask.broker.credentialsUri,
    tokenFile: ask.broker.tokenFile,
    ...identityFiles(directory),
  });
  const environment = toolEnvironment({
    env,
    identity,
    region: run.region,
    dataFolder: folder.data,
    cliConfig: cliConfigOf(workshop, terraform),
    pluginCache,
    ...(endpoint === undefined ? {} : { endpoint }),
    variables: ask.variables ?? {},
    backend: ask.backend,
  });
  return { tool, cwd, env: environment };
}

function cliConfigOf({ settings }: Workshop, folder: string): string {
  const own = settings().cliConfig.trim();
  if (own !== '') return own;
  const path = join(folder, 'terraform.rc');
  keepFile(path, CLI_CONFIG);
  return path;
}

/** @throws UserError what the tool says, for a person. */
export async function command(
  { runTool }: Pick<Workshop, 'runTool'>,
  bench: Bench,
  args: readonly string[],
  signal: AbortSignal,
  doing: Doing,
  good: readonly number[] = [0],
): Promise<ToolEnd> {
  const end = await runTool({ ...bench, args, signal });
  if (good.includes(end.exitCode)) return end;
  throw explainErrors(errorsIn(end.stdout), `${end.stderr}\n${end.stdout}`, doing);
}

/**
 * Another program in its place has another stamp: size and time of the content can be set to what they were, the number
 * of the file and the time of its last change of any kind cannot.
 */
export function stampOf({ path }: FoundTool): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch {
    return 'gone';
  }
}

/** @throws UserError `terraform.toolChanged` */
export function requireSameTool(tool: Tool & { readonly stamp: string }): void {
  if (stampOf(tool) === tool.stamp) return;
  throw new UserError(
    'terraform.toolChanged',
    `${tool.path} is another program than when the plan was made. Nothing was changed.`,
    { hint: 'Plan again and review the new plan.' },
  );
}
