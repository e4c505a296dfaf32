/** What the doctor looks at: each check gathers its facts from this computer, and a pure function judges them. */
import { join } from 'node:path';
import { throwIfCancelled } from '../../base/cancellation.ts';
import type { Ledger } from '../../identity/ledger.ts';
import type { Profile } from '../../identity/profile.ts';
import { CACHE_FOLDERS, judgeCaches } from './caches.ts';
import type { Files, FoundFile } from './files.ts';
import { judgeLooseKeys, TOOL_FILES } from './looseKeys.ts';
import { type Ask, askMetadata, judgeMetadata } from './metadata.ts';
import { lookAtOwnFiles } from './ownFiles.ts';
import { judgeEnvironment } from './processEnvironment.ts';
import type { Check } from './report.ts';
import { judgeSharedFiles } from './sharedFiles.ts';
import { judgeStartupFiles, STARTUP_FILES, STARTUP_FOLDERS } from './startupFiles.ts';
import { whoseKey } from './whoseKey.ts';
import { workspaceFiles } from './workspaceFiles.ts';

export interface Surroundings {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly now: () => number;
  readonly files: Files;
  readonly metadata: Ask;
  readonly profiles: () => readonly Profile[];
  readonly ledger: Pick<Ledger, 'byAccessKey'>;
  /** Folders that are open. */
  readonly workspaces: () => readonly string[];
  /** No Wing's own data directory. */
  readonly directory: string;
}

/** Everything that is on this computer. */
export function localChecks(around: Surroundings): Check[] {
  return [
    sharedFiles(around),
    caches(around),
    environment(around),
    startupFiles(around),
    workspace(around),
    toolFiles(around),
    metadata(around),
    ownFiles(around),
  ];
}

function whose({ profiles, ledger }: Surroundings): (accessKeyId: string) => string {
  return whoseKey(profiles(), ledger.byAccessKey);
}

function sharedFiles(around: Surroundings): Check {
  const { env, home, platform } = around;
  const paths = [
    env['AWS_SHARED_CREDENTIALS_FILE'] || join(home, '.aws', 'credentials'),
    env['AWS_CONFIG_FILE'] || join(home, '.aws', 'config'),
  ];
  return {
    about: 'Shared AWS files',
    fine: 'They hold no keys, and there is no default profile.',
    look: async signal =>
      judgeSharedFiles({ files: await readAll(around, paths, signal), whose: whose(around), platform }),
  };
}

function caches(around: Surroundings): Check {
  return {
    about: 'Sign-ins of the AWS command line',
    fine: 'No sign-in or session that has not ended is kept in ~/.aws.',
    look: async signal => {
      const paths = await inFolders(around, CACHE_FOLDERS, name => name.endsWith('.json'));
      return judgeCaches({ files: await readAll(around, paths, signal), now: around.now() });
    },
  };
}

function environment(around: Surroundings): Check {
  return {
    about: 'Environment of the editor',
    fine: 'It leads to no AWS identity.',
    look: async () => judgeEnvironment({ env: around.env, whose: whose(around) }),
  };
}

function startupFiles(around: Surroundings): Check {
  return {
    about: 'Start-up files of shells',
    fine: 'They set nothing that leads to an AWS identity. What they read in turn was not followed.',
    look: async signal => {
      const own = STARTUP_FILES.map(name => join(around.home, name));
      const paths = [...own, ...(await inFolders(around, STARTUP_FOLDERS, () => true))];
      return judgeStartupFiles({ files: await readAll(around, paths, signal), whose: whose(around) });
    },
  };
}

function workspace(around: Surroundings): Check {
  return {
    about: 'Files of the workspace',
    fine: 'No key was found in .env files, editor settings, compose files or Terraform variables.',
    look: async signal => {
      const { files, left } = await workspaceFiles(around.workspaces(), around.files, signal);
      const { findings, unchecked = [] } = judgeLooseKeys({
        files,
        whose: whose(around),
        where: 'workspace',
      });
      return { findings, unchecked: [...left, ...unchecked] };
    },
  };
}

function toolFiles(around: Surroundings): Check {
  return {
    about: 'Files of other tools',
    fine: 'boto, s3cmd, s3fs, rclone and mrjob keep no AWS key.',
    look: async signal => {
      const paths = TOOL_FILES.map(name => join(around.home, name));
      const files = await readAll(around, paths, signal);
      return judgeLooseKeys({ files, whose: whose(around), where: 'tool' });
    },
  };
}

function metadata(around: Surroundings): Check {
  return {
    about: 'Credentials of this machine',
    fine: 'No instance metadata service answers with a role.',
    look: async signal => judgeMetadata(await askMetadata(around.metadata, signal)),
  };
}

function ownFiles({ directory, files, platform }: Surroundings): Check {
  return {
    about: 'Files of No Wing',
    fine: 'Only you may read its store and the files with API keys.',
    look: signal => lookAtOwnFiles({ directory, files, platform }, signal),
  };
}

/** @throws the file system's error: a file that is there and cannot be read is not "fine". */
async function readAll(
  { files }: Surroundings,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<FoundFile[]> {
  throwIfCancelled(signal);
  const found = await Promise.all(paths.map(path => files.read(path)));
  return found.filter(file => file !== undefined);
}

const MOST_IN_FOLDER = 200;

async function inFolders(
  { files, home }: Surroundings,
  folders: readonly string[],
  wanted: (name: string) => boolean,
): Promise<string[]> {
  const lists = await Promise.all(
    folders.map(async folder => {
      const path = join(home, folder);
      const names = ((await files.list(path)) ?? []).filter(
        ({ kind, name }) => kind === 'file' && wanted(name),
      );
      return names.slice(0, MOST_IN_FOLDER).map(({ name }) => join(path, name));
    }),
  );
  return lists.flat();
}
