// `npm run bench`: runs the benchmarks of this folder, prints a table, exits with 1 when a target is missed.
//   --only activation,size-vsix   --json FILE
import { globSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensure } from '../setup/install/ensure.ts';
import { type Bench, meetsTarget, type Row } from './harness/row.ts';
import { formatTable } from './harness/table.ts';

const { values: flags } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'string' } } });

await main();

async function main(): Promise<void> {
  const only = flags.only?.split(',');
  const benches = (await loadBenches()).filter(
    ({ names }) => !only || names.some(name => only.includes(name)),
  );
  Object.assign(process.env, await ensure([...new Set(benches.flatMap(({ needs }) => needs ?? []))]));
  const rows: Row[] = [];
  for (const bench of benches) {
    console.log(`Measuring ${bench.names.join(', ')}`);
    const made = await bench.run();
    rows.push(...made.filter(({ name }) => !only || only.includes(name)));
  }
  console.log(`\n${formatTable(rows)}`);
  if (flags.json) writeFileSync(flags.json, `${JSON.stringify(rows, null, 2)}\n`);
  process.exitCode = rows.some(row => meetsTarget(row) === false) ? 1 : 0;
}

async function loadBenches(): Promise<Bench[]> {
  const files = globSync('*.ts', { cwd: import.meta.dirname }).filter(file => basename(file) !== 'main.ts');
  const modules: { bench: Bench }[] = [];
  for (const file of files.sort()) modules.push(await import(join(import.meta.dirname, file)));
  return modules.map(({ bench }) => bench);
}
