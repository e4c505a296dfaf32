/**
 * The `no-wing` command as a file that terminals find: it starts the built command with the editor's own Node, so that
 * nobody needs another. It is written anew when the editor or the extension has moved.
 */
import { chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ShimInput {
  /** No Wing's own. */
  readonly directory: string;
  /** The editor's Node: `process.execPath`. */
  readonly execPath: string;
  /** `dist/cli.js` of the extension. */
  readonly cli: string;
  readonly platform?: NodeJS.Platform;
}

/** The folder to put on a PATH. */
export function shimFolder(directory: string): string {
  return join(directory, 'bin');
}

/** Where it is once a window has started. */
export function shimPath(directory: string, platform: NodeJS.Platform = process.platform): string {
  return join(shimFolder(directory), platform === 'win32' ? 'no-wing.cmd' : 'no-wing');
}

/** @returns the file. @throws the file system's error; TypeError for a path that no script can hold. */
export function writeShim({ directory, execPath, cli, platform = process.platform }: ShimInput): string {
  for (const path of [execPath, cli])
    if (/[\r\n]/.test(path)) throw new TypeError(`Not a path for a script: ${JSON.stringify(path)}`);
  mkdirSync(shimFolder(directory), { recursive: true, mode: 0o700 });
  const path = shimPath(directory, platform);
  const text = platform === 'win32' ? windowsShim(execPath, cli) : posixShim(execPath, cli);
  if (!isUnchanged(path, text)) replace(path, text);
  return path;
}

function posixShim(execPath: string, cli: string): string {
  return `#!/bin/sh
# Made by No Wing. NODE_OPTIONS is for other programs: it could load code into this one.
unset NODE_OPTIONS
ELECTRON_RUN_AS_NODE=1 exec ${posixQuoted(execPath)} ${posixQuoted(cli)} "$@"
`;
}

function windowsShim(execPath: string, cli: string): string {
  return [
    '@echo off',
    'rem Made by No Wing.',
    'setlocal',
    'set NODE_OPTIONS=',
    'set ELECTRON_RUN_AS_NODE=1',
    `${windowsQuoted(execPath)} ${windowsQuoted(cli)} %*`,
    '',
  ].join('\r\n');
}

function posixQuoted(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}

/** A path of Windows has no double quote; a percent sign would be the start of a variable. */
function windowsQuoted(path: string): string {
  return `"${path.replaceAll('%', '%%')}"`;
}

function isUnchanged(path: string, text: string): boolean {
  try {
    const found = lstatSync(path);
    return found.isFile() && (found.mode & 0o777) === MODE && readFileSync(path, 'utf8') === text;
  } catch {
    return false;
  }
}

const MODE = 0o755;

/** Whole or not at all: a shell may be reading it. What stands in its place, a link for one, is not written through. */
function replace(path: string, text: string): void {
  const next = `${path}.${process.pid}`;
  rmSync(next, { force: true });
  writeFileSync(next, text, { mode: MODE, flag: 'wx' });
  chmodSync(next, MODE);
  renameSync(next, path);
}
