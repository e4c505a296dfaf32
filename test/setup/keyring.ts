// A Secret Service (gnome-keyring) of our own on a private D-Bus, unlocked, without a prompt, and the ways it can fail.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cleanEnv, type Env } from './cleanEnv.ts';
import { type OwnedProcess, startOwned } from './ownedProcess.ts';
import { scratchFolder } from './scratchFolder.ts';
import { waitFor } from './waitFor.ts';

export interface Keyring {
  /** Give these to a process and its keychain calls come here. */
  readonly env: Env;
  /** A locked keyring answers "no such entry". Only `restart` unlocks it again. */
  lock(): Promise<void>;
  /** Stops answering, as a daemon that hangs does. */
  freeze(): void;
  thaw(): void;
  /** The daemon dies; the bus stays. */
  kill(): Promise<void>;
  /** Kills it if need be and starts it again, unlocked, with what it had stored. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startKeyring(): Promise<Keyring> {
  const dir = scratchFolder();
  const bus = await startBus(dir);
  const env = { DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(dir, 'bus')}` };
  let daemon = await startDaemon(dir, env);
  const kill = () => daemon.stop(0);
  return {
    env,
    kill,
    freeze: () => daemon.signal('SIGSTOP'),
    thaw: () => daemon.signal('SIGCONT'),
    lock: async () =>
      void (await callSecrets(env, 'Service.Lock', `array:objpath:${service}/collection/login`)),
    async restart() {
      await kill();
      daemon = await startDaemon(dir, env);
    },
    async stop() {
      await kill();
      await bus.stop();
    },
  };
}

/** Runs `work` with a keyring that ends with it. */
export async function withKeyring<T>(work: (keyring: Keyring) => Promise<T>): Promise<T> {
  const keyring = await startKeyring();
  try {
    return await work(keyring);
  } finally {
    await keyring.stop();
  }
}

const service = '/org/freedesktop/secrets';

// A configuration of our own has no folders of activatable services: a killed keyring stays dead.
async function startBus(dir: string): Promise<OwnedProcess> {
  const config = join(dir, 'bus.conf');
  writeFileSync(config, busConfig(join(dir, 'bus')));
  const bus = startOwned('dbus-daemon', ['--nofork', '--print-address=1', `--config-file=${config}`], {
    env: cleanEnv(),
    stdio: ['ignore', 'pipe', 'ignore'],
    scratch: dir,
  });
  const failed = bus.ended.then(ending => ending.error ?? new Error(`dbus-daemon ended with ${ending.code}`));
  const first = await Promise.race([bus.child.stdout ? once(bus.child.stdout, 'data') : failed, failed]);
  if (first instanceof Error) throw first;
  return bus;
}

function busConfig(socket: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${socket}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;
}

async function startDaemon(dir: string, env: Env): Promise<OwnedProcess> {
  const run = join(dir, 'run');
  mkdirSync(run, { recursive: true, mode: 0o700 });
  const own = { HOME: dir, XDG_DATA_HOME: join(dir, 'data'), XDG_RUNTIME_DIR: run };
  const daemon = startOwned('gnome-keyring-daemon', daemonArguments, {
    env: cleanEnv({ ...own, ...env }),
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  daemon.child.stdin?.on('error', () => undefined).end('password');
  void daemon.ended.then(({ error }) => error && console.error(error.message));
  await waitFor('gnome-keyring-daemon to answer', () => collections(env));
  return daemon;
}

const daemonArguments = ['--foreground', '--unlock', '--components=secrets'];

async function collections(env: Env): Promise<string | undefined> {
  try {
    const reply = await callSecrets(env, 'Service.ReadAlias', 'string:default');
    return reply.includes('/collection/') ? reply : undefined;
  } catch {
    return undefined;
  }
}

async function callSecrets(env: Env, method: string, ...args: string[]): Promise<string> {
  const call = ['--session', '--print-reply', '--dest=org.freedesktop.secrets', service];
  const words = [...call, `org.freedesktop.Secret.${method}`, ...args];
  const { stdout } = await promisify(execFile)('dbus-send', words, { env: cleanEnv(env) });
  return stdout;
}
