import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { redact, shortKeyId } from '../../../src/base/redact.ts';
import { Secret } from '../../../src/base/secret.ts';

const KEY = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const TOKEN = `IQoJb3JpZ2luX2VjE${'Aa0/'.repeat(40)}`;

const LEAKS = [
  `aws_secret_access_key = ${KEY}`,
  `AWS_SECRET_ACCESS_KEY=${KEY}`,
  `{"SecretAccessKey":"${KEY}","SessionToken":"${TOKEN}"}`,
  `<SecretAccessKey>${KEY}</SecretAccessKey>`,
  `secretAccessKey: '${KEY}'`,
  `the key ${KEY} was refused`,
  `X-Amz-Security-Token: ${TOKEN}`,
  `https://sts.amazonaws.com/?X-Amz-Security-Token=${TOKEN}&X-Amz-Signature=${'ab01'.repeat(16)}`,
  `Authorization: AWS4-HMAC-SHA256 Credential=AKIA/x, Signature=${'ab01'.repeat(16)}`,
];

const HARMLESS = [
  'arn:aws:iam::111122223333:role/no-wing/agent',
  'da39a3ee5e6b4b0d3255bfef95601890afd80709',
  'User: arn:aws:sts::111122223333:assumed-role/agent/no-wing-copilot-1 is not authorized to perform: s3:PutObject',
  'no-wing-7c9e6679-7425-40de-944b-e07fc1f90ae7',
];

describe('the redactor', () => {
  for (const text of LEAKS) {
    it(`hides ${text.slice(0, 40)}`, () => {
      const result = redact(text);
      for (const secret of [KEY, TOKEN, 'ab01'.repeat(16)]) assert.ok(!result.includes(secret), result);
    });
  }
  for (const text of HARMLESS) it(`leaves ${text.slice(0, 40)}`, () => assert.equal(redact(text), text));

  it('shows keys by their ends', () => assert.equal(shortKeyId('ASIAFAKEFAKEFAKE0001'), 'ASIA…0001'));
});

describe('a secret', () => {
  const secret = new Secret(KEY);
  const FORMS: readonly [string, string][] = [
    ['String()', String(secret)],
    ['template', `${secret}`],
    ['JSON', JSON.stringify({ secret })],
    ['inspect', inspect({ secret }, { depth: 9, showHidden: true })],
    ['keys', Object.keys(secret).join()],
  ];
  for (const [form, text] of FORMS) it(`does not print by ${form}`, () => assert.ok(!text.includes(KEY)));
  it('is revealed by asking', () => assert.equal(secret.reveal(), KEY));
});
