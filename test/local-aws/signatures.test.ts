import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { ListUsersCommand } from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { SignatureV4 } from '@smithy/signature-v4';
import { controlOf, type LocalAws, startLocalAws } from './index.ts';
import { agentRequest, agentSession, clientsOf, refusalOf, type TestCredentials } from './testClients.ts';
import { signedFetch } from './testRequests.ts';

let aws: LocalAws;
before(async () => {
  aws = await startLocalAws();
});
after(() => aws.close());

type Clients = ReturnType<typeof clientsOf>;
const protocols: Readonly<Record<string, (by: Clients) => Promise<unknown>>> = {
  query: by => by.sts.send(new GetCallerIdentityCommand({})),
  json: by => by.cloudTrail.send(new LookupEventsCommand({})),
  s3: by => by.s3.send(new ListBucketsCommand({})),
};

describe('refused in the words of its protocol:', () => {
  const invalid = 'The security token included in the request is invalid.';
  const mismatch =
    'The request signature we calculated does not match the signature you provided. Check your';
  const unknown = () => ({ accessKeyId: 'AKIAUNKNOWN000000000', secretAccessKey: 'x' });
  const wrong = () => ({ ...aws.world.alice, secretAccessKey: 'wrong' });
  const badToken = async () => ({ ...(await agentSession(aws)), sessionToken: 'wrong' });
  const expired = async () => {
    const session = await agentSession(aws);
    await aws.control.expireSession(session.accessKeyId);
    return session;
  };
  const cases: readonly [
    what: string,
    protocol: string,
    by: () => TestCredentials | Promise<TestCredentials>,
    name: string,
    message: string,
    status: number,
  ][] = [
    ['an unknown key', 'query', unknown, 'InvalidClientTokenId', invalid, 403],
    ['an unknown key', 'json', unknown, 'UnrecognizedClientException', invalid, 400],
    [
      'an unknown key',
      's3',
      unknown,
      'InvalidAccessKeyId',
      'The AWS Access Key Id you provided does not exist in our records.',
      403,
    ],
    ['a wrong secret', 'query', wrong, 'SignatureDoesNotMatch', `${mismatch} AWS Secret Access Key`, 403],
    ['a wrong secret', 'json', wrong, 'InvalidSignatureException', `${mismatch} AWS Secret Access Key`, 400],
    ['a wrong secret', 's3', wrong, 'SignatureDoesNotMatch', `${mismatch} key and signing method.`, 403],
    ['a wrong session token', 'query', badToken, 'InvalidClientTokenId', invalid, 403],
    ['a wrong session token', 's3', badToken, 'InvalidToken', 'The provided token is malformed', 400],
    [
      'an expired session',
      'query',
      expired,
      'ExpiredToken',
      'The security token included in the request is expired',
      403,
    ],
    [
      'an expired session',
      'json',
      expired,
      'ExpiredTokenException',
      'The security token included in the request is expired',
      400,
    ],
    ['an expired session', 's3', expired, 'ExpiredToken', 'The provided token has expired.', 400],
  ];
  for (const [what, protocol, by, name, message, status] of cases) {
    it(`${what}, ${protocol}`, async () => {
      const call = protocols[protocol];
      assert(call !== undefined);
      const refused = await refusalOf(call(clientsOf(aws, await by())));
      assert.equal(refused.name, name);
      assert(refused.message.startsWith(message), refused.message);
      assert.equal(refused.status, status);
    });
  }

  it('a request without a signature', async () => {
    const query = await fetch(`${aws.endpoint}/?Action=GetCallerIdentity`);
    assert.equal(query.status, 403);
    assert.match(await query.text(), /<Code>MissingAuthenticationToken<\/Code>/);
    assert.match(await (await fetch(`${aws.endpoint}/bucket/key`)).text(), /<Code>AccessDenied<\/Code>/);
    const target = { 'x-amz-target': 'DynamoDB_20120810.ListTables' };
    assert.match(
      await (await fetch(aws.endpoint, { method: 'POST', headers: target, body: '{}' })).text(),
      /MissingAuthenticationTokenException/,
    );
  });

  it('none of which CloudTrail hears of', async () => {
    assert.deepEqual(
      (await aws.control.records()).filter(event => /Signature|Token/.test(String(event['errorCode']))),
      [],
    );
  });
});

