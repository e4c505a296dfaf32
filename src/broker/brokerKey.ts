/**
 * The key under which API keys are hashed and rows of clients sealed. It lies in the keychain, so that who can write
 * the store still cannot write a client. Made once: of windows that make one at the same time, the store takes the
 * first, and the others throw theirs away.
 */
import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { describeError, type Log } from '../base/log.ts';
import { lazy } from '../base/memo.ts';
import { Secret } from '../base/secret.ts';
import { UserError } from '../base/userError.ts';
import type { Keychain } from '../identity/keychain.ts';
import type { Database } from '../store/database.ts';

export interface BrokerKey {
  /** @throws UserError `keychain.*`, `broker.keyUnreadable` */
  get(): Promise<KeyObject>;
  /** What `get` gave last, without asking the keychain. */
  loaded(): KeyObject | undefined;
}

export interface BrokerKeyInput {
  readonly db: Pick<Database, 'run' | 'get'>;
  readonly keychain: Pick<Keychain, 'read' | 'write' | 'remove'>;
  readonly log: Pick<Log, 'warn'>;
}

/** Where the keychain has it: never an entry of anything else, whatever the row says. */
const ENTRY = 'broker/hmacKey';
const EntryRow = v.object({ entry: v.pipe(v.string(), v.regex(/^broker\/hmacKey-[0-9a-f]{16}$/)) });

const KEY_BYTES = 32;

export function createBrokerKey(input: BrokerKeyInput): BrokerKey {
  let key: KeyObject | undefined;
  const load = lazy(async () => {
    const found = (await existing(input)) ?? (await make(input));
    key = found;
    return found;
  });
  return { get: load, loaded: () => key };
}

async function existing({ db, keychain }: BrokerKeyInput): Promise<KeyObject | undefined> {
  const row = db.get('SELECT entry FROM broker_key');
  if (row === undefined) return undefined;
  const parsed = v.safeParse(EntryRow, row);
  if (!parsed.success) throw unreadable();
  const text = await keychain.read(parsed.output.entry);
  if (text === undefined) throw unreadable();
  return parseKey(text);
}

async function make(input: BrokerKeyInput): Promise<KeyObject> {
  const { db, keychain } = input;
  const entry = `${ENTRY}-${randomBytes(8).toString('hex')}`;
  await keychain.write(entry, new Secret(randomBytes(KEY_BYTES).toString('hex')));
  const isOurs =
    db.run('INSERT INTO broker_key (id, entry) VALUES (1, ?) ON CONFLICT DO NOTHING', entry) === 1;
  if (!isOurs) await discard(input, entry);
  const key = await existing(input);
  if (!key) throw unreadable();
  return key;
}

/** Nothing was ever hashed with it: what stays of it opens nothing. */
async function discard({ keychain, log }: BrokerKeyInput, entry: string): Promise<void> {
  try {
    await keychain.remove(entry);
  } catch (error) {
    log.warn(`A spare key of the broker stays in the keychain: ${describeError(error)}`);
  }
}

function parseKey(text: Secret): KeyObject {
  const bytes = Buffer.from(text.reveal(), 'hex');
  if (bytes.length !== KEY_BYTES) throw unreadable();
  return createSecretKey(bytes);
}

function unreadable(): UserError {
  return new UserError(
    'broker.keyUnreadable',
    'No Wing cannot read the key under which it knows its clients.',
    {
      hint: 'No process gets credentials until then. Unlock the keychain; the log of No Wing says more.',
    },
  );
}
