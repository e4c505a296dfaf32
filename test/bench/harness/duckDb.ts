// The same files and questions in DuckDB, where `@duckdb/node-api` is installed.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as v from 'valibot';

const Findings = v.object({ perSecond: v.number(), matrix: v.number(), actor: v.number() });
export type DuckDbFindings = v.InferOutput<typeof Findings>;

/** @returns undefined where it is not installed. */
export function duckDb(folder: string): DuckDbFindings | undefined {
  if (!isInstalled()) {
    console.log('Without the comparison with DuckDB: npm install --no-save @duckdb/node-api');
    return undefined;
  }
  const program = join(import.meta.dirname, 'duckDbProgram.ts');
  const output = execFileSync(process.execPath, [program, folder], { encoding: 'utf8' });
  return v.parse(Findings, JSON.parse(output));
}

function isInstalled(): boolean {
  try {
    createRequire(import.meta.url).resolve('@duckdb/node-api');
    return true;
  } catch {
    return false;
  }
}
