// The tables of identities, in memory.
import { DatabaseSync } from 'node:sqlite';
import type { Database } from '../../../../src/store/database.ts';
import { identitySchema } from '../../../../src/store/migrations/identitySchema.ts';

export type IndexDatabase = Pick<Database, 'run' | 'get' | 'all'>;

export function memoryDatabase(): IndexDatabase {
  const db = new DatabaseSync(':memory:');
  db.exec(identitySchema);
  return {
    run: (sql, ...params) => Number(db.prepare(sql).run(...params).changes),
    get: (sql, ...params) => db.prepare(sql).get(...params),
    all: (sql, ...params) => db.prepare(sql).all(...params),
  };
}
