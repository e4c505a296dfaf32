/**
 * The numbers that names have in the index. A name keeps its number while it is there, so what was found once need not be
 * asked again; what a transaction that failed has made must be forgotten, and all of it when names went.
 */
import type { Database } from '../../store/database.ts';
import type { Attribution } from '../attribution/attribution.ts';
import type { CallName, PlaceName } from '../scan/batch.ts';
import type { Hash } from './hash.ts';

export interface IndexNames {
  place(place: PlaceName): number;
  call(call: CallName): number;
  origin(address: string): number;
  actor(attribution: Attribution): number;
  resource(name: string): number;
  forget(): void;
}

/** How many names of one sort are remembered. */
const MOST = 30_000;

export function createNames(db: Database, hash: Hash): IndexNames {
  const forgets: (() => void)[] = [];
  const remembered = <T>(keyOf: (name: T) => string, find: (name: T) => number) => {
    const numbers = new Map<string, number>();
    forgets.push(() => numbers.clear());
    return (name: T): number => {
      const key = keyOf(name);
      const known = numbers.get(key);
      if (known !== undefined) return known;
      if (numbers.size >= MOST) numbers.clear();
      const number = find(name);
      numbers.set(key, number);
      return number;
    };
  };
  return {
    place: remembered(
      ({ accountId, region }) => `${accountId}\n${region}`,
      ({ accountId, region }) => numbered(db, 'place', ['account_id', 'region'], [accountId, region]),
    ),
    call: remembered(JSON.stringify, ({ name, source, readOnly, error }: CallName) =>
      numbered(
        db,
        'call',
        ['name', 'source', 'read_only', 'error'],
        [name, source, flag(readOnly), error ?? ''],
      ),
    ),
    origin: remembered(
      address => address,
      address => numbered(db, 'origin', ['address'], [address]),
    ),
    actor: remembered(
      attribution => JSON.stringify(actorValues(attribution)),
      attribution =>
        numbered(db, 'actor', ['kind', 'name', 'on_behalf_of', 'account_id'], actorValues(attribution)),
    ),
    resource: remembered(
      name => name,
      name => resourceNumber(db, hash(name), name),
    ),
    forget: () => {
      for (const each of forgets) each();
    },
  };
}

/** Root, or dave, of one account is somebody else than that of another. */
function actorValues({ actor, onBehalfOf = '' }: Attribution): string[] {
  const { kind, name, accountId = '' } = actor;
  return [kind, name, onBehalfOf, kind === 'service' ? '' : accountId];
}

function flag(value: boolean | undefined): number {
  return value === undefined ? -1 : Number(value);
}

type Value = string | number;

function numbered(db: Database, table: string, columns: readonly string[], values: readonly Value[]): number {
  const where = columns.map(column => `${column} = ?`).join(' AND ');
  const found = db.get(`SELECT id FROM ${table} WHERE ${where}`, ...values);
  if (found) return Number(found['id']);
  const places = columns.map(() => '?').join(', ');
  return made(
    db,
    `INSERT OR FAIL INTO ${table} (${columns.join(', ')}) VALUES (${places}) RETURNING id`,
    values,
  );
}

function resourceNumber(db: Database, hash: number, name: string): number {
  const found = db.get('SELECT id FROM resource WHERE hash = ? AND name = ?', hash, name);
  if (found) return Number(found['id']);
  return made(db, 'INSERT OR FAIL INTO resource (hash, name) VALUES (?, ?) RETURNING id', [hash, name]);
}

/** `OR FAIL` for what `RETURNING` would cost without it: see `createBulk`. */
function made(db: Database, insert: string, values: readonly Value[]): number {
  return Number(db.get(insert, ...values)?.['id']);
}
