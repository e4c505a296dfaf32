// How much a user downloads, and how much of it VS Code reads to start us.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { maximumVsixBytes, packageVsix, targets } from '../setup/packageVsix.ts';
import type { Bench, Row } from './harness/row.ts';

export const bench: Bench = { names: ['size-vsix', 'size-extension'], run: measure };

async function measure(): Promise<Row[]> {
  const rows: Row[] = [];
  let main = 0;
  for (const target of targets) {
    const { bytes, folder } = await packageVsix(target);
    rows.push({
      name: 'size-vsix',
      value: bytes / 1024,
      unit: `KB ${target}`,
      target: { atMost: maximumVsixBytes / 1024 },
    });
    main = (await stat(join(folder, 'dist', 'extension.cjs'))).size;
  }
  return [...rows, { name: 'size-extension', value: main / 1024, unit: 'KB', target: { atMost: 250 } }];
}