describe('accepted', () => {
  it('signatures of another hand, in every protocol', async () => {
    const requests: Parameters<typeof signedFetch>[2][] = [
      { service: 'iam', form: { Action: 'ListUsers', Version: '2010-05-08' } },
      { service: 'dynamodb', target: 'DynamoDB_20120810.ListTables', body: {} },
      { service: 'lambda', path: '/2015-03-31/functions/' },
      { service: 's3', path: '/', headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } },
    ];
    for (const request of requests) {
      const { status, text } = await signedFetch(aws, aws.world.alice, request);
      assert.equal(status, 200, text);
    }
  });

  it('presigned URLs, while they last', async () => {
    const { s3 } = clientsOf(aws, aws.world.alice);
    await s3.send(new CreateBucketCommand({ Bucket: 'presigned' }));
    await s3.send(new PutObjectCommand({ Bucket: 'presigned', Key: 'a b/ü.txt', Body: 'hello' }));
    const got = await s3.send(new GetObjectCommand({ Bucket: 'presigned', Key: 'a b/ü.txt' }));
    assert.equal(await got.Body?.transformToString(), 'hello');
    const sign = async (signingDate: Date, secretAccessKey = aws.world.alice.secretAccessKey) => {
      const { host, port } = new URL(aws.endpoint);
      const credentials = { ...aws.world.alice, secretAccessKey };
      const signer = new SignatureV4({
        service: 's3',
        region: 'us-east-1',
        credentials,
        uriEscapePath: false,
        sha256: s3.config.sha256,
      });
      const path = '/presigned/a%20b/%C3%BC.txt';
      const bare = {
        method: 'GET',
        protocol: 'http:',
        hostname: 'localhost',
        port: Number(port),
        path,
        query: {},
      };
      const headers = { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
      const hidden = new Set(['x-amz-content-sha256']);
      const signed = await signer.presign(
        { ...bare, headers },
        { signingDate, expiresIn: 60, unsignableHeaders: hidden, unhoistableHeaders: hidden },
      );
      return `${aws.endpoint}${path}?${new URLSearchParams(signed.query as Record<string, string>)}`;
    };
    assert.equal(await (await fetch(await sign(new Date()))).text(), 'hello');
    assert.match(
      await (await fetch(await sign(new Date(Date.now() - 61_000)))).text(),
      /Request has expired/,
    );
    assert.match(await (await fetch(await sign(new Date(), 'wrong'))).text(), /SignatureDoesNotMatch/);
  });
});

describe('clocks that differ', () => {
  const skewed = async (ms: number, call: () => Promise<void>) => {
    await aws.control.setClockOffset(ms);
    try {
      await call();
    } finally {
      await aws.control.setClockOffset(0);
    }
  };
  const cases: readonly [protocol: string, offset: number, name: string, message: RegExp][] = [
    [
      'query',
      16 * 60_000,
      'SignatureDoesNotMatch',
      /^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 15 min\.\)$/,
    ],
    [
      'query',
      -16 * 60_000,
      'SignatureDoesNotMatch',
      /^Signature not yet current: \S+ is still later than \S+ \(\S+ \+ 15 min\.\)$/,
    ],
    ['json', 16 * 60_000, 'InvalidSignatureException', /^Signature expired/],
    [
      's3',
      16 * 60_000,
      'RequestTimeTooSkewed',
      /^The difference between the request time and the current time is too large\.$/,
    ],
  ];
  for (const [protocol, offset, name, message] of cases) {
    it(`by ${offset / 60_000} minutes are refused, ${protocol}`, () =>
      skewed(offset, async () => {
        const refused = await refusalOf(
          protocols[protocol]?.(clientsOf(aws, aws.world.alice)) ?? Promise.resolve(),
        );
        assert.equal(refused.name, name);
        assert.match(refused.message, message);
      }));
  }
  it('by 14 minutes are not, and a client that retries finds the right time', async () => {
    await skewed(14 * 60_000, async () => void (await protocols['query']?.(clientsOf(aws, aws.world.alice))));
    const { endpoint, world } = aws;
    const patient = new STSClient({ endpoint, region: world.region, credentials: world.alice });
    await skewed(3600_000, async () => void (await patient.send(new GetCallerIdentityCommand({}))));
  });
});

describe('failures', () => {
  const control = () => controlOf(aws.endpoint);
  after(() => aws.control.clearFailures());

  it('come as often as asked for, and to the operation named', async () => {
    await control().fail({ service: 'sts', operation: 'AssumeRole', times: 1, kind: 'throttle' });
    const { sts } = clientsOf(aws, aws.world.alice);
    await sts.send(new GetCallerIdentityCommand({}));
    assert.deepEqual(await refusalOf(sts.send(new AssumeRoleCommand(agentRequest(aws)))), {
      name: 'Throttling',
      message: 'Rate exceeded',
      status: 400,
    });
    await sts.send(new AssumeRoleCommand(agentRequest(aws)));
  });
  it('can be errors of the server, in the protocol of the caller', async () => {
    await control().fail({ service: 's3', kind: '500', times: 1 });
    assert.equal(
      (await refusalOf(clientsOf(aws, aws.world.alice).s3.send(new ListBucketsCommand({})))).status,
      500,
    );
  });
  it('can cut the connection or leave it hanging', async () => {
    await control().fail({ service: 'iam', kind: 'drop', times: 1 });
    const { iam } = clientsOf(aws, aws.world.alice);
    assert.match((await refusalOf(iam.send(new ListUsersCommand({})))).message, /socket hang up|ECONNRESET/);
    await control().fail({ service: 'iam', kind: 'hang' });
    const abortSignal = AbortSignal.timeout(100);
    assert.match(
      (await refusalOf(iam.send(new ListUsersCommand({}), { abortSignal }))).name,
      /Abort|Timeout/,
    );
    await control().clearFailures();
    await iam.send(new ListUsersCommand({}));
  });
  it('count as requests, which can be counted from another process', async () => {
    const before = (await control().requests())['sts']?.['GetCallerIdentity'] ?? 0;
    await clientsOf(aws, aws.world.alice).sts.send(new GetCallerIdentityCommand({}));
    assert.equal((await control().requests())['sts']?.['GetCallerIdentity'], before + 1);
    assert.equal((await control().records({ eventName: 'GetCallerIdentity' })).length > 0, true);
    await assert.rejects(control().expireSession('ASIANOBODY'), /No such access key/);
  });
});
