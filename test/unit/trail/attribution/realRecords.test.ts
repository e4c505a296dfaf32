/** Real records (see `test/local-aws/real-records`), each with the verdict a reader of the record would give. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { attribute } from '../../../../src/trail/attribution/attribute.ts';
import { knownOf } from '../records.ts';
import { shown } from './attributionCase.ts';
import { parsed } from './joined.ts';

const file = new URL('../../../local-aws/real-records/records.json', import.meta.url);
const records: readonly Record<string, unknown>[] = JSON.parse(readFileSync(file, 'utf8'));
const events = records.map(parsed);

const nobody = knownOf([], { users: [], agents: [] });

/** All were made by one IAM user, in several accounts, with a tool whose user agent names no agent. */
const VERDICTS: Readonly<Record<string, string>> = {
  DeleteTrail: 'user christophe strong',
  PutEventSelectors: 'user christophe strong',
  StopLogging: 'user christophe strong',
  AttachRolePolicy: 'user christophe strong',
  AttachUserPolicy: 'user christophe strong',
  CreateAccessKey: 'user christophe strong',
  CreateLoginProfile: 'user christophe strong',
  CreateRole: 'user christophe strong',
  CreateUser: 'user christophe strong',
  UpdateAssumeRolePolicy: 'user christophe strong',
  GetSecretValue: 'user christophe strong',
  ListSecrets: 'user christophe strong',
  DescribeParameters: 'user christophe strong',
  GetParameters: 'user christophe strong',
  'AssumeRole AccessDenied': 'user christophe strong',
  AssumeRole: 'user christophe strong',
  GetCallerIdentity: 'user christophe strong',
};

test('every kind of real record is in the table', () => {
  assert.deepEqual(events.map(titleOf).toSorted(), Object.keys(VERDICTS).toSorted());
});

for (const event of events)
  test(`${titleOf(event)}, when nobody is known, and when its caller is`, () => {
    const { reason, ...rest } = attribute(event, nobody);
    assert.equal(shown(rest), VERDICTS[titleOf(event)], reason);
    const { arn = '', accountId = '' } = event.principal;
    const users = [{ name: 'chris', arn, accountId }];
    assert.equal(shown(attribute(event, { ...nobody, users })), 'user chris strong');
  });

function titleOf({ name, error }: { name: string; error: string | undefined }): string {
  return error === undefined ? name : `${name} ${error}`;
}
