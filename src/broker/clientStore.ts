/** The rows of clients. What cannot be read as a client is not one. */
import * as v from 'valibot';
import type { Database, Row } from '../store/database.ts';
import { Client } from './client.ts';
import { whileUnchanged } from './whileUnchanged.ts';

export interface StoredClient {
  readonly client: Client;
  /** Gone when it is revoked. */
  readonly keyHash: Uint8Array | undefined;
  readonly seal: Uint8Array;
}

export interface Seals {
  readonly keyHash: Uint8Array;
  readonly seal: Uint8Array;
}

export interface ClientStore {
  /** Newest first. */
  all(): StoredClient[];
  /** Those that are not revoked. */
  inForce(): StoredClient[];
  get(id: string): StoredClient | undefined;
  insert(client: Client, seals: Seals): void;
  /** @returns false when it is revoked. */
  rekey(id: string, hash: Uint8Array): boolean;
  /** `client` as it is from now on. */
  bind(client: Client, seal: Uint8Array): void;
  /** @returns false when it was before. */
  revoke(id: string, at: number, because: string): boolean;
  used(times: ReadonlyMap<string, number>): void;
  transaction<T>(work: () => T): T;
  /** A text that differs when the clients differ: for noticing other windows. */
  fingerprint(): string;
  /** Differs when anything may have changed. */
  revision(): number;
}

const SELECT = 'SELECT id, body, key_hash, seal, last_used_at, revoked_at, revoked_because FROM client';

export function createClientStore(db: Database): ClientStore {
  const parse = createParser();
  const rows = (where: string, ...values: string[]): StoredClient[] =>
    db.all(`${SELECT} ${where}`, ...values).flatMap(row => parse(row) ?? []);
  return {
    all: () => rows('ORDER BY created_at DESC, rowid DESC'),
    inForce: () => rows('WHERE revoked_at IS NULL ORDER BY created_at DESC'),
    get: whileUnchanged(db.revision, id => rows('WHERE id = ?', id).at(0)),
    insert: (client, { keyHash, seal }) =>
      void db.run(
        'INSERT INTO client (id, profile_id, created_at, body, key_hash, seal) VALUES (?, ?, ?, ?, ?, ?)',
        client.id,
        client.profileId,
        client.createdAt,
        JSON.stringify(client),
        keyHash,
        seal,
      ),
    rekey: (id, hash) =>
      db.run('UPDATE client SET key_hash = ? WHERE id = ? AND revoked_at IS NULL', hash, id) === 1,
    bind: (client, seal) =>
      void db.run('UPDATE client SET body = ?, seal = ? WHERE id = ?', bodyOf(client), seal, client.id),
    revoke: (id, at, because) => db.run(REVOKE, at, because, id) === 1,
    used: times => db.transaction(() => times.forEach((at, id) => void db.run(USED, at, id, at))),
    transaction: work => db.transaction(work),
    fingerprint: () => JSON.stringify(db.get('SELECT COUNT(*), COUNT(revoked_at), MAX(rowid) FROM client')),
    revision: db.revision,
  };
}

const REVOKE = `UPDATE client SET revoked_at = ?, revoked_because = ?, key_hash = NULL
  WHERE id = ? AND revoked_at IS NULL`;
const USED = 'UPDATE client SET last_used_at = ? WHERE id = ? AND COALESCE(last_used_at, 0) < ?';

const ClientRow = v.object({
  id: v.string(),
  body: v.string(),
  key_hash: v.nullable(v.instance(Uint8Array)),
  seal: v.instance(Uint8Array),
  last_used_at: v.nullable(v.number()),
  revoked_at: v.nullable(v.number()),
  revoked_because: v.nullable(v.string()),
});
const Body = v.pipe(v.string(), v.parseJson(), Client);

function bodyOf({ lastUsedAt: _used, revokedAt: _at, revokedBecause: _because, ...client }: Client): string {
  return JSON.stringify(client);
}

/** A row is read at every request and hardly ever changes: its text is parsed when it is another than last time. */
function createParser(): (row: Row) => StoredClient | undefined {
  const known = new Map<string, { body: string; client: Client }>();
  const bodyAsClient = (id: string, body: string): Client | undefined => {
    const before = known.get(id);
    if (before?.body === body) return before.client;
    const parsed = v.safeParse(Body, body);
    // A row under another's id is nobody's.
    if (!parsed.success || parsed.output.id !== id) return undefined;
    known.set(id, { body, client: parsed.output });
    return parsed.output;
  };
  return row => {
    const parsed = v.safeParse(ClientRow, row);
    if (!parsed.success) return undefined;
    const { id, body, key_hash, seal, last_used_at, revoked_at, revoked_because } = parsed.output;
    const client = bodyAsClient(id, body);
    if (!client) return undefined;
    return {
      client: {
        ...client,
        ...(last_used_at === null ? {} : { lastUsedAt: last_used_at }),
        ...(revoked_at === null ? {} : { revokedAt: revoked_at }),
        ...(revoked_because === null ? {} : { revokedBecause: revoked_because }),
      },
      keyHash: key_hash ?? undefined,
      seal,
    };
  };
}
