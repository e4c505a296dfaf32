/** Where files of a deployment are put for AWS to take them from: objects of a bucket, told apart by what is in them. */
import type { CurrentSession } from '../cloudformation/cloudFormation.ts';

export interface AssetPlace {
  readonly bucket: string;
  readonly key: string;
  /** Whose bucket it has to be: one of that name in another account would get the files of this one. */
  readonly accountId: string;
}

/** What S3 itself says of an object; `unknown`: the caller may not ask, or S3 has no SHA-256 of it. */
export type Found =
  | { readonly kind: 'absent' | 'unknown' }
  | { readonly kind: 'present'; readonly sha256: string };

/** Lets AWS's errors through. */
export interface AssetStore {
  look(place: AssetPlace, signal?: AbortSignal): Promise<Found>;
  /** Where CloudFormation finds it. */
  urlOf(place: AssetPlace): string;
  /** @param sha256 of the body, in hex: S3 refuses one that arrives otherwise. */
  put(place: AssetPlace, body: Uint8Array, sha256: string, signal?: AbortSignal): Promise<void>;
}

/** Loads the SDK when it is first needed. */
export type OpenAssetStore = (region: string, session: CurrentSession) => Promise<AssetStore>;
