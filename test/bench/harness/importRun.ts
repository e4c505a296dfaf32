// One import in a process of its own, so that its memory and the delays of its event loop are its own. Prints a line of JSON.
//   node importRun.ts WORKER FOLDER NAME READERS
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openDatabase } from '../../../src/store/database.ts';
import { importFiles } from '../../../src/trail/import/importFiles.ts';
import { folderAddress } from '../../../src/trail/sources/files.ts';

const [worker = '', folder = '', name = '', readers = ''] = process.argv.slice(2);

const ledgerFile = `${name}-ledger.db`;
openDatabase(ledgerFile).close();
const delays = monitorEventLoopDelay({ resolution: 2 });
let peak = 0;
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 20);
const cpu = process.cpuUsage();
const began = performance.now();
delays.enable();
const { events } = await importFiles(
  { worker, indexFile: `${name}.db`, ledgerFile, clock: Date, seed: () => 1 },
  {
    source: folderAddress(folder),
    keeping: { since: 0, maxBytes: 2 ** 40 },
    users: [],
    agents: [],
    signal: new AbortController().signal,
    readers: Number(readers),
  },
);
delays.disable();
clearInterval(watch);
const { user, system } = process.cpuUsage(cpu);
console.log(
  JSON.stringify({
    perSecond: (events * 1000) / (performance.now() - began),
    perCpuSecond: (events * 1e6) / (user + system),
    peakMegabytes: peak / 1e6,
    longestDelay: delays.max / 1e6,
  }),
);
