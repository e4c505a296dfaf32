/** The start-up files of clients' shells, in a folder for each client that only this user can read. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { keepFile, privateFolder } from './identityFiles.ts';
import type { ShellStartup } from './shellStartup.ts';

export interface ShellFiles {
  folder(clientId: string): string;
  /** @throws the file system's error. */
  write(clientId: string, startup: Pick<ShellStartup, 'files'>): void;
  remove(clientId: string): void;
  /** Removes what windows left behind that ended without a word. */
  sweep(isKept: (clientId: string) => boolean): void;
}

/** @param directory No Wing's data directory. */
export function shellFiles(directory: string): ShellFiles {
  const root = join(directory, 'broker', 'shell');
  const folder = (clientId: string): string => join(root, clientId);
  const remove = (clientId: string): void => rmSync(folder(clientId), { recursive: true, force: true });
  return {
    folder,
    write(clientId, { files }) {
      privateFolder(folder(clientId));
      for (const [name, text] of Object.entries(files)) keepFile(join(folder(clientId), name), text);
    },
    remove,
    sweep(isKept) {
      for (const name of existsSync(root) ? readdirSync(root) : []) if (!isKept(name)) remove(name);
    },
  };
}
