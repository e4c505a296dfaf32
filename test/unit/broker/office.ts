/** The office of a window in a folder of its own, with a keychain that fails as the real one does. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Log, silentLog } from '../../../src/base/log.ts';
import type { Secret } from '../../../src/base/secret.ts';
import { UserError } from '../../../src/base/userError.ts';
import type { Client } from '../../../src/broker/client.ts';
import { type ClientOrder, type Clients, createClients } from '../../../src/broker/clients.ts';
import { type ClientOffice, createOffice, type Trouble } from '../../../src/broker/office.ts';
import type { Keychain } from '../../../src/identity/keychain.ts';
import { type Database, openDatabase } from '../../../src/store/database.ts';
import { type BentClock, bentClock, COPILOT } from '../identity/world.ts';

export interface FakeKeychain extends Pick<Keychain, 'read' | 'write' | 'remove'> {
  readonly held: Map<string, Secret>;
  locked: boolean;
  /** Set to hold answers back until it resolves. */
  gate: Promise<void>;
}

export function fakeKeychain(): FakeKeychain {
  const held = new Map<string, Secret>();
  const opened = async (): Promise<void> => {
    await fake.gate;
    if (fake.locked) throw new UserError('keychain.lockedOrRemoved', 'It is locked.', { hint: 'Unlock it.' });
  };
  const fake: FakeKeychain = {
    held,
    locked: false,
    gate: Promise.resolve(),
    read: async name => {
      await opened();
      return held.get(name);
    },
    write: async (name, value) => {
      await opened();
      held.set(name, value);
    },
    remove: async name => {
      await opened();
      held.delete(name);
    },
  };
  return fake;
}

export interface World {
  readonly folder: string;
  readonly db: Database;
  readonly clock: BentClock;
  readonly keychain: FakeKeychain;
  readonly office: ClientOffice;
  readonly clients: Clients;
  readonly troubles: Trouble[];
  readonly logged: string[];
  /** Another window on the same store. */
  window(): { office: ClientOffice; clients: Clients; db: Database };
  dispose(): void;
}

export function brokerWorld(): World {
  const folder = mkdtempSync(join(tmpdir(), 'no-wing-'));
  const clock = bentClock();
  const keychain = fakeKeychain();
  const logged: string[] = [];
  const keep = (text: string): void => void logged.push(text);
  const log: Log = { ...silentLog, info: keep, warn: keep, error: keep };
  const open: Database[] = [];
  const window = () => {
    const db = openDatabase(join(folder, 'store.db'));
    open.push(db);
    const office = createOffice({ db, keychain, directory: folder, clock, log });
    return { office, clients: createClients(office), db };
  };
  const own = window();
  const troubles: Trouble[] = [];
  own.office.trouble.listen(trouble => void troubles.push(trouble));
  return {
    folder,
    clock,
    keychain,
    ...own,
    troubles,
    logged,
    window,
    dispose() {
      for (const db of open) db.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function order(changes: Partial<ClientOrder> = {}): ClientOrder {
  return { name: 'Terminal', use: 'agent', profile: COPILOT, lifeMs: 3_600_000, inFile: true, ...changes };
}

export function edit(db: Database, { id }: Client, path: string, value: string | number | null): void {
  db.run('UPDATE client SET body = json_set(body, ?, ?) WHERE id = ?', path, value, id);
}
