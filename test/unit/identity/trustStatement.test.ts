import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { trustPrincipal } from '../../../src/identity/trustStatement.ts';

const CASES: readonly [arn: string, principal: string][] = [
  ['arn:aws:iam::111122223333:user/alice', 'arn:aws:iam::111122223333:user/alice'],
  ['arn:aws:sts::111122223333:assumed-role/Admin/alice', 'arn:aws:iam::111122223333:role/Admin'],
  ['arn:aws-cn:sts::111122223333:assumed-role/Admin/alice', 'arn:aws-cn:iam::111122223333:role/Admin'],
];

describe('what a trust policy names for', () => {
  for (const [arn, principal] of CASES) it(arn, () => assert.equal(trustPrincipal(arn), principal));
});
