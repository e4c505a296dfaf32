import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientOf } from '../../../../src/trail/leaks/client.ts';
import { placeOf } from '../../../../src/trail/leaks/place.ts';

for (const [address, place] of [
  ['198.51.100.7', 'v4 198.51.100.0/24'],
  ['2001:0db8:0001:2::7', 'v6 2001:db8:1::/48'],
  ['2001:db8::1', 'v6 2001:db8:0::/48'],
  ['::ffff:198.51.100.7', 'v4 198.51.100.0/24'],
  ['10.1.2.3', 'private 10.1.2.0/24'],
  ['172.31.0.9', 'private 172.31.0.0/24'],
  ['172.32.0.9', 'v4 172.32.0.0/24'],
  ['100.64.0.1', 'private 100.64.0.0/24'],
  ['fd00::1', 'private private IPv6'],
  ['cloudformation.amazonaws.com', undefined],
  ['AWS Internal', undefined],
  ['08.1.250.216', undefined],
  ['', undefined],
  [undefined, undefined],
] as const)
  test(`address ${address}: ${place}`, () => {
    const found = placeOf(address);
    assert.equal(found && `${found.family} ${found.network}`, place);
  });

for (const [userAgent, client] of [
  ['aws-cli/2.31.0 ua/2.1 os/linux#6.8 md/arch#x86_64 m/E,AN', { agents: ['Claude Code'], os: 'linux' }],
  [
    'Boto3/1.40 md/Botocore#1.40 os/windows#11 app/no-wing-copilot',
    { environment: 'copilot', os: 'windows' },
  ],
  ['aws-sdk-go-v2/1.32 os/macos lang/go', { os: 'macos' }],
  ['aws-cli/1.16 Python/3.4.7 Linux/4.9 botocore/1.12', { os: 'linux' }],
  ['aws-sdk-nodejs/2.1 darwin/v18', { os: 'macos' }],
  ['Mozilla/5.0 (Windows NT 10.0)', { isBrowser: true }],
  ['console.amazonaws.com', { isBrowser: true }],
  ['x m/AN,AW m/AN', { agents: ['Claude Code', 'Cursor'] }],
  ['__proto__ m/constructor', {}],
  [undefined, {}],
] as const)
  test(`client of ${userAgent}`, () => {
    const nothing = { agents: [], environment: undefined, os: undefined, isBrowser: false };
    assert.deepEqual(clientOf(userAgent), { ...nothing, ...client });
  });
