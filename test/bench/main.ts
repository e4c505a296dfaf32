// `npm run bench`: runs the benchmarks of this folder, prints a table, exits with 1 when a target is missed.
//   --only activation,size-vsix   --json FILE        `activation` is `activation-load` too
import { globSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensure } from '../setup/install/ensure.ts';
import { type Bench, meetsTarget, type Row } from './harness/row.ts';
import { formatTable } from './harness/table.ts';

const { values: flags } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'string' } } });

await main();

async function main(): Promise<void> {
  const benches = (await loadBenches()).filter(({ names }) => names.some(isChosen));
  Object.assign(process.env, await ensure([...new Set(benches.flatMap(({ needs }) => needs ?? []))]));
  const rows: Row[] = [];
  const failed: string[] = [];
  for (const bench of benches) {
    console.log(`Measuring ${bench.names.join(', ')}`);
    try {
      const made = await bench.run();
      rows.push(...made.filter(({ name }) => isChosen(name)));
    } catch (error) {
      // The others' figures took minutes.
      console.error(error);
      failed.push(...bench.names);
    }
  }
  console.log(`\n${formatTable(rows)}`);
  if (flags.json) writeFileSync(flags.json, `${JSON.stringify(rows, null, 2)}\n`);
  if (failed.length > 0) console.log(`\nNot measured: ${failed.join(', ')}`);
  process.exitCode = failed.length > 0 || rows.some(row => meetsTarget(row) === false) ? 1 : 0;
}

function isChosen(name: string): boolean {
  const only = flags.only?.split(',');
  return !only || only.some(chosen => name === chosen || name.startsWith(`${chosen}-`));
}

async function loadBenches(): Promise<Bench[]> {
  const files = globSync('*.ts', { cwd: import.meta.dirname }).filter(file => basename(file) !== 'main.ts');
  const modules: { bench: Bench }[] = [];
  for (const file of files.sort()) modules.push(await import(join(import.meta.dirname, file)));
  return modules.map(({ bench }) => bench);
}
