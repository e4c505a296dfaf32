/**
 * Publishes what a template names of this computer, as `aws cloudformation package` does, under names that tell the
 * content: the same files are the same objects, and another version never takes the place of one that was approved.
 */
import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, posix, resolve, sep } from 'node:path';
import { errorName, UserError } from '../../base/userError.ts';
import type { AssetStore } from '../assets/assetStore.ts';
import { type Asset, publishAsset } from '../assets/publishAsset.ts';
import { zipFolder } from '../assets/zipFolder.ts';
import type { Run } from '../engine.ts';
import { sha256 } from '../plan.ts';
import { type LocalFile, localFiles, type Published, withPublished } from './localFiles.ts';

export interface Packing {
  readonly store: AssetStore;
  readonly bucket: string;
  readonly accountId: string;
  readonly run: Pick<Run, 'who' | 'signal' | 'region'>;
  /** The workspace folder: nothing outside of it is published, whatever a template names. */
  readonly root: string;
}

export interface Packed {
  readonly text: string;
  readonly assets: readonly Asset[];
}

/** Nested templates name nested templates; a circle of them ends here. */
const MOST_DEPTH = 8;

/**
 * @param name of the template, relative to the root.
 * @throws UserError `assets.outside`, `assets.missing`, `assets.nesting`, and what publishing throws.
 */
export async function packTemplate(
  packing: Packing,
  { name, text }: { readonly name: string; readonly text: string },
  depth = 0,
): Promise<Packed> {
  const files = localFiles(text, name);
  if (files.length > 0 && depth >= MOST_DEPTH) throw tooNested(name);
  const assets: Asset[] = [];
  const published: Published[] = [];
  for (const file of files) {
    const { asset, inner } = await publishFile(packing, name, file, depth);
    assets.push(...inner, asset);
    published.push({ file, bucket: asset.bucket, key: asset.key });
  }
  return { text: withPublished(text, published, packing.run.region), assets };
}

async function publishFile(
  packing: Packing,
  template: string,
  file: LocalFile,
  depth: number,
): Promise<{ asset: Asset; inner: readonly Asset[] }> {
  const name = posix.join(posix.dirname(template.split(sep).join('/')), file.written.split(sep).join('/'));
  const path = await inside(packing.root, join(dirname(template), file.written), file);
  if (file.template !== true)
    return { asset: await publish(packing, name, await bodyOf(path, file, name)), inner: [] };
  const packed = await packTemplate(packing, { name, text: await readFile(path, 'utf8') }, depth + 1);
  const body = { bytes: new TextEncoder().encode(packed.text), ending: '.template' };
  return { asset: await publish(packing, name, body), inner: packed.assets };
}

interface Body {
  readonly bytes: Uint8Array;
  readonly ending: string;
}

const ARCHIVE = /\.(?:zip|jar|whl)$/i;

async function bodyOf(path: string, { zip }: LocalFile, name: string): Promise<Body> {
  const isFolder = (await stat(path)).isDirectory();
  if (isFolder || (zip && !ARCHIVE.test(path))) return { bytes: await zipFolder(path, name), ending: '.zip' };
  return { bytes: await readFile(path), ending: extname(path) };
}

async function publish(
  { store, bucket, accountId, run }: Packing,
  name: string,
  { bytes, ending }: Body,
): Promise<Asset> {
  const hash = sha256(bytes);
  const asset = { name, bucket, accountId, key: `${hash}${ending}`, sha256: hash };
  await publishAsset(store, asset, () => Promise.resolve(bytes), run);
  return asset;
}

async function inside(root: string, relative: string, { logicalId, written }: LocalFile): Promise<string> {
  try {
    const [top, path] = [await realpath(root), await realpath(resolve(root, relative))];
    if (path === top || path.startsWith(top + sep)) return path;
  } catch (error) {
    if (errorName(error) !== 'ENOENT' && errorCode(error) !== 'ENOENT') throw error;
    throw new UserError(
      'assets.missing',
      `${logicalId} names ${written}, and there is no such file or folder beside the template (${basename(relative)}).`,
      { hint: 'Build it, or correct the path, then plan again. Nothing was deployed.' },
    );
  }
  throw new UserError(
    'assets.outside',
    `${logicalId} names ${written}, which lies outside of the workspace folder: it was not published.`,
    { hint: 'Put what belongs to the deployment into the workspace. Nothing was deployed.' },
  );
}

function errorCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function tooNested(name: string): UserError {
  return new UserError('assets.nesting', `${name} is nested too deeply, or in itself.`, {
    hint: 'Take the circle out of the templates, then plan again. Nothing was deployed.',
  });
}
