/**
 * What is computed under the broker's key. HMAC-SHA-256, and no slow password hash: an API key has 256 random bits, so
 * there is nothing to guess, and the hash is taken at every request. Each kind of text begins with its own label, and
 * is a JSON array, so that no two meanings share one text.
 */
import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Client } from './client.ts';

/** Binds the API key to everything that the client may do: a row that says more does not fit the key any more. */
export function keyHash(key: KeyObject, apiKey: string, client: Client): Buffer {
  return mac(key, ['api key', apiKey, ...rights(client)]);
}

/** Tells a row that we wrote from one that somebody else did, without the API key. */
export function clientSeal(key: KeyObject, client: Client): Buffer {
  const { processId = null, processStart = null } = client;
  return mac(key, ['client', ...rights(client), processId, processStart]);
}

/** Shows to our own processes that it is us who listen on the port. */
export function portProof(key: KeyObject, nonce: string, port: number): string {
  return mac(key, ['broker', nonce, port]).toString('hex');
}

export function areSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

function rights(client: Client): unknown[] {
  const { id, use, kind, profileId, scopes, workspace = null, tokenFile = null, expiresAt } = client;
  return [id, use, kind, profileId, [...scopes].sort(), workspace, tokenFile, expiresAt];
}

function mac(key: KeyObject, parts: readonly unknown[]): Buffer {
  return createHmac('sha256', key).update(JSON.stringify(parts)).digest();
}
