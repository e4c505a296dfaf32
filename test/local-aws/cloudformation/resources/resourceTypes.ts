/** Every resource type known, by its CloudFormation name. */
import { managedPolicy, policy, role } from './access.ts';
import { lambdaFunction, lambdaPermission } from './compute.ts';
import { queue, queuePolicy, subscription, topic } from './messaging.ts';
import type { ResourceType } from './resourceType.ts';
import { logGroup, parameter, secret } from './settings.ts';
import { bucket, bucketPolicy, table } from './storage.ts';

/** Resources that exist in a stack only. */
const nothing: ResourceType = {
  createOnly: [],
  create: () =>
    Promise.resolve({ physicalId: `local-${Math.random().toString(36).slice(2)}`, attributes: {} }),
  update: existing => Promise.resolve(existing),
  remove: () => Promise.resolve(),
};

export const resourceTypes: Readonly<Record<string, ResourceType>> = {
  'AWS::S3::Bucket': bucket,
  'AWS::S3::BucketPolicy': bucketPolicy,
  'AWS::SQS::Queue': queue,
  'AWS::SQS::QueuePolicy': queuePolicy,
  'AWS::SNS::Topic': topic,
  'AWS::SNS::Subscription': subscription,
  'AWS::DynamoDB::Table': table,
  'AWS::SSM::Parameter': parameter,
  'AWS::Logs::LogGroup': logGroup,
  'AWS::SecretsManager::Secret': secret,
  'AWS::IAM::Role': role,
  'AWS::IAM::Policy': policy,
  'AWS::IAM::ManagedPolicy': managedPolicy,
  'AWS::Lambda::Function': lambdaFunction,
  'AWS::Lambda::Permission': lambdaPermission,
  'AWS::CDK::Metadata': nothing,
  'AWS::CloudFormation::WaitConditionHandle': nothing,
};

const random = (): string =>
  Array.from({ length: 12 }, () =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'.charAt(Math.floor(Math.random() * 36)),
  ).join('');

/** `stack-Logical-RANDOM`, as CloudFormation names what the template does not. */
export function generatedName(type: ResourceType, stackName: string, logicalId: string): string {
  const whole = `${stackName}-${logicalId}`;
  // Names of most services are short, and CloudFormation keeps to that.
  const start = whole.length > 51 ? `${stackName.slice(0, 25)}-${logicalId.slice(0, 25)}` : whole;
  const generated = `${start}-${random()}`;
  return type.nameOf?.(generated) ?? generated;
}
