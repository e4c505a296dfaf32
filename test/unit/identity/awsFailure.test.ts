import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Cancelled } from '../../../src/base/cancellation.ts';
import { UserError } from '../../../src/base/userError.ts';
import { awsFailure } from '../../../src/identity/awsFailure.ts';

const ROLE = 'arn:aws:iam::111122223333:role/no-wing/agent';
const CONTEXT = { who: 'agent copilot', doing: 'start a session', accountId: '111122223333', roleArn: ROLE };

/** AWS's name and text → our code, and a part of what a person reads. */
const CASES: readonly [name: string, text: string, code: string, reads: RegExp][] = [
  [
    'InvalidClientTokenId',
    'The security token included in the request is invalid.',
    'identity.keyUnknown',
    /deactivated/,
  ],
  [
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match',
    'identity.secretWrong',
    /Copy both again/,
  ],
  [
    'SignatureDoesNotMatch',
    'Signature expired: 20260101T000000Z is now earlier than',
    'identity.clockSkew',
    /clock/,
  ],
  [
    'RequestTimeTooSkewed',
    'The difference between the request time and the current time',
    'identity.clockSkew',
    /clock/,
  ],
  ['ExpiredToken', 'The security token included in the request is expired', 'identity.expired', /ended/],
  [
    'AccessDenied',
    `User: u is not authorized to perform: sts:SetSourceIdentity on resource: ${ROLE}`,
    'identity.sourceIdentityRefused',
    /trust policy does not allow sts:SetSourceIdentity/,
  ],
  [
    'AccessDenied',
    `User: u is not authorized to perform: sts:TagSession on resource: ${ROLE}`,
    'identity.tagSessionRefused',
    /sts:TagSession/,
  ],
  [
    'AccessDenied',
    `User: u is not authorized to perform: sts:AssumeRole on resource: ${ROLE}`,
    'identity.roleRefused',
    /does not exist, or/,
  ],
  [
    'AccessDeniedException',
    'User: u is not authorized to perform: cloudtrail:LookupEvents because',
    'aws.denied',
    /1111-2222-3333: cloudtrail:LookupEvents/,
  ],
  ['ThrottlingException', 'Rate exceeded', 'aws.throttled', /Wait a minute/],
  ['PackedPolicyTooLarge', 'Packed size of session tags consumes 120%', 'identity.policyTooLarge', /Shorten/],
  [
    'CredentialsProviderError',
    'Could not resolve credentials using profile: [x]',
    'identity.sharedConfig',
    /Sign in/,
  ],
  ['SomethingNew', 'never seen', 'aws.failed', /SomethingNew/],
];

describe('what AWS refused is told to a person', () => {
  for (const [name, text, code, reads] of CASES) {
    it(`${name} → ${code}`, () => {
      const failure = awsFailure(Object.assign(new Error(text), { name }), CONTEXT);
      assert.ok(failure instanceof UserError);
      assert.equal(failure.code, code);
      assert.match(`${failure.message} ${failure.hint}`, reads);
    });
  }

  it('names the network as such', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    assert.equal((awsFailure(refused, CONTEXT) as UserError).code, 'aws.unreachable');
    assert.equal(
      (awsFailure(new Error('wrapped', { cause: refused }), CONTEXT) as UserError).code,
      'aws.unreachable',
    );
  });

  it('offers the statement that the trust policy lacks', () => {
    const error = Object.assign(
      new Error(`not authorized to perform: sts:SetSourceIdentity on resource: ${ROLE}`),
      { name: 'AccessDenied' },
    );
    const { action } = awsFailure(error, { ...CONTEXT, externalId: 'ext-1' }) as UserError;
    assert.deepEqual(action?.args, [{ roleArn: ROLE, externalId: 'ext-1' }]);
  });

  it('lets cancelling and phrased errors pass', () => {
    for (const error of [new Cancelled(), new UserError('a.b', 'c')])
      assert.equal(awsFailure(error, CONTEXT), error);
  });
});
