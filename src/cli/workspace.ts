/** The name of the workspace a folder is in, as the window names it: the folder with the repository or the settings. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const SIGNS = ['.git', '.vscode'];

export function workspaceOf(folder: string, exists: (path: string) => boolean = existsSync): string {
  for (let here = folder; ; here = dirname(here)) {
    if (SIGNS.some(sign => exists(join(here, sign)))) return basename(here);
    if (dirname(here) === here) return basename(folder) || 'no workspace';
  }
}
