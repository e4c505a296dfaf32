/** What a stack of a cloud assembly needs in a bucket before it is deployed. Pure. */
import * as v from 'valibot';
import { read } from './manifest.ts';

export interface FileAsset {
  /** For people: `Files`. */
  readonly name: string;
  /** In the assembly. */
  readonly path: string;
  readonly packaging: 'file' | 'zip';
  /** As it is written, with `${AWS::AccountId}` and the like in it. */
  readonly bucket: string;
  readonly key: string;
}

export interface AssetManifest {
  readonly files: readonly FileAsset[];
  /** Images that a container engine would have to build and push. */
  readonly images: readonly string[];
  /** Files that only running a program of the app brings forth. */
  readonly programs: readonly string[];
}

const Destination = v.object({ bucketName: v.string(), objectKey: v.string() });
const File = v.object({
  displayName: v.optional(v.string()),
  source: v.object({
    path: v.optional(v.string()),
    packaging: v.optional(v.picklist(['file', 'zip']), 'file'),
    executable: v.optional(v.array(v.string())),
  }),
  destinations: v.record(v.string(), Destination),
});
const Image = v.object({ displayName: v.optional(v.string()) });
const Assets = v.object({
  files: v.optional(v.record(v.string(), File), {}),
  dockerImages: v.optional(v.record(v.string(), Image), {}),
});

/** @throws UserError `cdk.assembly` */
export function parseAssetManifest(text: string, name: string): AssetManifest {
  const { files, dockerImages } = read(Assets, text, name);
  const named = (id: string, displayName: string | undefined): string => displayName ?? id;
  return {
    files: Object.entries(files).flatMap(([id, { displayName, source, destinations }]) =>
      Object.values(destinations).flatMap(({ bucketName, objectKey }) =>
        source.path === undefined
          ? []
          : {
              name: named(id, displayName),
              path: source.path,
              packaging: source.packaging,
              bucket: bucketName,
              key: objectKey,
            },
      ),
    ),
    images: Object.entries(dockerImages).map(([id, { displayName }]) => named(id, displayName)),
    programs: Object.entries(files).flatMap(([id, { displayName, source }]) =>
      source.executable === undefined && source.path !== undefined ? [] : named(id, displayName),
    ),
  };
}
