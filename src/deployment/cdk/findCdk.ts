/** Which CDK command line is run: the one that the app's project has installed, else one of this computer. */
import { realpathSync, statSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, sep } from 'node:path';
import { UserError } from '../../base/userError.ts';

export interface CdkCommand {
  readonly program: string;
  /** Those that come before what it is to do. */
  readonly args: readonly string[];
}

export interface Places {
  /** Where `cdk.json` is. */
  readonly folder: string;
  /** The workspace folder that it is in: above it, anybody may have put something. */
  readonly root: string;
  readonly path: string;
  readonly platform: NodeJS.Platform;
}

const MODULE = join('node_modules', 'aws-cdk', 'bin', 'cdk');

/** @throws UserError `cdk.notFound`, `cdk.noNode` */
export function findCdk(places: Places): CdkCommand {
  const own = foldersUp(places)
    .map(folder => join(folder, MODULE))
    .find(isFile);
  if (own !== undefined) return { program: requireNode(places), args: [own] };
  for (const folder of foldersOf(places)) {
    // What npm puts there on Windows is a script for a shell; beside it is what that script would run.
    const module = join(folder, MODULE);
    if (places.platform === 'win32' && isFile(module))
      return { program: requireNode(places), args: [module] };
    if (places.platform !== 'win32' && isFile(join(folder, 'cdk')))
      return { program: join(folder, 'cdk'), args: [] };
  }
  throw notFound(places.folder);
}

function foldersUp({ folder, root }: Places): string[] {
  const folders = [folder];
  for (let at = folder; at !== root && at.startsWith(root + sep); ) {
    at = dirname(at);
    folders.push(at);
  }
  return folders;
}

/** A workspace that is on the PATH could put any program there. */
function foldersOf({ path, root }: Places): string[] {
  const real = realOf(root);
  return path.split(delimiter).filter(folder => {
    const at = isAbsolute(folder) ? realOf(folder) : real;
    return at !== real && !at.startsWith(real + sep);
  });
}

function realOf(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

function requireNode(places: Places): string {
  const name = places.platform === 'win32' ? 'node.exe' : 'node';
  const node = foldersOf(places)
    .map(folder => join(folder, name))
    .find(isFile);
  if (node !== undefined) return node;
  throw new UserError('cdk.noNode', 'The CDK command line needs Node.js, and there is none on the PATH.', {
    hint: 'Install Node.js, or start the editor where it is on the PATH.',
  });
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function notFound(folder: string): UserError {
  return new UserError('cdk.notFound', `There is no CDK command line for the app in ${folder}.`, {
    hint: 'Install it in the project (npm install --save-dev aws-cdk) or for this computer (npm install --global aws-cdk).',
  });
}
