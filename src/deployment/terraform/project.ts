/**
 * Reads a configuration from a folder: its files, those of its local modules, and what their texts name (templates,
 * archives). Everything has to lie in the workspace folder, whatever links say; states, caches and settings of tools stay
 * behind, so that nothing but the configuration itself is planned.
 */
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { UserError } from '../../base/userError.ts';
import { declarationsOf } from './configuration.ts';
import type { Ground } from './ground.ts';
import { namedPaths } from './namedPaths.ts';
import type { ProjectFile, TerraformSource } from './terraformSource.ts';

export interface ProjectAsk {
  /** Absolute. */
  readonly folder: string;
  /** Absolute, or relative to the folder. */
  readonly varFiles: readonly string[];
}

export type Project = Pick<TerraformSource, 'root' | 'files' | 'varFiles'>;

/** All of it is kept in the store; a configuration is text. */
const MOST_FILES = 1000;
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * @param ground everything that may be read: the workspace folder.
 * @throws UserError `terraform.empty`, `terraform.tooLarge`, `terraform.outside`, `terraform.notFound`
 */
export async function readProject(ground: Ground, { folder, varFiles }: ProjectAsk): Promise<Project> {
  const found = new Map<string, Buffer>();
  const add = createAdd(ground, found);
  const seen = new Set<string>();
  for (const waiting = [folder]; waiting.length > 0; ) {
    const module = waiting.pop() ?? '';
    if (seen.has(module)) continue;
    seen.add(module);
    waiting.push(...(await addModule(ground, module, add)));
  }
  if (found.size === 0) throw empty(folder);
  const chosen = varFiles.map(path => resolve(folder, path));
  for (const path of chosen) await add(path);
  return snapshot(found, folder, chosen);
}

type Add = (path: string) => Promise<void>;

function createAdd(ground: Ground, found: Map<string, Buffer>): Add {
  let bytes = 0;
  return async path => {
    if (found.has(path)) return;
    const content = await ground.read(path);
    bytes += content.length;
    found.set(path, content);
    if (found.size > MOST_FILES || bytes > MOST_BYTES) throw tooLarge(path);
  };
}

/** @returns the folders of its local modules. */
async function addModule(ground: Ground, folder: string, add: Add): Promise<string[]> {
  const names = (await ground.names(folder)).filter(isConfiguration);
  const modules: string[] = [];
  for (const name of names) {
    const path = join(folder, name);
    await add(path);
    const text = (await ground.read(path)).toString('utf8');
    modules.push(
      ...declarationsOf({ path: name, encoding: 'utf8', content: text }).modules.map(source =>
        resolve(folder, source),
      ),
    );
    for (const named of namedPaths(text)) await addNamed(ground, resolve(folder, named), add);
  }
  return modules;
}

/** With what a tool loads by itself; a variables file of another environment stays behind unless it is chosen. */
function isConfiguration(name: string): boolean {
  return (
    /\.tf(?:\.json)?$/.test(name) ||
    /^terraform\.tfvars(?:\.json)?$|\.auto\.tfvars(?:\.json)?$/.test(name) ||
    name === '.terraform.lock.hcl'
  );
}

/** Never taken along: states, caches, keys, what configures the tool itself. */
const LEFT =
  /^(?:\.terraform|\.terragrunt-cache|\.git|\.env.*|node_modules|\.terraformrc|terraform\.rc|.*\.tfstate(?:\..*)?|.*\.tfplan|.*\.tfvars(?:\.json)?)$/;

async function addNamed(ground: Ground, path: string, add: Add): Promise<void> {
  const kind = await ground.kindOf(path);
  if (kind === 'file' && !LEFT.test(posix.basename(path))) await add(path);
  if (kind !== 'folder') return;
  for (const name of await ground.names(path))
    if (!LEFT.test(name)) await addNamed(ground, join(path, name), add);
}

/** Modules beside the folder keep their place relative to it. */
function snapshot(found: ReadonlyMap<string, Buffer>, folder: string, varFiles: readonly string[]): Project {
  const top = [...found.keys()].map(path => dirname(path)).reduce(common, folder);
  const within = (path: string): string => relative(top, path).split(sep).join('/');
  const files = [...found]
    .map(([path, content]) => ({ path: within(path), ...encoded(content) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return { root: within(folder), files, varFiles: varFiles.map(within) };
}

function common(a: string, b: string): string {
  const [parts, others] = [a.split(sep), b.split(sep)];
  const end = parts.findIndex((part, index) => part !== others[index]);
  return parts.slice(0, end < 0 ? parts.length : end).join(sep) || sep;
}

function encoded(content: Buffer): Pick<ProjectFile, 'encoding' | 'content'> {
  const text = content.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(content)) return { encoding: 'utf8', content: text };
  return { encoding: 'base64', content: content.toString('base64') };
}

export function bytesOf({ encoding, content }: ProjectFile): Buffer {
  return Buffer.from(content, encoding);
}

function empty(folder: string): UserError {
  return new UserError('terraform.empty', `There is no configuration of Terraform in ${folder}.`, {
    hint: 'Choose the folder that has the .tf files of the root module.',
  });
}

function tooLarge(path: string): UserError {
  return new UserError(
    'terraform.tooLarge',
    `The configuration is too large to be planned: more than ${MOST_FILES} files or ${MOST_BYTES / 1024 / 1024} MB, at ${path}.`,
    { hint: 'Publish large archives to a bucket, and let the configuration name them there.' },
  );
}
