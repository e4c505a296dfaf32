/** What may be sent to the broker's port: byte by byte, by pages, by neighbours; nothing but the right request gets anything. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Client } from '../../src/broker/client.ts';
import { agentClient, apiKeyOf, ask, orderFor, send, serving } from './brokerRequests.ts';
import { type Computer, openComputer, type Person } from './computer.ts';

let computer: Computer;
let person: Person;
let port: number;
let client: Client;
let key: string;

before(async () => {
  computer = await openComputer({ keychain: 'secretStorage' });
  person = await computer.person();
  port = await serving(person.features);
});
after(() => computer.close());

beforeEach(async () => {
  client = await agentClient(person);
  key = apiKeyOf(client);
});

/** Nothing of a session, and nothing that lets a page read the answer. */
function assertNothing(text: string): void {
  for (const secret of ['AccessKeyId', 'SecretAccessKey', 'ASIA', computer.aws.world.alice.secretAccessKey])
    assert.ok(!text.includes(secret), text);
  assert.doesNotMatch(text, /^HTTP\/1\.1 [23]/m);
  assert.doesNotMatch(text, /access-control-allow|location:/i);
}

async function assertStillServes(): Promise<void> {
  const { status, text } = await ask(port, key);
  assert.equal(status, 200, text);
}

interface Bytes {
  readonly name: string;
  /** Complete, with its blank line; `HOST` and `KEY` stand for the right ones. */
  readonly text: string;
}

const get = (path: string, ...headers: string[]): string =>
  [`GET ${path} HTTP/1.1`, ...headers, '', ''].join('\r\n');
const right = (...headers: string[]): string =>
  get('/v1/credentials', 'Host: HOST', 'Authorization: KEY', ...headers);
const hosted = (...hosts: string[]): string =>
  get('/v1/credentials', ...hosts.map(host => `Host: ${host}`), 'Authorization: KEY');
const onPath = (path: string): string => get(path, 'Host: HOST', 'Authorization: KEY');
const withMethod = (method: string): string => right().replace('GET', method);

