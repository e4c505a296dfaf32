/** Files that a template names, and the template itself when it is large, go to a bucket of the account before it is planned. */
import { isCancelled } from '../../base/cancellation.ts';
import { UserError } from '../../base/userError.ts';
import type { AssetStore, OpenAssetStore } from '../assets/assetStore.ts';
import { type Asset, publishAsset, requireAsset } from '../assets/publishAsset.ts';
import type { DeployRequest, Ordered, Run } from '../engine.ts';
import { type CloudFormationPlan, sha256 } from '../plan.ts';
import type { CloudFormationSource } from '../source.ts';
import { localFiles, objectUrl } from './localFiles.ts';
import { packTemplate } from './packaging.ts';
import type { PublishTemplate } from './templateBody.ts';

export interface Packaging {
  readonly open: OpenAssetStore;
  readonly bucketOf: (accountId: string, region: string) => string;
}

export interface PackedSource {
  readonly source: CloudFormationSource;
  readonly assets: readonly Asset[];
}

/** @throws UserError `assets.noFolder`, and what publishing throws. */
export async function packSource(
  packaging: Packaging | undefined,
  source: CloudFormationSource,
  folder: DeployRequest['folder'],
  run: Run,
): Promise<PackedSource> {
  const { template } = source;
  const [first] = localFiles(template.text, template.name);
  if (first === undefined) return { source, assets: [] };
  if (packaging === undefined || folder === undefined) throw noFolder(first.logicalId, first.written);
  const packing = { ...(await bucketOf(packaging, run)), run, root: folder };
  const { text, assets } = await packTemplate(packing, template);
  return { source: { ...source, template: { ...template, text } }, assets };
}

export function templatePublisher(
  packaging: Packaging | undefined,
  run: Run,
): { readonly publishTemplate?: PublishTemplate } {
  if (packaging === undefined) return {};
  const publishTemplate: PublishTemplate = async ({ name, text }) => {
    const { store, bucket, accountId } = await bucketOf(packaging, run);
    const hash = sha256(text);
    const asset = { name, bucket, accountId, key: `${hash}.template`, sha256: hash };
    await publishAsset(store, asset, () => Promise.resolve(new TextEncoder().encode(text)), run);
    return objectUrl(bucket, asset.key, run.region);
  };
  return { publishTemplate };
}

/** Whoever may write to the bucket could have put something else there since. @returns undefined when all is as planned. */
export async function refusedAssets(
  packaging: Packaging | undefined,
  { assets = [], accountId }: CloudFormationPlan,
  run: Run,
): Promise<Extract<Ordered, { kind: 'refused' }> | undefined> {
  try {
    const place = packaging && assets.length > 0 ? await bucketOf(packaging, run) : undefined;
    for (const asset of place ? assets : [])
      await (place && requireAsset(place.store, { ...asset, accountId }, run));
    return undefined;
  } catch (error) {
    if (isCancelled(error) || !(error instanceof Error)) throw error;
    return { kind: 'refused', error };
  }
}

async function bucketOf(
  { open, bucketOf: nameOf }: Packaging,
  run: Run,
): Promise<{ store: AssetStore; bucket: string; accountId: string }> {
  const { accountId } = await run.session(run.signal);
  const store = await open(run.region, signal => run.session(signal));
  return { store, bucket: nameOf(accountId, run.region), accountId };
}

function noFolder(logicalId: string, written: string): UserError {
  return new UserError(
    'assets.noFolder',
    `${logicalId} names ${written} on this computer, and the template is in no workspace folder.`,
    { hint: 'Open the folder that it is in, then plan again. Nothing was deployed.' },
  );
}
