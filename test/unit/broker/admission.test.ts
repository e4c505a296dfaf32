/** Which requests are looked at: exactly three, and only from what is not a browser. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { admit } from '../../../src/broker/admission.ts';

const HOST = '127.0.0.1:20123';
const NONCE = '0123456789abcdef0123456789abcdef';

interface Case {
  readonly name: string;
  readonly method?: string;
  readonly url?: string;
  readonly headers?: readonly string[];
  /** A route, or the status of the refusal. */
  readonly expected: string | number;
}

const OWN = ['Host', HOST, 'Authorization', 'key'];
const withHeaders = (...more: string[]) => [...OWN, ...more];
const withHosts = (...hosts: string[]) => ['Authorization', 'key', ...hosts.flatMap(host => ['Host', host])];

const CASES: readonly Case[] = [
  { name: 'credentials', expected: 'credentials' },
  { name: 'who it is', url: '/v1/identity', expected: 'identity' },
  { name: 'a proof', url: `/v1/broker?nonce=${NONCE}`, headers: ['Host', HOST], expected: 'proof' },
  { name: 'headers in capitals', headers: ['HOST', HOST, 'AUTHORIZATION', 'key'], expected: 'credentials' },
  { name: 'an empty body, said so', headers: withHeaders('Content-Length', '0'), expected: 'credentials' },

  { name: 'no Host', headers: ['Authorization', 'key'], expected: 421 },
  { name: 'two Hosts, the same', headers: withHosts(HOST, HOST), expected: 421 },
  { name: 'two Hosts, ours first', headers: withHosts(HOST, 'evil.com'), expected: 421 },
  { name: "a rebound page's Host", headers: withHosts('evil.com:20123'), expected: 421 },
  { name: 'localhost', headers: withHosts('localhost:20123'), expected: 421 },
  { name: 'a name that says our address', headers: withHosts('127.0.0.1.nip.io:20123'), expected: 421 },
  { name: 'another port', headers: withHosts('127.0.0.1:20124'), expected: 421 },
  { name: 'no port', headers: withHosts('127.0.0.1'), expected: 421 },
  { name: 'IPv6', headers: withHosts('[::1]:20123'), expected: 421 },
  { name: 'our address, written otherwise', headers: withHosts('127.1:20123'), expected: 421 },
  { name: 'a dot at the end', headers: withHosts('127.0.0.1.:20123'), expected: 421 },

  { name: 'Origin', headers: withHeaders('Origin', 'https://evil.com'), expected: 403 },
  { name: 'Origin null', headers: withHeaders('origin', 'null'), expected: 403 },
  { name: 'Origin of our own', headers: withHeaders('Origin', `http://${HOST}`), expected: 403 },
  { name: 'Sec-Fetch-Site', headers: withHeaders('Sec-Fetch-Site', 'same-origin'), expected: 403 },
  { name: 'Sec-CH-UA', headers: withHeaders('sec-ch-ua', 'Chrome'), expected: 403 },
  {
    name: 'a preflight',
    method: 'OPTIONS',
    headers: withHeaders('Access-Control-Request-Method', 'GET'),
    expected: 403,
  },

  ...['HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'get', 'QUERY'].map(method => ({
    name: method,
    method,
    expected: 405,
  })),

  { name: 'a body', headers: withHeaders('Content-Length', '5'), expected: 400 },
  { name: 'two lengths', headers: withHeaders('Content-Length', '0', 'Content-Length', '5'), expected: 400 },
  { name: 'chunks', headers: withHeaders('Transfer-Encoding', 'chunked'), expected: 400 },
  { name: 'another protocol', headers: withHeaders('Upgrade', 'h2c'), expected: 400 },
  { name: 'an expectation', headers: withHeaders('Expect', '100-continue'), expected: 400 },

  ...[
    '/',
    '//v1/credentials',
    '/v1//credentials',
    '/v1/credentials/',
    '/v1/./credentials',
    '/v1/x/../credentials',
    '/v1/%63redentials',
    '/v1/credentials%00',
    '/v1%2fcredentials',
    '/v1\\credentials',
    '/v1/credentials?profile=alice',
    '/v1/credentials?',
    '/v1/credentials#x',
    '/v1/credentials;x',
    '/V1/Credentials',
    'http://127.0.0.1:20123/v1/credentials',
    'http://evil.com/v1/credentials',
    '*',
    '',
    '/v1/credentials/alice',
    '/v1/broker',
    '/v1/broker?nonce=',
    '/v1/broker?nonce=xyz',
    `/v1/broker?nonce=${NONCE}&nonce=${NONCE}`,
    `/v1/broker?nonce=${NONCE.repeat(5)}`,
    '/latest/meta-data/iam/security-credentials/',
    '/constructor',
    '/__proto__',
  ].map(url => ({ name: `the path ${url.slice(0, 50)}`, url, expected: 404 })),

  {
    name: 'too many headers',
    headers: withHeaders(...Array.from({ length: 126 }, () => 'x')),
    expected: 431,
  },
  {
    name: 'as many as may be',
    headers: withHeaders(...Array.from({ length: 124 }, () => 'x')),
    expected: 'credentials',
  },

  { name: 'no key', headers: ['Host', HOST], expected: 401 },
  { name: 'two keys', headers: withHeaders('Authorization', 'key'), expected: 401 },
];

describe('a request with', () => {
  for (const { name, method = 'GET', url = '/v1/credentials', headers = OWN, expected } of CASES) {
    it(`${name}: ${expected}`, () => {
      const admission = admit({ method, url, rawHeaders: headers }, HOST);
      assert.equal(admission.route === 'refused' ? admission.refusal.status : admission.route, expected);
    });
  }
});
