import assert from 'node:assert/strict';
import * as nodeFs from 'node:fs';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { UserError } from '../../../../src/base/userError.ts';
import {
  type FileSystem,
  readConfig,
  removeConfig,
  writeConfig,
} from '../../../../src/broker/agents/configFile.ts';
import { scratchFolder } from '../../../setup/scratchFolder.ts';

const OLD = 'the old text\n';
const NEW = 'the new text\n';

function fail(code: string): () => never {
  return () => {
    throw Object.assign(new Error(`${code}: of a test`), { code });
  };
}

function scene(text: string | undefined = OLD): { folder: string; path: string } {
  const folder = scratchFolder();
  const path = join(folder, 'settings.json');
  if (text !== undefined) writeFileSync(path, text, { mode: 0o640 });
  return { folder, path };
}

function refused(work: () => unknown, code: string, told: RegExp): void {
  assert.throws(work, error => {
    assert.ok(error instanceof UserError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, told);
    return true;
  });
}

describe('a file is written whole or not at all', () => {
  const trouble: Readonly<Record<string, Partial<FileSystem>>> = {
    'the disk is full': { writeFileSync: fail('ENOSPC') },
    'the disk is full at the end': { fsyncSync: fail('ENOSPC') },
    'the folder is read-only': { openSync: fail('EROFS') },
    'it is locked': { renameSync: fail('EBUSY') },
    'the mode cannot be kept': { fchmodSync: fail('EPERM') },
  };
  for (const [what, fs] of Object.entries(trouble))
    it(what, () => {
      const { folder, path } = scene();
      refused(
        () => writeConfig(readConfig(path), NEW, { ...nodeFs, ...fs }),
        'agent.file',
        /could not be written \(E\w+\)\. Nothing was written/,
      );
      assert.equal(readFileSync(path, 'utf8'), OLD);
      assert.deepEqual(readdirSync(folder), ['settings.json']);
    });

  it('with its mode; a new one is for this user alone', () => {
    const { path } = scene();
    writeConfig(readConfig(path), NEW);
    assert.deepEqual([readFileSync(path, 'utf8'), statSync(path).mode & 0o777], [NEW, 0o640]);
    const fresh = join(scratchFolder(), '.tool', 'deep', 'settings.json');
    writeConfig(readConfig(fresh), NEW);
    assert.deepEqual([readFileSync(fresh, 'utf8'), statSync(fresh).mode & 0o777], [NEW, 0o600]);
  });

  it('with its group, or not', () => {
    const { path } = scene();
    const given: number[] = [];
    const lstatSync = ((...args: Parameters<typeof nodeFs.lstatSync>) => {
      const stat = nodeFs.lstatSync(...args);
      return stat && args[0] === path ? Object.assign(stat, { gid: 4321 }) : stat;
    }) as FileSystem['lstatSync'];
    const chownSync: FileSystem['chownSync'] = (_, __, gid) => void given.push(gid);
    writeConfig(readConfig(path), NEW, { ...nodeFs, lstatSync, chownSync });
    assert.deepEqual(given, [4321]);
    const refusing = { ...nodeFs, lstatSync, chownSync: fail('EPERM') };
    refused(() => writeConfig(readConfig(path), OLD, refusing), 'agent.file', /EPERM/);
    assert.equal(readFileSync(path, 'utf8'), NEW);
  });
});

describe('a file that is no longer as it was read is left alone', () => {
  const since: Readonly<Record<string, (path: string) => void>> = {
    'another text': path => writeFileSync(path, 'theirs\n'),
    'it is gone': path => nodeFs.rmSync(path),
  };
  for (const [what, happen] of Object.entries(since))
    for (const act of [(file: ReturnType<typeof readConfig>) => writeConfig(file, NEW), removeConfig])
      it(`${what}: ${act.name || 'write'}`, () => {
        const { folder, path } = scene();
        const file = readConfig(path);
        happen(path);
        const left = readdirSync(folder);
        refused(() => act(file), 'agent.fileChanged', /was changed meanwhile\. Nothing was written/);
        assert.deepEqual(readdirSync(folder), left);
      });

  it('it is there now', () => {
    const { path } = scene('');
    nodeFs.rmSync(path);
    const file = readConfig(path);
    writeFileSync(path, OLD);
    refused(() => writeConfig(file, NEW), 'agent.fileChanged', /meanwhile/);
    assert.equal(readFileSync(path, 'utf8'), OLD);
  });
});

describe('a file that is not this user’s', () => {
  it('is not read, and so not written', () => {
    const { path } = scene();
    const lstatSync = ((...args: Parameters<typeof nodeFs.lstatSync>) => {
      const stat = nodeFs.lstatSync(...args);
      return stat && Object.assign(stat, { uid: 4321 });
    }) as FileSystem['lstatSync'];
    refused(() => readConfig(path, { ...nodeFs, lstatSync }), 'agent.file', /belongs to somebody else/);
  });

  it('nor one that may not be read', () => {
    const { path } = scene();
    refused(
      () => readConfig(path, { ...nodeFs, readFileSync: fail('EACCES') }),
      'agent.file',
      /cannot be read \(EACCES\)/,
    );
  });

  it('nor what is no file', () => {
    const { folder } = scene();
    mkdirSync(join(folder, 'x'));
    refused(() => readConfig(join(folder, 'x')), 'agent.file', /is not a file/);
  });
});
