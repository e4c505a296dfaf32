// What every browser test plays on: a local AWS, a keyring, a sample workspace and a workbench with the packaged extension.
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { type LocalAws, type LocalAwsOptions, startLocalAws } from '../local-aws/index.ts';
import { type Keyring, withKeyring } from '../setup/keyring.ts';
import { removeFolder } from '../setup/ownedProcess.ts';
import { packagedVsix } from '../setup/packagedVsix.ts';
import { scratchFolder } from '../setup/scratchFolder.ts';
import { type RunningWorkbench, type WorkbenchOptions, withWorkbench } from './harness/startWorkbench.ts';

export interface StageOptions extends Pick<WorkbenchOptions, 'settings' | 'theme' | 'trusted'> {
  readonly aws?: LocalAwsOptions;
  /** Files of the workspace beside the sample's own. */
  readonly files?: Readonly<Record<string, string>> | ((aws: LocalAws) => Readonly<Record<string, string>>);
  /** Files of the person's home, such as start-up files of shells. The text may need what the local AWS knows. */
  readonly home?: (aws: LocalAws) => Readonly<Record<string, string>>;
  /** False: a machine without a D-Bus session, as many remote ones are. */
  readonly keyring?: boolean;
}

export interface Stage extends RunningWorkbench {
  readonly aws: LocalAws;
  readonly keyring: Keyring;
}

export async function onStage(options: StageOptions, play: (stage: Stage) => Promise<void>): Promise<void> {
  const aws = await startLocalAws(options.aws);
  try {
    await withKeyring(keyring => playWith(aws, keyring, options, play));
  } finally {
    await aws.close();
  }
}

async function playWith(
  aws: LocalAws,
  keyring: Keyring,
  options: StageOptions,
  play: (stage: Stage) => Promise<void>,
): Promise<void> {
  const scratch = scratchFolder();
  try {
    await playIn(scratch, aws, keyring, options, play);
  } finally {
    await removeFolder(scratch);
  }
}

async function playIn(
  scratch: string,
  aws: LocalAws,
  keyring: Keyring,
  { files = {}, home, keyring: hasKeyring = true, settings, theme = 'dark', trusted }: StageOptions,
  play: (stage: Stage) => Promise<void>,
): Promise<void> {
  const workspace = await sampleWorkspace(scratch, typeof files === 'function' ? files(aws) : files);
  const env = {
    ...(home ? { HOME: await homeFolder(scratch, home(aws)) } : {}),
    ...(hasKeyring ? keyring.env : {}),
    AWS_ENDPOINT_URL: aws.endpoint,
    XDG_DATA_HOME: join(scratch, 'data'),
    XDG_RUNTIME_DIR: join(scratch, 'run'),
  };
  const vsix = await packagedVsix();
  await withWorkbench({ vsix, workspace, env, settings, theme, trusted }, async running => {
    await running.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    // Only then does the palette have all of its commands.
    await running.workbench.statusBarItem('Set up agent identity').waitFor();
    await play({ ...running, aws, keyring });
  });
}

async function homeFolder(scratch: string, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(scratch, 'home');
  await mkdir(folder);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

async function sampleWorkspace(scratch: string, files: Readonly<Record<string, string>>): Promise<string> {
  const workspace = join(scratch, 'orders');
  await cp(join(import.meta.dirname, '..', 'demo', 'workspace'), workspace, { recursive: true });
  await mkdir(join(workspace, '.vscode'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(workspace, name), text);
  return workspace;
}

export type Step = (name: string, work: () => Promise<void>) => Promise<void>;

/** Steps of one long test, each reported by its name; after one that failed there is a picture, and the rest is left out. */
export function stepsOf(test: TestContext, { screenshot }: Pick<Stage, 'screenshot'>): Step {
  let failedBefore: string | undefined;
  return (name, work) =>
    test.test(name, async inner => {
      if (failedBefore !== undefined) return inner.skip(`because this failed: ${failedBefore}`);
      try {
        await work();
      } catch (error) {
        failedBefore = name;
        const picture = await screenshot(`failed-${name.replaceAll(/\W+/g, '-')}`);
        throw new Error(`${name} (see ${picture})`, { cause: error });
      }
    });
}
