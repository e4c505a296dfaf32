/**
 * The names that No Wing put into keychains, never values: a keychain is not searched (see `worker.ts`).
 * There are two kinds of rows: an entry, `profile/x`, which says that there is a value and where; and a set of parts,
 * `profile/x#generation/count`, written before its first part is, so that no part is ever forgotten.
 */
import * as v from 'valibot';
import type { Clock } from '../../base/clock.ts';
import { UserError } from '../../base/userError.ts';
import type { Database, Row } from '../../store/database.ts';
import type { KeychainBackend } from '../keychain.ts';
import type { PartSet } from './parts.ts';

export interface StoredSet extends PartSet {
  readonly backend: KeychainBackend;
}

export interface EntryIndex {
  backendOf(name: string): KeychainBackend | undefined;
  enter(name: string, backend: KeychainBackend): void;
  forget(name: string): void;
  addSet(set: StoredSet): void;
  dropSet(set: PartSet): void;
  /** Sets that were begun before an instant and are not simply the only one of their entry. */
  doubtfulSets(backend: KeychainBackend, before: number): StoredSet[];
}

export function entryIndex(db: Pick<Database, 'run' | 'get' | 'all'>, clock: Pick<Clock, 'now'>): EntryIndex {
  const put = (name: string, backend: KeychainBackend): void => void db.run(PUT, name, backend, clock.now());
  const drop = (name: string): void => void db.run('DELETE FROM keychain_entry WHERE name = ?', name);
  return {
    backendOf: name => backendOf(db.get(`${SELECT} WHERE name = ?`, name)),
    enter: put,
    forget: drop,
    addSet: set => put(setName(set), set.backend),
    dropSet: set => drop(setName(set)),
    doubtfulSets: (backend, before) => doubtful(db.all(SELECT).map(parseRow), backend, before),
  };
}

const SELECT = 'SELECT name, backend, stored_at FROM keychain_entry';
const PUT = `INSERT INTO keychain_entry (name, backend, stored_at) VALUES (?, ?, ?)
  ON CONFLICT (name) DO UPDATE SET backend = excluded.backend, stored_at = excluded.stored_at`;

const IndexRow = v.object({
  name: v.string(),
  backend: v.picklist(['os', 'secretStorage']),
  stored_at: v.number(),
});
type IndexRow = v.InferOutput<typeof IndexRow>;

function parseRow(row: Row): IndexRow {
  const parsed = v.safeParse(IndexRow, row);
  if (parsed.success) return parsed.output;
  throw new UserError('store.row', 'No Wing found a record of its keychain entries that it cannot read.', {
    hint: 'A newer version of No Wing may have written it: update No Wing in this editor.',
    cause: new Error(v.summarize(parsed.issues)),
  });
}

function backendOf(row: Row | undefined): KeychainBackend | undefined {
  return row && parseRow(row).backend;
}

function doubtful(rows: readonly IndexRow[], backend: KeychainBackend, before: number): StoredSet[] {
  const sets = rows.flatMap(row => {
    const set = parseSetName(row);
    return set ? [{ set, storedAt: row.stored_at }] : [];
  });
  const isPlain = ({ name }: StoredSet): boolean =>
    sets.filter(({ set }) => set.name === name).length === 1 &&
    rows.some(row => row.name === name && row.backend === backend);
  return sets
    .filter(({ set, storedAt }) => set.backend === backend && storedAt < before && !isPlain(set))
    .map(({ set }) => set);
}

function setName({ name, generation, count }: PartSet): string {
  return `${name}#${generation}/${count}`;
}

function parseSetName({ name: text, backend }: IndexRow): StoredSet | undefined {
  const [, name, generation, count] = /^([^#]+)#([0-9a-f]+)\/(\d+)$/.exec(text) ?? [];
  return name && generation ? { name, generation, count: Number(count), backend } : undefined;
}
