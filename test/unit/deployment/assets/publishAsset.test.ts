import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UserError } from '../../../../src/base/userError.ts';
import { publishAsset, requireAsset } from '../../../../src/deployment/assets/publishAsset.ts';
import { sha256 } from '../../../../src/deployment/plan.ts';
import { awsError, type FakeStore, fakeStore } from './fakeStore.ts';

const BODY = Buffer.from('the code');
const ASSET = { name: 'Code', bucket: 'b', key: 'k.zip', accountId: '111122223333', sha256: sha256(BODY) };
const run = { who: 'copilot in account 1111-2222-3333, eu-west-1', signal: new AbortController().signal };
const body = async (): Promise<Uint8Array> => BODY;
const unread = (): Promise<never> => Promise.reject(new Error('read for nothing'));
const code =
  (expected: string, message = /./) =>
  (error: unknown) =>
    error instanceof UserError && error.code === expected && message.test(error.message);

describe('an asset', () => {
  it('is published once', async () => {
    const store = fakeStore();
    assert.equal(await publishAsset(store, ASSET, body, run), 'published');
    assert.equal(await publishAsset(store, ASSET, unread, run), 'present');
    await requireAsset(store, ASSET, run);
    assert.deepEqual(store.puts, ['b/k.zip']);
  });

  it('under whose name something else lies is published over that, and is not taken for published', async () => {
    const store = fakeStore();
    store.objects.set('b/k.zip', 'of something else');
    await assert.rejects(
      requireAsset(store, ASSET, run),
      code('assets.gone', /Code does not lie in the bucket b/),
    );
    assert.equal(await publishAsset(store, ASSET, body, run), 'published');
  });

  it('of which S3 does not tell what lies there is published again, and is not taken for published', async () => {
    const store = fakeStore();
    store.isSilent = true;
    assert.equal(await publishAsset(store, ASSET, body, run), 'published');
    await assert.rejects(requireAsset(store, ASSET, run), code('assets.gone', /./));
  });

  it('that is another one by now than when it was planned is not published', async () => {
    const store = fakeStore();
    await assert.rejects(
      publishAsset(store, ASSET, async () => Buffer.from('evil'), run),
      code('assets.changed'),
    );
    assert.deepEqual(store.puts, []);
  });

  const bad: [string, Error, string, RegExp][] = [
    [
      'there is no bucket',
      awsError('NoSuchBucket'),
      'assets.noBucket',
      /^copilot in .* account 111122223333 has no bucket b/,
    ],
    [
      'it is denied',
      awsError('AccessDenied', 'User: x is not authorized to perform: s3:PutObject'),
      'deployment.denied',
      /copilot in .* Code into the bucket b/,
    ],
    ['the network is gone', awsError('ENOTFOUND'), 'deployment.awsUnreachable', /Code/],
    ['the session has ended', awsError('ExpiredToken'), 'deployment.sessionExpired', /Code/],
  ];
  for (const [what, error, expected, message] of bad) {
    it(`says so when ${what}`, async () => {
      const store: FakeStore = fakeStore();
      store.fails = error;
      await assert.rejects(publishAsset(store, ASSET, body, run), code(expected, message));
    });
  }
});
