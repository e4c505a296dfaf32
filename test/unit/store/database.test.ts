import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openDatabase } from '../../../src/store/database.ts';
import { dataDirectory } from '../../../src/store/dataDirectory.ts';

describe('the store', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'no-wing-'));
    file = join(folder, 'deep', 'store.db');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is readable by its owner alone', { skip: process.platform === 'win32' }, () => {
    openDatabase(file).close();
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(join(folder, 'deep')).mode & 0o777, 0o700);
  });

  it('is migrated once, however often and by however many windows it is opened', () => {
    const [one, two] = [openDatabase(file), openDatabase(file)];
    one.run("INSERT INTO keychain_entry VALUES ('a', 'os', 1)");
    assert.equal(two.all('SELECT * FROM keychain_entry').length, 1);
    one.close();
    two.close();
    openDatabase(file).close();
  });

  it('reads in a snapshot what was there when it began, and after it what is there now', () => {
    const [one, two] = [openDatabase(file), openDatabase(file)];
    const count = (): number => two.all('SELECT * FROM keychain_entry').length;
    const write = (name: string): number =>
      one.run('INSERT INTO keychain_entry VALUES (?, ?, 1)', name, 'os');
    const seen = two.snapshot(() => {
      const before = count();
      write('a');
      return [before, count(), two.snapshot(count)];
    });
    assert.deepEqual(seen, [0, 0, 0]);
    assert.equal(count(), 1);
    assert.throws(
      () =>
        two.snapshot(() => {
          throw new Error('stop');
        }),
      /stop/,
    );
    write('b');
    assert.equal(count(), 2, 'one that failed has ended');
    assert.equal(
      two.transaction(() => two.snapshot(count)),
      2,
    );
    one.close();
    two.close();
  });

  it('tells when another window has written', () => {
    const [one, two] = [openDatabase(file), openDatabase(file)];
    const before = two.version();
    one.run("INSERT INTO keychain_entry VALUES ('a', 'os', 1)");
    assert.notEqual(two.version(), before);
    one.close();
    two.close();
  });

  it('undoes a transaction that fails', () => {
    const db = openDatabase(file);
    assert.throws(() =>
      db.transaction(() => {
        db.run("INSERT INTO keychain_entry VALUES ('a', 'os', 1)");
        throw new Error('in the middle');
      }),
    );
    assert.deepEqual(db.all('SELECT * FROM keychain_entry'), []);
    db.close();
  });

  it('says so when the file is no database, and does not touch it', () => {
    const broken = join(folder, 'broken.db');
    writeFileSync(broken, 'not a database '.repeat(100));
    assert.throws(() => openDatabase(broken), { code: 'store.unusable' });
    assert.equal(statSync(broken).size, 1500);
  });

  it('says so when a newer version has written it', () => {
    const db = openDatabase(file);
    db.run('PRAGMA user_version = 999');
    db.close();
    assert.throws(() => openDatabase(file), { code: 'store.newer' });
  });
});

describe('the data directory', () => {
  const CASES: readonly [NodeJS.Platform, NodeJS.ProcessEnv, string][] = [
    ['linux', {}, join('/home/a', '.local', 'share', 'no-wing')],
    ['linux', { XDG_DATA_HOME: '/data' }, join('/data', 'no-wing')],
    ['darwin', {}, join('/home/a', 'Library', 'Application Support', 'no-wing')],
    ['win32', { LOCALAPPDATA: 'C:\\Local' }, join('C:\\Local', 'no-wing')],
  ];
  for (const [platform, env, expected] of CASES) {
    it(`${platform} ${JSON.stringify(env)}`, () =>
      assert.equal(dataDirectory(env, platform, '/home/a'), expected));
  }
});
