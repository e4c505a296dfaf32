// The same files and questions in DuckDB.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as v from 'valibot';

const Findings = v.object({ perSecond: v.number(), matrix: v.number(), actor: v.number() });
export type DuckDbFindings = v.InferOutput<typeof Findings>;

export function duckDb(folder: string): DuckDbFindings {
  const program = join(import.meta.dirname, 'duckDbProgram.ts');
  const output = execFileSync(process.execPath, [program, folder], { encoding: 'utf8' });
  return v.parse(Findings, JSON.parse(output));
}
