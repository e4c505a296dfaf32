/**
 * Reads the cloud assembly in a folder of ours, stages included. What it names is looked for in that folder only: the app
 * that wrote it is code of the workspace, and could name the person's own files.
 */
import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { errorName, UserError } from '../../base/userError.ts';
import { type AssetManifest, type FileAsset, parseAssetManifest } from './assetManifest.ts';
import { type Manifest, type ManifestStack, Metadata, parseManifest, read } from './manifest.ts';

export interface AssembledStack
  extends Pick<
    ManifestStack,
    'displayName' | 'stackName' | 'accountId' | 'region' | 'parameters' | 'tags' | 'terminationProtection'
  > {
  readonly template: { readonly name: string; readonly text: string };
  readonly assets: AssetManifest;
  /** Where the template itself is put when it is too large for a request. */
  readonly templatePlace?: Pick<FileAsset, 'bucket' | 'key'>;
  /** What the app itself says is wrong with it. */
  readonly errors: readonly string[];
  /** It has assets in the way of CDK 1: named by parameters instead of a manifest. */
  readonly hasLegacyAssets: boolean;
  /** Display names of the stacks that have to be there before it. */
  readonly needs: readonly string[];
}

export interface Assembly {
  readonly schema: string;
  readonly isNewer: boolean;
  /** Each after those that it needs. */
  readonly stacks: readonly AssembledStack[];
}

const MOST_BYTES = 64 * 1024 * 1024;
/** Stages in stages; the CDK itself knows no limit. */
const MOST_DEPTH = 16;

/** @throws UserError `cdk.assembly`, `cdk.schema`, `cdk.noAssembly` */
export async function readAssembly(folder: string): Promise<Assembly> {
  const root = await realpath(folder);
  const { manifest, stacks } = await readLevel(root, '', 0);
  return { schema: manifest.schema, isNewer: manifest.isNewer, stacks: inOrder(stacks) };
}

async function readLevel(
  root: string,
  directory: string,
  depth: number,
): Promise<{ manifest: Manifest; stacks: AssembledStack[] }> {
  const name = join(directory, 'manifest.json');
  if (depth > MOST_DEPTH) throw leadsOut(name);
  const manifest = parseManifest(await textOf(root, name), name);
  const stacks: AssembledStack[] = [];
  for (const artifact of manifest.artifacts) {
    if (artifact.kind === 'stack') stacks.push(await readStack(root, directory, artifact, manifest));
    if (artifact.kind === 'assembly') {
      stacks.push(...(await readLevel(root, join(directory, artifact.directory), depth + 1)).stacks);
    }
  }
  return { manifest, stacks };
}

async function readStack(
  root: string,
  directory: string,
  stack: ManifestStack,
  manifest: Manifest,
): Promise<AssembledStack> {
  const { displayName, stackName, accountId, region, parameters, tags, terminationProtection } = stack;
  const needed = manifest.artifacts.filter(({ id }) => stack.dependencies.includes(id));
  const template = join(directory, stack.templateFile);
  const notes = await notesOf(root, directory, stack);
  return {
    displayName,
    stackName,
    ...(accountId === undefined ? {} : { accountId }),
    ...(region === undefined ? {} : { region }),
    parameters,
    tags,
    terminationProtection,
    template: { name: basename(template), text: await textOf(root, template) },
    ...(await readAssets(root, directory, stack, needed)),
    errors: errorsIn(notes),
    hasLegacyAssets: notes.some(({ type }) => type === 'aws:cdk:asset'),
    needs: needed.flatMap(artifact => (artifact.kind === 'stack' ? artifact.displayName : [])),
  };
}

