import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sessionMarks, sourceIdentityOf } from '../../../src/identity/marks.ts';

const NAME = /^[\w+=,.@-]{2,64}$/;

describe('marks are what AWS accepts', () => {
  const HUMANS = [
    'alice',
    'a',
    '',
    'aws:root',
    'Ünïcode Näme',
    'x'.repeat(200),
    'arn:aws:iam::111122223333:root',
    'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_1/alice@example.com',
  ];
  for (const human of HUMANS) {
    it(`human ${human.slice(0, 40)}`, () => {
      assert.match(sourceIdentityOf(human), NAME);
      assert.ok(!sourceIdentityOf(human).startsWith('aws:'));
    });
  }

  it('long and odd names are cut, the short id stays', () => {
    const input = {
      agent: 'ä/gent '.repeat(20),
      human: 'alice',
      purpose: 'p'.repeat(300),
      workspace: 'a;b',
      shortId: 'deadbeef',
    };
    const marks = sessionMarks(input);
    assert.match(marks.roleSessionName, NAME);
    assert.ok(marks.roleSessionName.endsWith('-deadbeef'));
    for (const value of Object.values(marks.tags))
      assert.match(value, /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u);
  });

  it('a person of IAM Identity Center is known by the session name', () => {
    const arn = 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_1/alice@example.com';
    assert.equal(sourceIdentityOf(arn), 'alice@example.com');
  });
});
