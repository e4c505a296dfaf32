/**
 * The process that talks to the OS keychain, one small call at a time, for the process that forked it.
 * It is a process of its own because the native module can crash, and because after a restart of the keyring
 * every call fails until the process that makes them is started afresh.
 * It never searches: `findCredentials` crashes on a locked keyring, and on Windows finds by prefix.
 */
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { errorMessage } from '../../base/userError.ts';
import { type Answer, type Operation, type Reply, Request } from './protocol.ts';

const SERVICE = 'no-wing';

process.on('message', message => void reply(message));
// Not process.exit(): that waits for calls under way, and a frozen keyring keeps them for 25 s, a prompt for ever.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

async function reply(message: unknown): Promise<void> {
  const { id, operation } = v.parse(Request, message);
  const answer = await perform(operation);
  // Nobody to tell when the parent has gone: 'disconnect' ends this process then.
  process.send?.({ id, answer } satisfies Reply, undefined, undefined, () => undefined);
}

async function perform(operation: Operation): Promise<Answer> {
  const keytar = await load();
  if ('message' in keytar) return { state: 'unloadable', message: keytar.message };
  try {
    return { state: 'answered', value: await call(keytar, operation) };
  } catch (error) {
    return { state: 'failed', message: errorMessage(error) };
  }
}

type Keytar = Pick<typeof import('keytar'), 'getPassword' | 'setPassword' | 'deletePassword'>;

async function call(keytar: Keytar, operation: Operation): Promise<string | boolean | null> {
  switch (operation.op) {
    case 'get':
      return keytar.getPassword(SERVICE, operation.key);
    case 'set':
      await keytar.setPassword(SERVICE, operation.key, operation.value);
      return null;
    case 'delete':
      return keytar.deletePassword(SERVICE, operation.key);
  }
}

async function load(): Promise<Keytar | { message: string }> {
  try {
    const { default: keytar } = await import('keytar');
    return keytar;
  } catch (error) {
    return { message: whyUnloadable() ?? errorMessage(error) };
  }
}

/** keytar hides why its binary cannot be loaded (most often: libsecret is missing); the loader says it. */
function whyUnloadable(): string | undefined {
  const folder = join(dirname(process.argv[1] ?? ''), 'prebuilds', `${process.platform}-${process.arch}`);
  try {
    process.dlopen({ exports: {} }, join(folder, 'keytar.node'));
    return undefined;
  } catch (error) {
    return errorMessage(error);
  }
}
