/** A bucket in memory, with the ways in which S3 fails. */
import type { AssetPlace, AssetStore } from '../../../../src/deployment/assets/assetStore.ts';

export interface FakeStore extends AssetStore {
  /** By `bucket/key`: the SHA-256 that S3 has. */
  readonly objects: Map<string, string>;
  readonly puts: string[];
  fails?: Error | undefined;
  /** S3 does not tell: no s3:ListBucket, or an object without such a checksum. */
  isSilent?: boolean;
}

export function fakeStore(): FakeStore {
  const objects = new Map<string, string>();
  const at = ({ bucket, key }: AssetPlace): string => `${bucket}/${key}`;
  const store: FakeStore = {
    objects,
    puts: [],
    urlOf: place => `https://s3/${at(place)}`,
    async look(place) {
      if (store.fails) throw store.fails;
      const sha256 = objects.get(at(place));
      if (store.isSilent) return { kind: 'unknown' };
      return sha256 === undefined ? { kind: 'absent' } : { kind: 'present', sha256 };
    },
    async put(place, _body, sha256) {
      if (store.fails) throw store.fails;
      store.puts.push(at(place));
      objects.set(at(place), sha256);
    },
  };
  return store;
}

export function awsError(name: string, message = name): Error {
  return Object.assign(new Error(message), { name, $metadata: {} });
}
