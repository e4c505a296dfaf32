/** Whose API key is it? The same work is done for a key of nobody as for a wrong one. */
import { randomBytes } from 'node:crypto';
import { claimedClient } from './apiKey.ts';
import type { Client } from './client.ts';
import type { StoredClient } from './clientStore.ts';
import { type ClientOffice, isGenuine } from './office.ts';
import { areSame, keyHash } from './seals.ts';

export interface Authenticator {
  /** @returns undefined when it is nobody's key, or not any more. @throws UserError `keychain.*` */
  client(apiKey: string): Promise<Authenticated | undefined>;
}

export interface Authenticated {
  readonly client: Client;
  /** By the key before its last change: good for a moment, for who had read the file just before. */
  readonly byEarlierKey: boolean;
}

/** A client that nobody has, so that an unknown id takes the same way. */
const NOBODY: Client = {
  id: '000000000000',
  name: '',
  use: 'external',
  kind: 'agent',
  profileId: '',
  scopes: [],
  createdAt: 0,
  expiresAt: 0,
};

/** `earlierHash`: of a key that was just changed. */
export function createAuthenticator(
  office: ClientOffice,
  earlierHash: (clientId: string) => Uint8Array | undefined,
): Authenticator {
  const nobodysHash = randomBytes(32);
  return {
    async client(apiKey) {
      const id = claimedClient(apiKey);
      const stored = id === undefined ? undefined : office.store.get(id);
      const given = keyHash(await office.key.get(), apiKey, stored?.client ?? NOBODY);
      const isCurrent = areSame(given, stored?.keyHash ?? nobodysHash);
      const isEarlier = areSame(given, earlierHash(stored?.client.id ?? NOBODY.id) ?? nobodysHash);
      if (!stored || !(isCurrent || isEarlier) || !(await isStanding(office, stored))) return undefined;
      return { client: stored.client, byEarlierKey: !isCurrent };
    },
  };
}

async function isStanding(office: ClientOffice, stored: StoredClient): Promise<boolean> {
  return stored.keyHash !== undefined && stored.client.revokedAt === undefined && isGenuine(office, stored);
}
