// What it costs a process to get a session that the broker has: beside the least server of node:http that answers the
// same bytes. Server and load are processes of their own.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { removeFolder, startOwned } from '../setup/ownedProcess.ts';
import { scratchFolder } from '../setup/scratchFolder.ts';
import type { Bench, Row } from './harness/row.ts';

export const bench: Bench = {
  names: ['broker-p50', 'broker-p99', 'broker-rate', 'broker-1000'],
  run: measure,
};

const requests = 4000;
const rateMs = 3000;
const reference = 'least node:http server';
/** As many as ask at once in an everyday window; each stays below the limit of one client. */
const everyday = 64;
const crowd = 1000;

interface Measured {
  readonly p50: number;
  readonly p99: number;
  readonly rate: number;
  readonly lost: number;
  readonly crowdMs: number;
}

async function measure(): Promise<Row[]> {
  const own = await measureServer('window');
  const least = await measureServer('reference');
  const row = (name: string, part: keyof Measured, unit: string): Row => {
    const [value, referenceValue] = [own[part], least[part]];
    return { name, value, unit, reference, referenceValue, ratio: value / referenceValue };
  };
  return [
    { ...row('broker-p50', 'p50', 'ms'), target: { atMost: 0.5 } },
    { ...row('broker-p99', 'p99', 'ms'), target: { atMost: 3 } },
    { ...row('broker-rate', 'rate', 'requests for a second of one core'), target: { atLeast: 5000 } },
    row('broker-1000', 'crowdMs', 'ms until the last of 1000 has its answer'),
    { name: 'broker-1000', value: own.lost, unit: 'of 1000 lost', target: { atMost: 0 } },
  ];
}

async function measureServer(kind: 'window' | 'reference'): Promise<Measured> {
  const times = await against(kind, everyday, ({ port, apiKeys }) =>
    load<number[]>('sequence', port, requests, apiKeys),
  );
  times.sort((a, b) => a - b);
  const rate = await against(kind, everyday, answeredByOneCore);
  const { lost, ms } = await against(kind, crowd, ({ port, apiKeys }) =>
    load<{ lost: number; ms: number }>('crowd', port, crowd, apiKeys),
  );
  const at = (part: number): number => times[Math.floor(times.length * part)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), rate, lost, crowdMs: ms };
}

/** By what the server has used, so that it does not matter what else the computer does. */
async function answeredByOneCore({ port, apiKeys, cpuSeconds }: Serving): Promise<number> {
  await load<number>('rate', port, rateMs / 3, apiKeys);
  const before = await cpuSeconds();
  const answered = await load<number>('rate', port, rateMs, apiKeys);
  return answered / ((await cpuSeconds()) - before);
}

interface Serving {
  readonly port: number;
  readonly apiKeys: readonly string[];
  /** That it has used since it started. */
  cpuSeconds(): Promise<number>;
}

/** A server of its own for each measurement: what one leaves behind does not weigh on the next. */
async function against<T>(
  kind: 'window' | 'reference',
  clients: number,
  work: (serving: Serving) => Promise<T>,
): Promise<T> {
  const folder = scratchFolder();
  const entry = join(import.meta.dirname, 'harness', 'brokerWindow.ts');
  const args = ['--disable-warning=ExperimentalWarning', entry, kind, folder, String(clients)];
  const server = startOwned(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const next = <M>(): Promise<M> =>
    new Promise((resolve, reject) => {
      server.child.once('message', message => resolve(message as M));
      server.child.once('exit', () => reject(new Error('The server of the bench has ended')));
    });
  try {
    const ready = await next<Pick<Serving, 'port' | 'apiKeys'>>();
    const cpuSeconds = async (): Promise<number> => {
      const told = next<NodeJS.CpuUsage>();
      server.child.send('cpu');
      const { user, system } = await told;
      return (user + system) / 1_000_000;
    };
    return await work({ ...ready, cpuSeconds });
  } finally {
    await server.stop(0);
    await removeFolder(folder);
  }
}

async function load<T>(what: string, port: number, count: number, apiKeys: readonly string[]): Promise<T> {
  const entry = join(import.meta.dirname, 'harness', 'brokerLoad.ts');
  const child = spawn(process.execPath, [entry, what, String(port), String(count)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(apiKeys.join('\n'));
  let text = '';
  for await (const part of child.stdout.setEncoding('utf8')) text += String(part);
  return JSON.parse(text) as T;
}
