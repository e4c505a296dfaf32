import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keptError } from '../../../src/base/keptError.ts';
import { UserError } from '../../../src/base/userError.ts';

/** As the AWS SDK makes it: what leads to the request cannot be taken off it. */
function sdkError(options?: ErrorOptions): Error {
  const error = new Error('It is denied', options);
  Object.defineProperty(error, '$response', { value: { body: 'request' } });
  return Object.assign(error, { name: 'AccessDenied', code: 'E1', $metadata: { httpStatusCode: 403 } });
}

describe('what is kept of an error of the SDK', () => {
  it('is what it says, without what leads to its request', () => {
    const error = sdkError();
    const kept = keptError(error);
    assert.ok(kept instanceof Error && 'code' in kept && '$metadata' in kept);
    assert.deepEqual(
      [kept.name, kept.message, kept.code, kept.$metadata, kept.stack],
      ['AccessDenied', 'It is denied', 'E1', { httpStatusCode: 403 }, error.stack],
    );
    assert.ok(!('$response' in kept));
  });

  it('goes as deep as its causes', () => {
    const kept = keptError(sdkError({ cause: sdkError() }));
    assert.ok(kept instanceof Error && kept.cause instanceof Error);
    assert.ok(!('$response' in kept.cause));
  });

  it('is all that a person’s error keeps', () => {
    const { cause } = new UserError('aws.denied', 'No.', { cause: sdkError() });
    assert.ok(cause instanceof Error && !('$response' in cause));
  });

  it('is the error itself when it is not of the SDK', () => {
    for (const error of [new Error('other'), 'text', undefined]) assert.equal(keptError(error), error);
  });
});
