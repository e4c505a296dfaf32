import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, symlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { strFromU8, unzipSync } from 'fflate';
import { UserError } from '../../../../src/base/userError.ts';
import { zipFolder } from '../../../../src/deployment/assets/zipFolder.ts';
import { sha256 } from '../../../../src/deployment/plan.ts';
import { unpacked } from '../cdk/assemblies.ts';

const FILES = { 'b/index.js': 'exports.a = 1;', 'a.txt': 'hello', '.env': 'A=1', 'ä/ü.txt': 'umlauts' };

describe('a packed folder', () => {
  it('has all files, hidden ones too', async () => {
    const entries = Object.entries(unzipSync(await zipFolder(unpacked(FILES), 'code')));
    assert.deepEqual(Object.fromEntries(entries.map(([name, bytes]) => [name, strFromU8(bytes)])), FILES);
  });

  it('is the same whenever, wherever and in whatever order its files were made', async () => {
    const [one, other] = [unpacked(FILES), unpacked(Object.fromEntries(Object.entries(FILES).reverse()))];
    utimesSync(join(other, 'a.txt'), 1, 1);
    const hash = sha256(await zipFolder(one, 'code'));
    assert.equal(sha256(await zipFolder(other, 'code')), hash);
    // What was published yesterday is found by its hash tomorrow: a new version of the library must not change it.
    assert.equal(hash, 'b897c6e815c9a2368951258441c02c8488944a333f641b76d3ce182884f2eed0');
  });

  it('differs by content, by name and by who may execute it', async () => {
    const folder = unpacked(FILES);
    const before = sha256(await zipFolder(folder, 'code'));
    chmodSync(join(folder, 'b/index.js'), 0o755);
    const executable = sha256(await zipFolder(folder, 'code'));
    const renamed = sha256(
      await zipFolder(unpacked({ ...FILES, 'a.txt': undefined, 'c.txt': 'hello' }), 'code'),
    );
    assert.equal(new Set([before, executable, renamed]).size, 3);
  });

  it('of large files is whole', async () => {
    const text = Array.from({ length: 60_000 }, (_, index) => `line ${index}`).join('\n');
    const [bytes] = Object.values(unzipSync(await zipFolder(unpacked({ 'large.txt': text }), 'code')));
    assert.ok(bytes && strFromU8(bytes) === text);
  });

  it('follows links within it, and refuses those that lead out', async () => {
    const folder = unpacked(FILES);
    symlinkSync('a.txt', join(folder, 'link.txt'));
    assert.equal(
      strFromU8(unzipSync(await zipFolder(folder, 'code'))['link.txt'] ?? new Uint8Array()),
      'hello',
    );
    symlinkSync(mkdtempSync(join(tmpdir(), 'nw-out-')), join(folder, 'out'));
    await refused(folder, 'assets.linkLeadsOut');
  });

  it('that contains itself by links comes to an end', async () => {
    const folder = unpacked(FILES);
    symlinkSync('.', join(folder, 'again'));
    symlinkSync('.', join(folder, 'and-again'));
    await refused(folder, 'assets.tooLarge');
  });
});

async function refused(folder: string, code: string): Promise<void> {
  await assert.rejects(
    zipFolder(folder, 'code'),
    (error: unknown) => error instanceof UserError && error.code === code,
  );
}
