/** Who asks, and what stands in the way of answering, apart from the session itself. */
import { SECOND } from '../base/clock.ts';
import { describeError } from '../base/log.ts';
import { UserError } from '../base/userError.ts';
import { createAuthenticator } from './authenticate.ts';
import type { Client } from './client.ts';
import type { Connection } from './httpServer.ts';
import type { ClientOffice } from './office.ts';
import type { Peers } from './peerProcess.ts';
import { type Refusal, refusal, UNKNOWN_KEY } from './refusal.ts';
import { inFile, rotate, rotateAll } from './rotation.ts';

export interface Recognition {
  /** @throws UserError `keychain.*` */
  recognize(apiKey: string, connection: Connection): Promise<Client | Refusal>;
  /** Changes every key that can be changed. */
  changeKeys(): Promise<void>;
  /** Looks after the files of all clients. */
  guardFiles(): Promise<void>;
}

/**
 * botocore reads its token once and then tries for about three seconds: after a change of window, the key that it had
 * read is good for so long, on systems that tell us that the process which shows it is one of this user's.
 */
const EARLIER_KEY_MS = 10 * SECOND;

interface Earlier {
  readonly hashes: ReadonlyMap<string, Uint8Array>;
  readonly until: number;
}

export function createRecognition(
  office: ClientOffice,
  peers: Peers,
  elapsed: () => number = () => performance.now(),
): Recognition {
  let earlier: Earlier | undefined;
  const authenticator = createAuthenticator(office, id =>
    earlier && elapsed() < earlier.until ? earlier.hashes.get(id) : undefined,
  );
  const underWay = new Map<string, Promise<Refusal | undefined>>();
  /** Once for all who ask at the same time: one new key, and one word to the person. */
  const guarded = (client: Client): Promise<Refusal | undefined> => {
    const before = underWay.get(client.id);
    if (before !== undefined) return before;
    const work = guard(office, client).finally(() => underWay.delete(client.id));
    underWay.set(client.id, work);
    return work;
  };
  return {
    async recognize(apiKey, connection) {
      const found = await authenticator.client(apiKey);
      if (!found) return UNKNOWN_KEY;
      const { client, byEarlierKey } = found;
      if (office.now() >= client.expiresAt) return EXPIRED;
      const needsOwner = byEarlierKey || client.tokenFile === undefined;
      if (needsOwner && !(await peers.isOfThisUser(connection))) return OTHER_USER;
      return (await terminalObstacle(peers, client, connection)) ?? (await guarded(client)) ?? client;
    },
    async changeKeys() {
      const hashes = new Map<string, Uint8Array>();
      if (peers.canTell) {
        for (const { client, keyHash } of office.store.inForce().filter(inFile))
          if (keyHash) hashes.set(client.id, keyHash);
      }
      await rotateAll(office);
      earlier = { hashes, until: elapsed() + EARLIER_KEY_MS };
    },
    async guardFiles() {
      for (const { client } of office.store.inForce().filter(inFile)) {
        await guarded(client).catch((error: unknown) =>
          office.log.error(`The key file of client ${client.id} needs care: ${describeError(error)}`),
        );
      }
    },
  };
}

/** What the person themselves may do is theirs in the terminal that they opened, not in what got hold of its key. */
async function terminalObstacle(
  peers: Peers,
  { kind, processId, processStart }: Client,
  connection: Connection,
): Promise<Refusal | undefined> {
  if (kind !== 'user' || !peers.canTell) return undefined;
  const isThere =
    processId !== undefined && (await peers.isInTerminal(connection, { processId, processStart }));
  return isThere ? undefined : OTHER_TERMINAL;
}

/** A file that is not as we left it gets a new key. Who showed the old one may have read it where it lay open. */
async function guard(office: ClientOffice, client: Client): Promise<Refusal | undefined> {
  if (client.tokenFile === undefined) return undefined;
  const state = office.files.look(client.id);
  if (state === 'fine') return undefined;
  const stored = office.store.get(client.id);
  if (stored) await rotate(office, stored);
  if (state === 'missing') {
    office.log.warn(`The key file of client ${client.id} was gone: it has a new key.`);
    return undefined;
  }
  office.changed.fire();
  office.trouble.fire({ client, error: exposed(client) });
  return KEY_EXPOSED;
}

const EXPIRED = refusal(
  403,
  'broker.expired',
  'This API key has expired. Open the terminal or set up the tool again.',
);
const OTHER_USER = refusal(
  403,
  'broker.otherUser',
  'This API key is answered only to processes of the user it belongs to.',
);
const OTHER_TERMINAL = refusal(
  403,
  'broker.otherTerminal',
  'This API key is answered only to processes in the terminal that it was made for.',
);
const KEY_EXPOSED = refusal(
  403,
  'broker.exposed',
  'The file of this API key could be read by others, so No Wing replaced the key. Try again.',
);

function exposed({ name, kind, tokenFile = '' }: Client): UserError {
  return new UserError(
    'broker.exposed',
    `The API key of ${name} lay where others could read it, or its file had been replaced. It is void now; the ${kind} has a new one.`,
    { hint: `Look at who changed ${tokenFile}, and at what the audit trail shows for this client.` },
  );
}