async function readAssets(
  root: string,
  directory: string,
  { templateFile }: ManifestStack,
  needed: Manifest['artifacts'],
): Promise<Pick<AssembledStack, 'assets' | 'templatePlace'>> {
  const all: AssetManifest[] = [];
  for (const artifact of needed) {
    if (artifact.kind !== 'assets') continue;
    const name = join(directory, artifact.file);
    all.push(parseAssetManifest(await textOf(root, name), name));
  }
  const files = all.flatMap(assets => assets.files);
  // The template itself is among them: it goes to CloudFormation by another way.
  const template = files.find(({ path }) => path === templateFile);
  const others = files.filter(({ path }) => path !== templateFile);
  return {
    assets: {
      files: await Promise.all(others.map(file => confined(root, directory, file))),
      images: all.flatMap(({ images }) => images),
      programs: all.flatMap(({ programs }) => programs),
    },
    ...(template === undefined ? {} : { templatePlace: { bucket: template.bucket, key: template.key } }),
  };
}

async function confined(root: string, directory: string, file: FileAsset): Promise<FileAsset> {
  return { ...file, path: relative(root, await inside(root, join(directory, file.path))) };
}

interface Note {
  readonly path: string;
  readonly type: string;
  readonly data?: unknown;
}

/** What the app noted about the stack and the constructs in it. */
async function notesOf(root: string, directory: string, stack: ManifestStack): Promise<Note[]> {
  const { metadata, metadataFile } = stack;
  const name = metadataFile === undefined ? undefined : join(directory, metadataFile);
  const more = name === undefined ? {} : read(Metadata, await textOf(root, name), name);
  return [metadata, more].flatMap(noted =>
    Object.entries(noted).flatMap(([path, entries]) => entries.map(entry => ({ path, ...entry }))),
  );
}

function errorsIn(notes: readonly Note[]): string[] {
  const errors = notes.filter(({ type }) => type === 'aws:cdk:error');
  return errors.map(({ path, data }) => `${path}: ${typeof data === 'string' ? data : 'an error'}`);
}

async function textOf(root: string, name: string): Promise<string> {
  const path = await inside(root, name);
  const { size } = await stat(path);
  if (size > MOST_BYTES) {
    throw new UserError(
      'cdk.assembly',
      `The CDK app left a file that is too large: ${name} has ${size} bytes.`,
      {
        hint: 'Split the app into smaller stacks.',
      },
    );
  }
  return readFile(path, 'utf8');
}

/** The real path of what lies in `root`. @throws UserError `cdk.assembly`, `cdk.noAssembly` */
async function inside(root: string, name: string): Promise<string> {
  let path: string;
  try {
    path = await realpath(join(root, name));
  } catch (error) {
    if (errorName(error) === 'ENOENT' && name === 'manifest.json') throw noAssembly();
    throw new UserError('cdk.assembly', `The CDK app names a file that cannot be read: ${name}.`, {
      hint: 'Synthesize it with `cdk synth` and look at what it makes.',
      cause: error,
    });
  }
  if (path.startsWith(root + sep)) return path;
  throw leadsOut(name);
}

function leadsOut(name: string): UserError {
  return new UserError('cdk.assembly', `The CDK app names a file outside of what it made: ${name}.`, {
    hint: 'No Wing publishes only what the app has put into its cloud assembly. Find out why it names another file.',
  });
}

function noAssembly(): UserError {
  return new UserError('cdk.noAssembly', 'The CDK app ran, and left no cloud assembly.', {
    hint: 'Check "app" in cdk.json: it has to be a command that runs the app, not a folder.',
  });
}

/** Each after those it needs; in a circle, which the CDK refuses itself, as they come. */
function inOrder(stacks: readonly AssembledStack[]): AssembledStack[] {
  const done: AssembledStack[] = [];
  const begun = new Set<AssembledStack>();
  const visit = (stack: AssembledStack): void => {
    if (begun.has(stack)) return;
    begun.add(stack);
    for (const name of stack.needs) stacks.filter(other => other.displayName === name).forEach(visit);
    done.push(stack);
  };
  stacks.forEach(visit);
  return done;
}
