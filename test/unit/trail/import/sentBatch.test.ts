import assert from 'node:assert/strict';
import { test } from 'node:test';
import { received, sent } from '../../../../src/trail/import/sentBatch.ts';
import { buffersOf } from '../../../../src/trail/scan/batch.ts';
import { assumedRole, assumeRole, record } from '../records.ts';
import { scan } from '../scan/agree.ts';

const untagged = { roleArn: 'arn:aws:iam::1:role/r', roleSessionName: 's' };
const answer = { credentials: { accessKeyId: 'ASIA2' }, assumedRoleUser: { assumedRoleId: 'AROA:s' } };
const start = assumeRole({ key: 'ASIA1', tags: [{ key: 'a', value: 'b' }] });

test('a batch arrives as it was sent, with its sessions in their order', () => {
  const records = [
    record(),
    record({ ...start, requestParameters: untagged, responseElements: answer }),
    record(start),
    record({ ...start, requestParameters: untagged, responseElements: null, errorCode: 'AccessDenied' }),
    record({ ...start, requestParameters: null, userIdentity: assumedRole(), awsRegion: 'us-east-1' }),
    record({ ...start, eventName: 'GetSessionToken', requestParameters: {}, recipientAccountId: '4' }),
    record({ ...start, requestParameters: { incomingTransitiveTags: { c: 'd' } } }),
  ];
  const batch = scan(records.map(each => JSON.stringify(each)));
  assert.equal(batch.sessions.length, 6);
  const before = structuredClone(batch);
  const arrived = structuredClone(sent(batch), { transfer: buffersOf(batch) });
  assert.deepEqual(received(arrived), before);
});
