import type { AwsCall } from '../http/awsCall.ts';

const reading =
  /^(Get|List|Describe|Head|Lookup|BatchGet|Query|Scan|Search|Validate|Estimate|Detect|Decode|Select|Preview|Simulate)/;

/** STS counts taking a role as reading. */
export const isReadOnly = (operation: string): boolean =>
  operation !== 'GetFederationToken' && (reading.test(operation) || operation.startsWith('AssumeRole'));

/** Most services keep the parameters of a denied call to themselves. */
export const reportsParametersWhenDenied = (call: AwsCall): boolean =>
  call.service === 's3' || call.service === 'ec2';
