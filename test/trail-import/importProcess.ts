/** An import in a process of its own, to be killed. It says when it has written. `worker.cjs` lies beside it. */
import { join } from 'node:path';
import { argv, stdout } from 'node:process';
import { importFiles } from '../../src/trail/import/importFiles.ts';
import { folderAddress } from '../../src/trail/sources/files.ts';

const { files, indexFile, ledgerFile } = JSON.parse(argv[2] ?? '');

importFiles(
  { worker: join(__dirname, 'worker.cjs'), indexFile, ledgerFile, clock: Date, seed: () => 1 },
  {
    source: folderAddress(files),
    keeping: { since: 0, maxBytes: 2 ** 40 },
    users: [],
    agents: [],
    signal: new AbortController().signal,
    readers: 1,
    transaction: 100,
    onProgress: () => stdout.write('written\n'),
  },
).catch((error: unknown) => {
  stdout.write(`${String(error)}\n`);
});
