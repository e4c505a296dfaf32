/**
 * Which calls CloudTrail should show for a deployment. A resource's create call is made by CloudFormation with the
 * agent's session; types whose call is not known here are not expected. Pure.
 */
export interface ExpectedCall {
  readonly eventName: string;
  readonly eventSource: string;
  readonly minimum: number;
}

/** @param created the type of every resource that was created, one entry for each. */
export function expectedCalls(created: readonly string[]): ExpectedCall[] {
  const counts = new Map<string, number>();
  for (const type of created) {
    const call = CREATE_CALLS.get(type);
    if (call !== undefined) counts.set(call, (counts.get(call) ?? 0) + 1);
  }
  return [
    call('cloudformation CreateChangeSet', 1),
    call('cloudformation ExecuteChangeSet', 1),
    ...[...counts].map(([text, minimum]) => call(text, minimum)),
  ];
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
