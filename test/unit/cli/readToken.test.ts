import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { newApiKey } from '../../../src/broker/apiKey.ts';
import { readToken } from '../../../src/cli/readToken.ts';

const root = mkdtempSync(join(tmpdir(), 'nw-token-'));
after(() => rmSync(root, { recursive: true, force: true }));

const KEY = newApiKey('0123456789ab').reveal();

function place(name: string, text = KEY, mode = 0o600): string {
  const folder = join(root, name);
  mkdirSync(folder, { mode: 0o700 });
  const file = join(folder, 'token');
  writeFileSync(file, text, { mode });
  return file;
}

describe('an API key is read', () => {
  it('from a file of this user alone', () => {
    const token = readToken(place('fine'));
    assert.equal(token?.clientId, '0123456789ab');
    assert.equal(token?.apiKey.reveal(), KEY);
  });

  const REFUSED: readonly [string, () => string][] = [
    ['a file that is not there', () => join(root, 'none', 'token')],
    ['one that others can read', () => place('open', KEY, 0o644)],
    [
      'a folder that others can write to',
      () => {
        const file = place('openFolder');
        chmodSync(join(file, '..'), 0o777);
        return file;
      },
    ],
    [
      'a link',
      () => {
        const file = place('link');
        symlinkSync(file, `${file}.link`);
        return `${file}.link`;
      },
    ],
    [
      'a second name of a file that is something else',
      () => {
        const file = place('hard', 'a private key');
        linkSync(file, `${file}.hard`);
        return `${file}.hard`;
      },
    ],
    ['a folder', () => join(place('folder'), '..')],
    [
      'a pipe, without waiting for a writer',
      () => {
        const pipe = `${place('pipe')}.pipe`;
        execFileSync('mkfifo', ['-m', '600', pipe]);
        return pipe;
      },
    ],
    ['something else', () => place('else', '-----BEGIN OPENSSH PRIVATE KEY-----')],
    ['more than a key', () => place('more', `${KEY}\n${KEY}`)],
    ['a large file', () => place('large', 'x'.repeat(100_000))],
    ['an empty name', () => ''],
  ];
  for (const [what, make] of REFUSED)
    it(`not from ${what}`, () => assert.equal(readToken(make()), undefined));
});
