/** The text of an API key: `nw_<client id>_<secret>`. */
import { randomBytes } from 'node:crypto';
import { Secret } from '../base/secret.ts';

const SECRET_BYTES = 32;

/** It stands in file names and environments; it opens nothing. */
export function newClientId(): string {
  return randomBytes(6).toString('hex');
}

export function newApiKey(clientId: string): Secret {
  return new Secret(`nw_${clientId}_${randomBytes(SECRET_BYTES).toString('base64url')}`);
}

/** The client that a text claims to be of; undefined when it is not an API key at all. */
export function claimedClient(apiKey: string): string | undefined {
  return /^nw_([\w-]{8,16})_[\w-]{43}$/.exec(apiKey)?.[1];
}
