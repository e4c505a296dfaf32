/** Files of API keys: for this user alone, replaced whole, never written through something that was put in their place. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Secret } from '../../../src/base/secret.ts';
import { UserError } from '../../../src/base/userError.ts';
import { createTokenFiles, type TokenFileState, type TokenFiles } from '../../../src/broker/tokenFiles.ts';

const ID = 'abcdef012345';
let folder: string;
let files: TokenFiles;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'no-wing-'));
  files = createTokenFiles(folder);
  path = files.path(ID);
  files.write(ID, new Secret('first'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const mode = (of: string) => lstatSync(of).mode & 0o777;

interface InPlace {
  readonly name: string;
  readonly put: () => void;
  readonly state: TokenFileState;
}

const victim = () => {
  const file = join(folder, 'victim');
  writeFileSync(file, 'precious', { mode: 0o600 });
  return file;
};

const IN_PLACE: readonly InPlace[] = [
  { name: 'nothing', put: () => unlinkSync(path), state: 'missing' },
  {
    name: 'a link',
    put: () => {
      unlinkSync(path);
      symlinkSync(victim(), path);
    },
    state: 'exposed',
  },
  {
    name: 'a link to nowhere',
    put: () => {
      unlinkSync(path);
      symlinkSync('/nowhere/at/all', path);
    },
    state: 'exposed',
  },
  {
    name: 'a folder with something in it',
    put: () => {
      unlinkSync(path);
      mkdirSync(path);
      writeFileSync(join(path, 'inside'), 'theirs');
    },
    state: 'exposed',
  },
  {
    name: 'a pipe',
    put: () => {
      unlinkSync(path);
      execFileSync('mkfifo', [path]);
    },
    state: 'exposed',
  },
  { name: 'a file that the group can read', put: () => chmodSync(path, 0o640), state: 'exposed' },
  { name: 'a file that everybody can read', put: () => chmodSync(path, 0o644), state: 'exposed' },
  { name: 'a file that everybody can write', put: () => chmodSync(path, 0o602), state: 'exposed' },
  { name: 'a file with a second name', put: () => linkSync(path, join(folder, 'second')), state: 'exposed' },
];

describe('a key file', () => {
  it('is for this user alone, and so are its folders', () => {
    assert.equal(files.look(ID), 'fine');
    assert.deepEqual([path, join(path, '..'), join(path, '../..')].map(mode), [0o600, 0o700, 0o700]);
    assert.equal(readFileSync(path, 'utf8'), 'first');
  });

  for (const { name, put, state } of IN_PLACE) {
    it(`with ${name} in its place is ${state}, and is replaced by a file of ours`, () => {
      put();
      assert.equal(files.look(ID), state);
      files.write(ID, new Secret('second'));
      assert.equal(files.look(ID), 'fine');
      assert.equal(readFileSync(path, 'utf8'), 'second');
      assert.equal(mode(path), 0o600);
      assert.ok(!readdirSync(folder).includes('victim') || readFileSync(victimPath(), 'utf8') === 'precious');
    });
  }

  it('leaves nothing else behind when it is replaced', () => {
    files.write(ID, new Secret('second'));
    assert.deepEqual(readdirSync(join(path, '..')), [ID]);
  });

  it('is not written into a folder that others can open', () => {
    chmodSync(join(path, '..'), 0o755);
    assertRefused();
  });

  it('is not written into a folder that is a link', () => {
    rmSync(join(path, '..'), { recursive: true });
    mkdirSync(join(folder, 'elsewhere'), { mode: 0o700 });
    symlinkSync(join(folder, 'elsewhere'), join(path, '..'));
    assertRefused();
    assert.deepEqual(readdirSync(join(folder, 'elsewhere')), []);
  });

  it('can be removed again and again, also when a folder is in its place', () => {
    files.remove(ID);
    files.remove(ID);
    assert.equal(files.look(ID), 'missing');
    mkdirSync(path);
    files.remove(ID);
  });

  it('is judged on Windows without modes', () => {
    chmodSync(path, 0o644);
    assert.equal(createTokenFiles(folder, 'win32').look(ID), 'fine');
    unlinkSync(path);
    assert.equal(createTokenFiles(folder, 'win32').look(ID), 'missing');
  });
});

function victimPath(): string {
  return join(folder, 'victim');
}

function assertRefused(): void {
  assert.throws(
    () => files.write(ID, new Secret('second')),
    error => error instanceof UserError && error.code === 'broker.tokenFile' && error.hint !== undefined,
  );
}