const REFUSED: readonly Bytes[] = [
  { name: 'no Host at all', text: get('/v1/credentials', 'Authorization: KEY') },
  { name: 'HTTP/1.0 without Host', text: 'GET /v1/credentials HTTP/1.0\r\nAuthorization: KEY\r\n\r\n' },
  { name: 'HTTP/0.9', text: 'GET /v1/credentials\r\n\r\n' },
  { name: 'a rebound name', text: hosted('evil.com') },
  { name: 'a rebound name with our port', text: hosted('evil.com:PORT') },
  { name: 'localhost', text: hosted('localhost:PORT') },
  { name: 'a public name of 127.0.0.1', text: hosted('127.0.0.1.nip.io:PORT') },
  { name: 'another port', text: hosted('127.0.0.1:1') },
  { name: 'no port', text: hosted('127.0.0.1') },
  { name: 'IPv6', text: hosted('[::1]:PORT') },
  { name: 'our address as one number', text: hosted('2130706433:PORT') },
  { name: 'any address', text: hosted('0.0.0.0:PORT') },
  { name: 'a user in the Host', text: hosted('127.0.0.1:PORT@evil.com') },
  { name: 'two Hosts, ours first', text: hosted('HOST', 'evil.com') },
  { name: 'two Hosts, ours last', text: hosted('evil.com', 'HOST') },
  { name: 'Host folded over two lines', text: right().replace('Host: HOST', 'Host:\r\n HOST') },
  { name: 'a blank before the colon', text: right().replace('Host:', 'Host :') },

  { name: "a page's Origin", text: right('Origin: https://evil.com') },
  { name: 'Origin null', text: right('Origin: null') },
  { name: 'an extension of an editor', text: right('Origin: vscode-webview://x') },
  { name: "a browser's navigation", text: right('Sec-Fetch-Mode: navigate') },
  {
    name: 'a preflight',
    text: withMethod('OPTIONS').replace('\r\n\r\n', '\r\nAccess-Control-Request-Method: GET\r\n\r\n'),
  },

  ...['POST', 'PUT', 'DELETE', 'HEAD', 'TRACE', 'PATCH', 'OPTIONS', 'CONNECT', 'BREW', 'get'].map(method => ({
    name: `the method ${method}`,
    text: withMethod(method),
  })),

  ...[
    '//v1/credentials',
    '/v1//credentials',
    '/v1/../v1/credentials',
    '/./v1/credentials',
    '/v1/%2e%2e/v1/credentials',
    '/v1/%63redentials',
    '/v1/credentials/',
    '/v1/credentials?profile=alice',
    '/v1/credentials?kind=user',
    '/v1/credentials#alice',
    '/V1/CREDENTIALS',
    '/v1/credentials/alice',
    '/v1/clients',
    '/v1/revoke',
    '/',
    '*',
    'http://HOST/v1/credentials',
    'http://evil.com/v1/credentials',
  ].map(path => ({ name: `the path ${path}`, text: onPath(path) })),

  { name: 'a body', text: `${right('Content-Length: 5')}hello` },
  { name: 'a body in chunks', text: `${right('Transfer-Encoding: chunked')}5\r\nhello\r\n0\r\n\r\n` },
  {
    name: 'a length and chunks, with a request hidden in them',
    text: `${right('Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n${right()}`,
  },
  { name: 'two lengths', text: `${right('Content-Length: 0', 'Content-Length: 5')}hello` },
  { name: 'a length below zero', text: right('Content-Length: -1') },
  {
    name: 'a request in the body of another',
    text: `${withMethod('POST').replace('\r\n\r\n', '\r\nContent-Length: 9\r\n\r\n')}${right()}`,
  },
  { name: 'another request behind a refused one', text: `${hosted('evil.com')}${right()}` },
  { name: 'a web socket', text: right('Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Key: x') },
  { name: 'HTTP/2', text: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' },
  { name: 'h2c', text: right('Upgrade: h2c', 'Connection: Upgrade, HTTP2-Settings', 'HTTP2-Settings: x') },
  { name: 'an expectation', text: right('Expect: 100-continue') },
  { name: 'a header of 20 KB', text: right(`X: ${'x'.repeat(20_000)}`) },
  { name: 'a thousand headers', text: right(...Array.from({ length: 1000 }, (_, at) => `X-${at}: x`)) },
  { name: 'a path of 20 KB', text: onPath(`/v1/credentials?${'x'.repeat(20_000)}`) },
  { name: 'a NUL in a header', text: right('X: a\0b') },
  { name: 'a line break in a header', text: right('X: a\nHost: HOST') },
  { name: 'the greeting of TLS', text: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' },
  { name: 'noise', text: '\x00\xff\xfe{}[]\r\n\r\n' },

  { name: 'no key', text: get('/v1/credentials', 'Host: HOST') },
  { name: 'an empty key', text: get('/v1/credentials', 'Host: HOST', 'Authorization:') },
  { name: 'the key twice', text: right('Authorization: KEY') },
  { name: 'the key as a bearer', text: right().replace('KEY', 'Bearer KEY') },
  { name: 'the key in a cookie', text: get('/v1/credentials', 'Host: HOST', 'Cookie: Authorization=KEY') },
  { name: 'the key in the path', text: get('/v1/credentials?Authorization=KEY', 'Host: HOST') },
];

describe('the broker gives nothing for', () => {
  for (const { name, text } of REFUSED) {
    it(name, async () => {
      const filled = text
        .replaceAll('HOST', `127.0.0.1:${port}`)
        .replaceAll('PORT', String(port))
        .replaceAll('KEY', key);
      assertNothing(await send(port, filled, 700));
    });
  }

  it('every one of these because of what is wrong with it: the right request is answered', async () => {
    const text = right('Connection: close').replace('HOST', `127.0.0.1:${port}`).replace('KEY', key);
    assert.match(await send(port, text), /^HTTP\/1\.1 200[\s\S]*AccessKeyId/);
  });
});

describe('a key', () => {
  const wrong: readonly (readonly [string, () => string | Promise<string>])[] = [
    ['that is cut', () => key.slice(0, -1)],
    ['that is longer', () => `${key}A`],
    ['with its last letter changed', () => key.slice(0, -1) + (key.endsWith('A') ? 'B' : 'A')],
    ['of another id with this secret', async () => `nw_${(await agentClient(person)).id}_${key.slice(-43)}`],
    ['of an id that is not there', () => `nw_aaaaaaaaaaaa_${key.slice(-43)}`],
    ['with a statement of SQL in it', () => `nw_' OR '1'='1_${key.slice(-43)}`],
    ['of another product', () => `ghp_${key.slice(3)}`],
    ['that is the id alone', () => client.id],
  ];
  for (const [name, make] of wrong) {
    it(`${name} is nobody's`, async () => {
      const { status, text } = await ask(port, await make());
      assert.equal(status, 401, text);
      assertNothing(text);
    });
  }

  it('that was revoked is nobody’s, at once', async () => {
    await assertStillServes();
    person.features.clients.revoke(client.id, 'because');
    const { status, text } = await ask(port, key);
    assert.equal(status, 401);
    assertNothing(text);
  });

  it('that has expired gets nothing', async () => {
    const order = { ...orderFor(person.copilot), lifeMs: 1 };
    const { client: brief } = await person.features.clients.create(order);
    const expired = apiKeyOf(brief);
    await new Promise(resolve => setTimeout(resolve, 5));
    const { status, text } = await ask(port, expired);
    assert.ok(status === 403 || status === 401, text);
    assertNothing(text);
  });

  it('does not tell by the time it takes how much of it is right', async () => {
    const wrongAtOnce = `nw_${client.id}_${'A'.repeat(43)}`;
    const wrongAtEnd = key.slice(0, -1) + (key.endsWith('A') ? 'B' : 'A');
    const ofNobody = `nw_ffffffffffff_${key.slice(-43)}`;
    const times = new Map<string, number[]>([wrongAtOnce, wrongAtEnd, ofNobody].map(each => [each, []]));
    for (let round = 0; round < 250; round++) {
      for (const [each, taken] of times) {
        const start = performance.now();
        await ask(port, each);
        taken.push(performance.now() - start);
      }
    }
    // The middle of each, and the spread of what the computer does meanwhile as the measure.
    const quartile = (values: number[], part: number): number =>
      values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? 0;
    const middles = [...times.values()].map(values => quartile(values, 0.5));
    const spread = Math.max(
      ...[...times.values()].map(values => quartile(values, 0.75) - quartile(values, 0.25)),
    );
    assert.ok(
      Math.max(...middles) - Math.min(...middles) < Math.max(0.3, spread),
      JSON.stringify({ middles, spread }),
    );
  });
});

describe('the broker goes on answering', () => {
  it('behind a thousand wrong keys, which are told to stop', async () => {
    const statuses: number[] = [];
    for (let batch = 0; batch < 10; batch++) {
      const answers = await Promise.all(
        Array.from({ length: 100 }, () => ask(port, `nw_${client.id}_${'B'.repeat(43)}`)),
      );
      statuses.push(...answers.map(({ status }) => status));
    }
    assert.deepEqual(new Set(statuses), new Set([401, 429]));
    await assertStillServes();
  });

  it('while five hundred connections say nothing, or never finish; those are closed', async () => {
    const slow = Array.from({ length: 500 }, (_, at) => {
      const socket = connect({ host: '127.0.0.1', port });
      const closed = new Promise<void>(resolve => socket.once('close', () => resolve()));
      socket.on('error', () => undefined);
      socket.resume();
      if (at % 2 === 0) socket.write(`GET /v1/credentials HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX: `);
      return closed;
    });
    await assertStillServes();
    await Promise.all(slow);
  });

  it('to its clients, of which one that asks without end is told to stop', async () => {
    const greedy = await agentClient(person);
    const statuses = new Set<number>();
    for (let batch = 0; batch < 100 && !statuses.has(429); batch++) {
      const answers = await Promise.all(Array.from({ length: 100 }, () => ask(port, apiKeyOf(greedy))));
      for (const { status } of answers) statuses.add(status);
    }
    await assertStillServes();
    assert.ok([...statuses].every(status => status === 200 || status === 429));
  });
});

describe('every answer', () => {
  it('may be kept by nobody and read by no page', async () => {
    for (const given of [key, 'wrong']) {
      const { headers } = await ask(port, given);
      assert.equal(headers['cache-control'], 'no-store');
      const allowing = Object.keys(headers).filter(name =>
        /^access-control|^location|^set-cookie/.test(name),
      );
      assert.deepEqual(allowing, []);
    }
  });
});
