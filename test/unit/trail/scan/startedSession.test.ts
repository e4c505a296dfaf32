/** The starts of sessions, of which the record is the only one that says which. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { record } from '../records.ts';
import { agree, scan } from './agree.ts';

const credentials = { accessKeyId: 'ASIA1', sessionToken: 'x'.repeat(300), expiration: 'later' };
const request = { roleArn: 'arn:aws:iam::1:role/r', roleSessionName: 's"ä', durationSeconds: 900 };

const STARTS: Readonly<Record<string, Record<string, unknown>>> = {
  'of a role': {
    requestParameters: request,
    responseElements: { credentials, assumedRoleUser: { arn: 'a', assumedRoleId: 'AROA:s' } },
  },
  'with a source identity': { requestParameters: { ...request, sourceIdentity: 'alice' } },
  'with the source identity of the answer': {
    requestParameters: request,
    responseElements: { credentials, sourceIdentity: 'bob' },
  },
  'with tags': {
    requestParameters: {
      ...request,
      tags: [{ key: 'a', value: 'b' }],
      transitiveTagKeys: ['A'],
      incomingTransitiveTags: { c: 'd' },
    },
    responseElements: { credentials },
  },
  'with empty tags': { requestParameters: { ...request, tags: [] }, responseElements: { credentials } },
  'with inherited tags': { requestParameters: { ...request, incomingTransitiveTags: { c: 'd' } } },
  'with a web identity': { eventName: 'AssumeRoleWithWebIdentity', requestParameters: request },
  'of a root user': {
    eventName: 'AssumeRoot',
    requestParameters: { targetPrincipal: '111122223333' },
    responseElements: { credentials },
  },
  'of a federated user': {
    eventName: 'GetFederationToken',
    requestParameters: { name: 'fred' },
    responseElements: { credentials, federatedUser: { federatedUserId: '1:fred' } },
  },
  'without a request': { eventName: 'GetSessionToken', responseElements: { credentials } },
  'that was refused': { requestParameters: request, responseElements: null, errorCode: 'AccessDenied' },
  'of odd types': {
    requestParameters: {
      roleArn: 7,
      targetPrincipal: 'p',
      roleSessionName: null,
      name: {},
      sourceIdentity: '',
    },
    responseElements: { credentials: 'x', assumedRoleUser: [], federatedUser: { federatedUserId: 1 } },
  },
  'of odd types altogether': { requestParameters: [request], responseElements: 'x' },
  'that is none': { eventName: 'GetCallerIdentity', requestParameters: request },
  'that is none of STS': { eventSource: 'iam.amazonaws.com', requestParameters: request },
};

for (const [what, changes] of Object.entries(STARTS)) {
  const start = record({ eventName: 'AssumeRole', eventSource: 'sts.amazonaws.com', ...changes });
  test(`a start ${what}`, () => {
    agree([start, record(), start]);
    agree([start], 2);
  });
}

test('an answer that is damaged gives no session, and the event is there', () => {
  const text = JSON.stringify(record({ eventName: 'AssumeRole', eventSource: 'sts.amazonaws.com' }));
  const batch = scan([text.replace(/}$/, ',"responseElements":{"credentials":{"accessKeyId":"ASIA1" 7}}}')]);
  assert.equal(batch.count, 1);
  assert.deepEqual(
    batch.sessions.map(({ minted }) => minted),
    [undefined],
  );
});
