/**
 * Which calls CloudTrail should show for a deployment. What was done to a resource was called with the agent's session,
 * by CloudFormation or by the agent's own process; types whose call is not known here are not expected. Pure.
 */
import { canonicalType } from '../guardrail/facts/typeAliases.ts';

export interface ExpectedCall {
  readonly eventName: string;
  readonly eventSource: string;
  readonly minimum: number;
}

/** What was done to one resource. */
export interface Act {
  readonly act: 'create' | 'update' | 'delete';
  readonly type: string;
}

/** How a deployment was ordered: Terraform's orders are the calls for the resources themselves. */
export type Order = 'changeSet' | 'deleteStack' | 'none';

export function expectedCalls(acts: readonly Act[], order: Order = 'changeSet'): ExpectedCall[] {
  const counts = new Map<string, number>();
  for (const { act, type } of acts) {
    const call = CALLS[act].get(canonicalType(type));
    if (call !== undefined) counts.set(call, (counts.get(call) ?? 0) + 1);
  }
  return [...ORDERS[order], ...[...counts].map(([text, minimum]) => call(text, minimum))];
}

const ORDERS: Readonly<Record<Order, readonly ExpectedCall[]>> = {
  changeSet: [call('cloudformation CreateChangeSet', 1), call('cloudformation ExecuteChangeSet', 1)],
  deleteStack: [call('cloudformation DeleteStack', 1)],
  none: [],
};

/** The service that records the calls for a type: `sqs.amazonaws.com`. */
export function eventSourceOf(type: string): string {
  const canonical = canonicalType(type);
  const known = CREATE_CALLS.get(canonical)?.split(' ')[0];
  return `${known ?? canonical.split('::')[1]?.toLowerCase() ?? ''}.amazonaws.com`;
}

function call(text: string, minimum: number): ExpectedCall {
  const [service = '', eventName = ''] = text.split(' ');
  return { eventName, eventSource: `${service}.amazonaws.com`, minimum };
}

/** Event names as CloudTrail writes them: some REST services carry the API's date. */
const CREATE_CALLS: ReadonlyMap<string, string> = new Map([
  ['AWS::S3::Bucket', 's3 CreateBucket'],
  ['AWS::S3::BucketPolicy', 's3 PutBucketPolicy'],
  ['AWS::SQS::Queue', 'sqs CreateQueue'],
  ['AWS::SNS::Topic', 'sns CreateTopic'],
  ['AWS::SNS::Subscription', 'sns Subscribe'],
  ['AWS::DynamoDB::Table', 'dynamodb CreateTable'],
  ['AWS::SSM::Parameter', 'ssm PutParameter'],
  ['AWS::Logs::LogGroup', 'logs CreateLogGroup'],
  ['AWS::IAM::Role', 'iam CreateRole'],
  ['AWS::IAM::Policy', 'iam PutRolePolicy'],
  ['AWS::IAM::RolePolicy', 'iam PutRolePolicy'],
  ['AWS::IAM::ManagedPolicy', 'iam CreatePolicy'],
  ['AWS::IAM::InstanceProfile', 'iam CreateInstanceProfile'],
  ['AWS::Lambda::Function', 'lambda CreateFunction20150331'],
  ['AWS::Lambda::Permission', 'lambda AddPermission20150331v2'],
  ['AWS::Lambda::EventSourceMapping', 'lambda CreateEventSourceMapping20150331'],
  ['AWS::Events::Rule', 'events PutRule'],
  ['AWS::StepFunctions::StateMachine', 'states CreateStateMachine'],
  ['AWS::KMS::Key', 'kms CreateKey'],
  ['AWS::KMS::Alias', 'kms CreateAlias'],
  ['AWS::SecretsManager::Secret', 'secretsmanager CreateSecret'],
  ['AWS::CloudWatch::Alarm', 'monitoring PutMetricAlarm'],
  ['AWS::EC2::VPC', 'ec2 CreateVpc'],
  ['AWS::EC2::Subnet', 'ec2 CreateSubnet'],
  ['AWS::EC2::SecurityGroup', 'ec2 CreateSecurityGroup'],
  ['AWS::EC2::Instance', 'ec2 RunInstances'],
  ['AWS::ECR::Repository', 'ecr CreateRepository'],
  ['AWS::ECS::Cluster', 'ecs CreateCluster'],
  ['AWS::Kinesis::Stream', 'kinesis CreateStream'],
]);

/** Only where every change but one of tags makes this call. */
const UPDATE_CALLS: ReadonlyMap<string, string> = new Map([
  ['AWS::SQS::Queue', 'sqs SetQueueAttributes'],
  ['AWS::SSM::Parameter', 'ssm PutParameter'],
  ['AWS::Events::Rule', 'events PutRule'],
  ['AWS::CloudWatch::Alarm', 'monitoring PutMetricAlarm'],
  ['AWS::StepFunctions::StateMachine', 'states UpdateStateMachine'],
]);

const DELETE_CALLS: ReadonlyMap<string, string> = new Map([
  ['AWS::S3::Bucket', 's3 DeleteBucket'],
  ['AWS::S3::BucketPolicy', 's3 DeleteBucketPolicy'],
  ['AWS::SQS::Queue', 'sqs DeleteQueue'],
  ['AWS::SNS::Topic', 'sns DeleteTopic'],
  ['AWS::SNS::Subscription', 'sns Unsubscribe'],
  ['AWS::DynamoDB::Table', 'dynamodb DeleteTable'],
  ['AWS::SSM::Parameter', 'ssm DeleteParameter'],
  ['AWS::Logs::LogGroup', 'logs DeleteLogGroup'],
  ['AWS::IAM::Role', 'iam DeleteRole'],
  ['AWS::IAM::ManagedPolicy', 'iam DeletePolicy'],
  ['AWS::IAM::InstanceProfile', 'iam DeleteInstanceProfile'],
  ['AWS::Lambda::Function', 'lambda DeleteFunction20150331'],
  ['AWS::Lambda::EventSourceMapping', 'lambda DeleteEventSourceMapping20150331'],
  ['AWS::Events::Rule', 'events DeleteRule'],
  ['AWS::StepFunctions::StateMachine', 'states DeleteStateMachine'],
  ['AWS::KMS::Key', 'kms ScheduleKeyDeletion'],
  ['AWS::KMS::Alias', 'kms DeleteAlias'],
  ['AWS::SecretsManager::Secret', 'secretsmanager DeleteSecret'],
  ['AWS::CloudWatch::Alarm', 'monitoring DeleteAlarms'],
  ['AWS::EC2::VPC', 'ec2 DeleteVpc'],
  ['AWS::EC2::Subnet', 'ec2 DeleteSubnet'],
  ['AWS::EC2::SecurityGroup', 'ec2 DeleteSecurityGroup'],
  ['AWS::EC2::Instance', 'ec2 TerminateInstances'],
  ['AWS::ECR::Repository', 'ecr DeleteRepository'],
  ['AWS::ECS::Cluster', 'ecs DeleteCluster'],
  ['AWS::Kinesis::Stream', 'kinesis DeleteStream'],
]);

const CALLS: Readonly<Record<Act['act'], ReadonlyMap<string, string>>> = {
  create: CREATE_CALLS,
  update: UPDATE_CALLS,
  delete: DELETE_CALLS,
};
