/**
 * Starts moto and makes sure that it does not outlive us. Besides being stopped on close and on exit, it runs
 * under a small Node watchdog that holds a pipe from us: when we die, however hard, the pipe closes and the
 * watchdog ends moto.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

export interface Moto {
  readonly port: number;
  stop(): Promise<void>;
}

/** @throws when moto cannot be started within 20 seconds. */
export async function startMoto(command: string): Promise<Moto> {
  const port = await freePort();
  const watchdog = spawn(
    process.execPath,
    [fileURLToPath(new URL('motoWatchdog.ts', import.meta.url)), command, String(port)],
    {
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { ...process.env, INITIAL_NO_AUTH_ACTION_COUNT: 'inf', MOTO_IAM_LOAD_MANAGED_POLICIES: 'true' },
    },
  );
  const said = outputOf(watchdog);
  try {
    await listening(port, watchdog);
  } catch (cause) {
    watchdog.kill();
    throw new Error(`${command} did not start: ${said()}`, { cause });
  }
  return { port, stop: () => stopped(watchdog) };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No free port');
  return address.port;
}

/** moto logs every request: kept short, for the error message only. */
function outputOf(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.on('data', chunk => {
    text = (text + String(chunk)).slice(-2000);
  });
  return () => text;
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`exited with ${child.exitCode}`);
    if (await answers(port)) return;
    await new Promise(resolve => setTimeout(resolve, 15));
  }
  throw new Error('timed out');
}

async function answers(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/moto-api/data.json`, { method: 'HEAD' })).status < 500;
  } catch {
    return false;
  }
}

function stopped(watchdog: ChildProcess): Promise<void> {
  if (watchdog.exitCode !== null || watchdog.signalCode !== null) return Promise.resolve();
  const gone = new Promise<void>(resolve => watchdog.once('exit', () => resolve()));
  watchdog.stdin?.end();
  return gone;
}
