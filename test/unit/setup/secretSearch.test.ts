/** The search itself: it must find what is there, or its silence means nothing. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, it } from 'node:test';
import { noteSecret, search, startNoting } from '../../setup/secretSearch.ts';

const folder = mkdtempSync(join(tmpdir(), 'nw-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const KEY = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYabcdefghij';
const TOKEN = `IQoJb3JpZ2luX2Vj${'x'.repeat(400)}/${KEY}`;
const API_KEY = `nw_abcd1234_${'A'.repeat(43)}`;

const cases: [name: string, file: string, content: string | Buffer, found: boolean][] = [
  ['a key in a log', 'logs/a.log', `failed with ${KEY} today`, true],
  ['a key in a binary file', 'data/b.db', Buffer.from(`\0\x01\0${KEY}\0`), true],
  ['a session token', 'c.json', JSON.stringify({ token: TOKEN }), true],
  ['an API key outside of its file', 'd.txt', `Authorization: ${API_KEY}`, true],
  ['an API key in its file', 'no-wing/broker/tokens/abcd1234', API_KEY, false],
  ['a key that a test planted', 'home/.aws/credentials', `aws_secret_access_key = ${KEY}`, false],
  ['something that looks like a key', 'e.txt', KEY.toLowerCase(), false],
];

for (const [name, file, content, found] of cases) {
  it(`${found ? 'finds' : 'does not find'} ${name}`, async () => {
    const here = mkdtempSync(join(folder, 's-'));
    const noted = join(folder, 'noted');
    startNoting(noted);
    noteSecret(KEY, noted);
    noteSecret(TOKEN, noted);
    mkdirSync(dirname(join(here, file)), { recursive: true });
    writeFileSync(join(here, file), content);
    assert.equal(
      (await search(here, noted)).some(hit => hit.file === file),
      found,
    );
  });
}
