// What No Wing adds to the start of a window: its rows of VS Code's own Startup Performance, beside an empty extension
// in the same extension host. Both are activated by the probe, one after the other, once the window has come to rest:
// at start-up everything loads at the same time and each is charged for the others.
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { runInHost } from '../host/harness/runInHost.ts';
import { type Keyring, withKeyring } from '../setup/keyring.ts';
import { removeFolder } from '../setup/ownedProcess.ts';
import { packageVsix, thisTarget } from '../setup/packageVsix.ts';
import { outDir, repoRoot } from '../setup/places.ts';
import { scratchFolder } from '../setup/scratchFolder.ts';
import type { Activation } from './harness/activationProbe.ts';
import { type Bench, median, type Row } from './harness/row.ts';

export const bench: Bench = {
  names: ['activation', 'activation-load', 'activation-call'],
  needs: ['host', 'browser', 'keyring'],
  run: () => withKeyring(measure),
};

const runs = 10;
const own = 'no-wing.no-wing';
const empty = 'test.empty';

async function measure(keyring: Keyring): Promise<Row[]> {
  const dir = scratchFolder();
  try {
    const extensions = [await quietCopy(dir), await emptyExtension(dir)];
    const entry = await bundleProbe();
    const env = { ...keyring.env, XDG_DATA_HOME: join(dir, 'data') };
    const measured: Activation[] = [];
    // The first run makes the database and fills the disk cache; only what comes after is an everyday start.
    for (let run = 0; run <= runs; run++) {
      const order = run % 2 === 0 ? [own, empty] : [empty, own];
      const found = await runInHost({
        entry,
        extensions,
        env: { ...env, NO_WING_BENCH_ORDER: order.join(',') },
      });
      if (run > 0) measured.push(...(found as Activation[]));
    }
    return toRows(measured);
  } finally {
    await removeFolder(dir);
  }
}

function toRows(measured: readonly Activation[]): Row[] {
  const total: Part = ({ load, call, finish }) => load + call + finish;
  return [
    { ...compare('activation', measured, total), target: { of: 'difference', atMost: 15 } },
    compare('activation-load', measured, ({ load }) => load),
    compare('activation-call', measured, ({ call, finish }) => call + finish),
  ];
}

type Part = (activation: Activation) => number;

function compare(name: string, measured: readonly Activation[], part: Part): Row {
  const typical = (id: string) => median(measured.filter(activation => activation.id === id).map(part));
  return {
    name,
    value: typical(own),
    unit: 'ms',
    reference: 'empty extension',
    referenceValue: typical(empty),
  };
}

/** No Wing as packaged, but started by nothing other than the probe. */
async function quietCopy(dir: string): Promise<string> {
  const { folder } = await packageVsix(thisTarget());
  const copy = join(dir, 'no-wing');
  await cp(folder, copy, { recursive: true });
  const manifest = JSON.parse(await readFile(join(copy, 'package.json'), 'utf8'));
  await writeFile(join(copy, 'package.json'), JSON.stringify({ ...manifest, activationEvents: [] }));
  return copy;
}

async function emptyExtension(dir: string): Promise<string> {
  const folder = join(dir, 'empty');
  await mkdir(folder);
  const engines = { vscode: '^1.105.0' };
  const manifest = { name: 'empty', publisher: 'test', version: '0.0.0', engines, main: './main.js' };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(folder, 'main.js'), "require('vscode'); exports.activate = () => {};");
  return folder;
}

async function bundleProbe(): Promise<string> {
  const outfile = join(outDir, 'bench', 'activationProbe.cjs');
  const entryPoints = [join(repoRoot, 'test', 'bench', 'harness', 'activationProbe.ts')];
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'cjs', external: ['vscode'] });
  return outfile;
}
