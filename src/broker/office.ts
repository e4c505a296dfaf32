/** What the parts of the broker that deal with clients share in one window. */
import type { Clock } from '../base/clock.ts';
import { Emitter } from '../base/emitter.ts';
import type { Log } from '../base/log.ts';
import type { UserError } from '../base/userError.ts';
import type { Keychain } from '../identity/keychain.ts';
import type { Database } from '../store/database.ts';
import { type BrokerKey, createBrokerKey } from './brokerKey.ts';
import type { Client } from './client.ts';
import { type ClientStore, createClientStore, type StoredClient } from './clientStore.ts';
import { areSame, clientSeal } from './seals.ts';
import { createTokenFiles, type TokenFiles } from './tokenFiles.ts';

/** Something that a person should know of a client, besides the answer that the client got. */
export interface Trouble {
  readonly client: Client;
  readonly error: UserError;
}

export interface ClientOffice {
  readonly store: ClientStore;
  readonly key: BrokerKey;
  readonly files: TokenFiles;
  /** Never goes back: what has expired stays expired when the clock is set back. */
  readonly now: () => number;
  readonly log: Log;
  readonly changed: Emitter<void>;
  readonly trouble: Emitter<Trouble>;
}

export interface OfficeInput {
  readonly db: Database;
  readonly keychain: Pick<Keychain, 'read' | 'write' | 'remove'>;
  /** No Wing's own. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
}

export function createOffice(input: OfficeInput): ClientOffice {
  return {
    store: createClientStore(input.db),
    key: createBrokerKey(input),
    files: createTokenFiles(input.directory),
    now: forwardOnly(input.clock),
    log: input.log,
    changed: new Emitter(),
    trouble: new Emitter(),
  };
}

function forwardOnly({ now }: Pick<Clock, 'now'>): () => number {
  let latest = 0;
  return () => {
    latest = Math.max(latest, now());
    return latest;
  };
}

/** Ends the client for good: its hash and its file are gone when it returns. @returns false when it was before. */
export function end({ store, files, now, log }: ClientOffice, client: Client, because: string): boolean {
  if (!store.revoke(client.id, now(), because)) return false;
  if (client.tokenFile !== undefined) files.remove(client.id);
  log.info(`Client ${client.id} (${client.name}) was revoked: ${because}`);
  return true;
}

/** Is it a client that we wrote, as we wrote it? @throws UserError `keychain.*` */
export async function isGenuine({ key }: ClientOffice, { client, seal }: StoredClient): Promise<boolean> {
  return areSame(clientSeal(await key.get(), client), seal);
}
