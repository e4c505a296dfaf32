/** A window in a process of its own, which can be killed: the real features, with a broker that tells how it stands. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLog } from '../../src/base/log.ts';
import { createFeatures, type Features } from '../../src/features.ts';

/** A keychain that processes share: a file, since nothing here is secret. */
function fileStorage(file: string) {
  const read = (): Record<string, string> => {
    try {
      return JSON.parse(readFileSync(file, 'utf8'));
    } catch {
      return {};
    }
  };
  const write = (entries: Record<string, string>): void => writeFileSync(file, JSON.stringify(entries));
  return {
    get: async (key: string) => read()[key],
    store: async (key: string, value: string) => write({ ...read(), [key]: value }),
    delete: async (key: string) => {
      const { [key]: _gone, ...others } = read();
      write(others);
    },
  };
}

export function openWindow(directory: string, endpoint: string): Features {
  return createFeatures({
    directory,
    keychainWorker: '',
    trailWorker: '',
    log: silentLog,
    endpointUrl: () => endpoint,
    keychainBackend: () => 'secretStorage',
    secretStorage: fileStorage(join(directory, 'keychain.json')),
    workspace: () => 'orders',
  });
}

if (process.send) {
  const [directory = '', endpoint = ''] = process.argv.slice(2);
  const { broker } = openWindow(directory, endpoint);
  broker.onChange(state => process.send?.(state));
  broker.start();
}
