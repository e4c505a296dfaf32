import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { shimFolder, writeShim } from '../../../src/broker/commandShim.ts';

const root = mkdtempSync(join(tmpdir(), 'nw-shim-'));
after(() => rmSync(root, { recursive: true, force: true }));

let number = 0;
/** A program that prints what it was started with, in a folder with an odd name. */
function scene(name = `it's a "$(odd)" \`name\` %x% ü`) {
  number += 1;
  const directory = join(root, String(number), name);
  mkdirSync(directory, { recursive: true });
  const cli = join(directory, 'cli.mjs');
  writeFileSync(
    cli,
    `const { ELECTRON_RUN_AS_NODE: node, NODE_OPTIONS: options } = process.env;
     console.log(JSON.stringify([node, options ?? null, ...process.argv.slice(2)]))`,
  );
  return { directory, cli, execPath: process.execPath };
}

describe('the file of the command', () => {
  it("starts the command with the editor's Node, arguments as they are", () => {
    const path = writeShim(scene());
    const args = ['a b', '', "it's", '$HOME', '--x'];
    const env = { ...process.env, NODE_OPTIONS: '--require=/nonexistent' };
    const { stdout, stderr } = spawnSync(path, args, { encoding: 'utf8', env });
    assert.equal(stderr, '');
    assert.deepEqual(JSON.parse(stdout), ['1', null, ...args]);
  });

  it('lies in a folder of its own, for this user to change and everybody to start', () => {
    const made = scene();
    const path = writeShim(made);
    assert.equal(path, join(shimFolder(made.directory), 'no-wing'));
    assert.equal(statSync(path).mode & 0o777, 0o755);
    assert.equal(statSync(shimFolder(made.directory)).mode & 0o777, 0o700);
  });

  it('is written when the editor has moved, and else left alone', () => {
    const made = scene();
    const path = writeShim(made);
    const before = statSync(path).ino;
    writeShim(made);
    assert.equal(statSync(path).ino, before);
    writeShim({ ...made, execPath: '/elsewhere/node' });
    assert.match(readFileSync(path, 'utf8'), /'\/elsewhere\/node'/);
  });

  it('is mended when it cannot be started, and a link in its place is not followed', () => {
    const made = scene();
    const path = writeShim(made);
    chmodSync(path, 0o600);
    writeShim(made);
    assert.equal(statSync(path).mode & 0o777, 0o755);
    const victim = join(root, 'victim');
    writeFileSync(victim, 'mine');
    rmSync(path);
    symlinkSync(victim, path);
    writeShim(made);
    assert.equal(readFileSync(victim, 'utf8'), 'mine');
    assert.match(readFileSync(path, 'utf8'), /^#!\/bin\/sh/);
  });

  it('on Windows is one that cmd.exe starts', () => {
    const path = writeShim({ ...scene('plain'), execPath: 'C:\\100% Code\\Code.exe', platform: 'win32' });
    assert.match(path, /no-wing\.cmd$/);
    assert.match(
      readFileSync(path, 'utf8'),
      /set ELECTRON_RUN_AS_NODE=1\r\n"C:\\100%% Code\\Code\.exe" ".*" %\*\r\n$/,
    );
  });

  it('is not made of a path that no script can hold', () => {
    const made = scene('plain');
    assert.throws(() => writeShim({ ...made, cli: '/a\nrm -rf /' }), TypeError);
    assert.ok(!existsSync(shimFolder(made.directory)));
  });
});
