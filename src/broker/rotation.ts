/** A new API key for a client whose key lies in a file. It reads the file again at its next request. */
import { describeError } from '../base/log.ts';
import { newApiKey } from './apiKey.ts';
import type { Client } from './client.ts';
import type { StoredClient } from './clientStore.ts';
import { type ClientOffice, end, isGenuine } from './office.ts';
import { keyHash } from './seals.ts';

/**
 * The store first: should the file then not be writable, the old key is void and the client refused, not exposed.
 * A record that is not genuine is not given a key, it is ended: a new hash would make it genuine.
 * @throws UserError `broker.tokenFile`, `keychain.*`
 */
export async function rotate(office: ClientOffice, stored: StoredClient): Promise<void> {
  const { client } = stored;
  if (!(await isGenuine(office, stored))) {
    end(office, client, 'its record was changed by something other than No Wing');
    return;
  }
  const apiKey = newApiKey(client.id);
  const hash = keyHash(await office.key.get(), apiKey.reveal(), client);
  if (office.store.rekey(client.id, hash)) office.files.write(client.id, apiKey);
}

/** Each on its own: one file that cannot be written does not keep the other keys. */
export async function rotateAll(office: ClientOffice): Promise<void> {
  for (const stored of office.store.inForce().filter(inFile)) {
    try {
      await rotate(office, stored);
    } catch (error) {
      office.log.error(
        `Client ${stored.client.id} has no key until it gets a new one: ${describeError(error)}`,
      );
    }
  }
}

export function inFile({ client }: { readonly client: Client }): boolean {
  return client.tokenFile !== undefined;
}
