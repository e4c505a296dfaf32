/** The guardrail file of this computer: where it is, and how such files are read. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { errorName } from '../../base/userError.ts';
import type { MachineFile } from './policySources.ts';

export const MACHINE_FILE = 'guardrails.yaml';

/** @param setting the path that a person chose; empty for the one in No Wing's own folder. */
export function machineFile(setting: string, directory: string): MachineFile {
  const chosen = setting.trim();
  return chosen === ''
    ? { path: join(directory, MACHINE_FILE), isChosen: false }
    : { path: chosen, isChosen: true };
}

const MOST_BYTES = 256 * 1024;

/** @returns undefined when there is none. @throws when it is there and cannot be read. */
export async function readGuardrailText(path: string): Promise<string | undefined> {
  // Without waiting: opening a pipe would, until somebody writes into it.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((error: unknown) => {
    if (/^(?:ENOENT|ENOTDIR)$/.test(errorName(error))) return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
  try {
    const about = await file.stat();
    // A workspace may put there what never ends: a pipe, a link to a device.
    if (!about.isFile()) throw new Error('it is not a file');
    if (about.size > MOST_BYTES) throw new Error('it is far too large');
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}
