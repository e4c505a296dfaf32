/**
 * Puts a file where AWS takes it from. Whoever may write to the bucket can put something else under any name, so that a
 * name says nothing: only S3's own checksum of what lies there does.
 */
import { UserError } from '../../base/userError.ts';
import { explain } from '../cloudformation/awsFault.ts';
import type { Run } from '../engine.ts';
import { sha256 } from '../plan.ts';
import type { AssetPlace, AssetStore } from './assetStore.ts';

export interface Asset extends AssetPlace {
  /** For people: the file or folder in the source. */
  readonly name: string;
  /** Of the object's bytes, in hex. */
  readonly sha256: string;
}

type Publishing = Pick<Run, 'who' | 'signal'>;

/**
 * @param body as it is to lie in the bucket, read only if it is not there already.
 * @throws UserError `assets.changed`, `assets.noBucket`, `deployment.denied` ...
 */
export async function publishAsset(
  store: AssetStore,
  asset: Asset,
  body: () => Promise<Uint8Array>,
  run: Publishing,
): Promise<'published' | 'present'> {
  try {
    if (await lies(store, asset, run.signal)) return 'present';
    const bytes = await body();
    if (sha256(bytes) !== asset.sha256) throw changed(asset);
    await store.put(asset, bytes, asset.sha256, run.signal);
    return 'published';
  } catch (error) {
    throw told(error, asset, `put ${asset.name} into the bucket ${asset.bucket}`, run);
  }
}

/** For one that was published before. @throws UserError `assets.gone` when it is not there, or not what it was. */
export async function requireAsset(store: AssetStore, asset: Asset, run: Publishing): Promise<void> {
  try {
    if (await lies(store, asset, run.signal)) return;
  } catch (error) {
    throw told(error, asset, `look for ${asset.name} in the bucket ${asset.bucket}`, run);
  }
  throw gone(asset);
}

async function lies(store: AssetStore, asset: Asset, signal: AbortSignal): Promise<boolean> {
  const found = await store.look(asset, signal);
  return found.kind === 'present' && found.sha256 === asset.sha256;
}

function told(error: unknown, asset: Asset, doing: string, { who }: Publishing): Error {
  const isMissing = error instanceof Error && error.name === 'NoSuchBucket';
  return isMissing ? noBucket(asset, who, error) : explain(error, doing, who);
}

function changed({ name }: Asset): UserError {
  return new UserError('assets.changed', `${name} was changed while it was being planned.`, {
    hint: 'Plan again. Nothing was deployed.',
  });
}

function gone({ name, bucket, key }: Asset): UserError {
  return new UserError(
    'assets.gone',
    `${name} does not lie in the bucket ${bucket} any more as it was planned (${key}).`,
    {
      hint: 'Somebody deleted or replaced it, or the agent may not read it (s3:GetObject). Plan again from the source.',
    },
  );
}

function noBucket({ name, bucket, accountId }: Asset, who: string, cause: unknown): UserError {
  return new UserError(
    'assets.noBucket',
    `${who} could not put ${name} anywhere: account ${accountId} has no bucket ${bucket}.`,
    { hint: 'Have the bucket created, then plan again. Nothing was deployed.', cause },
  );
}
