/** Reads an API key from its file, if that is a plain file of this user alone: what else it may be is nobody's key. */
import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Secret } from '../base/secret.ts';
import { claimedClient } from '../broker/apiKey.ts';
import { isPrivate } from '../broker/tokenFiles.ts';

export interface Token {
  readonly clientId: string;
  readonly apiKey: Secret;
}

/** @returns undefined when there is no such file, or one that others could read or have put there. */
export function readToken(path: string, platform: NodeJS.Platform = process.platform): Token | undefined {
  try {
    const file = openSync(
      path,
      constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
    );
    try {
      const found = fstatSync(file);
      const isOurs = platform === 'win32' || (isPrivate(found) && isPrivate(statSync(dirname(path))));
      return found.isFile() && found.size < LONGEST && isOurs ? parse(readFileSync(file, 'utf8')) : undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

const LONGEST = 200;

/** Whatever else lies there, a private key of SSH for one, does not leave this process. */
function parse(text: string): Token | undefined {
  const clientId = claimedClient(text.trim());
  return clientId === undefined ? undefined : { clientId, apiKey: new Secret(text.trim()) };
}
