// DuckDB, beside which imports and questions are measured.
import { duckDbDir, versions } from '../places.ts';
import { findPackages } from './npmFolder.ts';

/** @returns the folder that its modules are in. */
export function findDuckDb(): Promise<string> {
  const packages = [`@duckdb/node-api@${versions.duckDb}`];
  return findPackages({ what: `DuckDB ${versions.duckDb}`, folder: duckDbDir, packages });
}
