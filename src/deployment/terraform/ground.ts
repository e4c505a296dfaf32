/**
 * The files that a deployment may read: those that really lie in one folder. A link that leads out of it is refused, not
 * followed: whoever may write there could otherwise have any file of this user taken along.
 */
import { constants } from 'node:fs';
import { lstat, open, readdir, realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import { errorName, UserError } from '../../base/userError.ts';

export interface Ground {
  /** @throws UserError `terraform.outside`, `terraform.notFound` */
  read(path: string): Promise<Buffer>;
  /** In order. @throws as `read` */
  names(folder: string): Promise<string[]>;
  /** `none` also for pipes and devices. @throws UserError `terraform.outside` */
  kindOf(path: string): Promise<'file' | 'folder' | 'none'>;
}

export async function openGround(folder: string): Promise<Ground> {
  const top = await realpath(folder);
  const inside = async (path: string): Promise<string> => {
    const real = await found(path, () => realpath(path));
    if (real !== top && !real.startsWith(top.endsWith(sep) ? top : top + sep)) throw outside(path, real, top);
    return real;
  };
  return {
    read: async path => {
      const real = await inside(path);
      return found(path, () => readPlain(real));
    },
    names: async path => {
      const real = await inside(path);
      return (await found(path, () => readdir(real))).sort();
    },
    kindOf: async path => {
      const there = await lstat(path).catch(() => undefined);
      if (there === undefined) return 'none';
      const state = await lstat(await inside(path));
      return state.isFile() ? 'file' : state.isDirectory() ? 'folder' : 'none';
    },
  };
}

/** Neither a link that was put there meanwhile nor a pipe that never ends. */
async function readPlain(path: string): Promise<Buffer> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = await open(path, O_RDONLY | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0));
  try {
    if (!(await file.stat()).isFile()) throw new Error(`${path} is not a plain file`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

async function found<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new UserError('terraform.notFound', `${path} cannot be read (${errorName(cause)}).`, {
      hint: 'Check that it is there and that you may read it. Nothing was planned.',
      cause,
    });
  }
}

function outside(path: string, real: string, top: string): UserError {
  return new UserError(
    'terraform.outside',
    `${path} leads out of the workspace folder, to ${real}: it is not taken along.`,
    { hint: `Keep what the configuration uses in ${top}, or open the folder that has both.` },
  );
}
