/**
 * Files of a workspace in which keys are usually left. The workspace may be hostile and large: links are not followed,
 * and there is a limit for everything. Where a limit was met, that is said.
 */
import { join } from 'node:path';
import { throwIfCancelled } from '../../base/cancellation.ts';
import type { Entry, Files, FoundFile } from './files.ts';

export interface WorkspaceFiles {
  readonly files: readonly FoundFile[];
  /** What was not looked at, for a person. */
  readonly left: readonly string[];
}

export const LIMITS = { entries: 20_000, files: 400, depth: 8 } as const;

const NAMES =
  /^(?:\.env|\.env\..+|.+\.env|\.envrc|\.boto|\.s3cfg|(?:docker-)?compose[\w.-]*\.ya?ml|.+\.tfvars(?:\.json)?|\.?mcp\.json|credentials|serverless\.ya?ml|\.npmrc|\.pypirc)$/;
const EDITOR_NAMES = /^(?:settings|launch|tasks|mcp)\.json$/;
const EDITOR_FOLDERS = new Set(['.vscode', '.cursor', '.kiro', '.claude', '.devcontainer', '.aws']);
/** Made by tools, and most of what there is. */
const SKIPPED = new Set([
  'node_modules',
  '.git',
  '.hg',
  '.svn',
  '.venv',
  'venv',
  '__pycache__',
  '.terraform',
  'dist',
  'build',
  'target',
  'out',
  '.next',
  '.cache',
  'cdk.out',
  'vendor',
]);

export async function workspaceFiles(
  folders: readonly string[],
  files: Files,
  signal: AbortSignal,
): Promise<WorkspaceFiles> {
  const walk: Walk = { files, signal, found: [], left: new Set(), entries: 0 };
  for (const folder of folders) await walkFolder(walk, folder);
  return { files: walk.found, left: [...walk.left] };
}

interface Walk {
  readonly files: Files;
  readonly signal: AbortSignal;
  readonly found: FoundFile[];
  readonly left: Set<string>;
  entries: number;
}

/** Breadth first: what lies at the top is looked at, however much there is below. */
async function walkFolder(walk: Walk, root: string): Promise<void> {
  let level = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > LIMITS.depth)
      return void walk.left.add(`Folders more than ${LIMITS.depth} deep in ${root} were not looked at.`);
    const next: string[] = [];
    for (const folder of level) {
      throwIfCancelled(walk.signal);
      if (walk.entries > LIMITS.entries)
        return void walk.left.add(`${root} has more than ${LIMITS.entries} entries; not all were looked at.`);
      next.push(...(await lookInto(walk, folder)));
    }
    level = next;
  }
}

/** @returns the folders in it. */
async function lookInto(walk: Walk, folder: string): Promise<string[]> {
  const entries = await listed(walk, folder);
  walk.entries += entries.length;
  const wanted = entries.filter(entry => entry.kind === 'file' && isWanted(folder, entry.name));
  const room = LIMITS.files - walk.found.length;
  if (wanted.length > room)
    walk.left.add(`There are more than ${LIMITS.files} files to read; not all were read.`);
  await Promise.all(wanted.slice(0, room).map(({ name }) => read(walk, join(folder, name))));
  return entries
    .filter(({ kind, name }) => kind === 'folder' && !SKIPPED.has(name))
    .map(({ name }) => join(folder, name));
}

function isWanted(folder: string, name: string): boolean {
  const parent = folder.split(/[/\\]/).at(-1) ?? '';
  return NAMES.test(name) || (EDITOR_FOLDERS.has(parent) && (EDITOR_NAMES.test(name) || name === 'config'));
}

async function listed(walk: Walk, folder: string): Promise<Entry[]> {
  try {
    return (await walk.files.list(folder)) ?? [];
  } catch {
    walk.left.add(`${folder} cannot be read.`);
    return [];
  }
}

async function read(walk: Walk, path: string): Promise<void> {
  try {
    const file = await walk.files.read(path, { noLinks: true });
    if (file) walk.found.push(file);
  } catch {
    walk.left.add(`${path} cannot be read.`);
  }
}
