import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { touchedBy } from '../../../src/deployment/carriedOut.ts';
import type { PlannedChange } from '../../../src/deployment/plan.ts';

const change = (type: string, physicalId: string): PlannedChange => ({
  ...{ address: 'a', action: 'modify', replacement: 'no', detail: '' },
  type,
  physicalId,
});

describe('the resources that a deployment has touched', () => {
  const CASES: readonly [string, PlannedChange, unknown[]][] = [
    [
      'a queue by its name, never its URL',
      change('AWS::SQS::Queue', 'https://sqs.eu-west-1.amazonaws.com/1/jobs'),
      [{ name: 'jobs', eventSource: 'sqs.amazonaws.com' }],
    ],
    [
      'one of another engine by the service it belongs to',
      change('aws_s3_bucket', 'archive'),
      [{ name: 'archive', eventSource: 's3.amazonaws.com' }],
    ],
    ['nothing that is in a state only', change('terraform_data', '9b1f1a52-0000-4000-8000-000000000000'), []],
    ['nothing by a name that many have', change('AWS::SQS::Queue', '1'), []],
  ];
  for (const [name, planned, expected] of CASES) {
    it(name, () => assert.deepEqual(touchedBy([], { changes: [planned] }), expected));
  }
});
