/** Which IAM actions, on which resources, a call needs. */
import type { AwsCall } from '../http/awsCall.ts';
import { dig, type Fields, fieldsOf, listOf, textOf, textsOf } from '../values.ts';
import type { Context } from './decide.ts';
import { iamNeeds } from './iamActions.ts';
import { s3Needs } from './s3Actions.ts';

/** Something the caller must be allowed to do for the call to go ahead. */
export interface Need {
  readonly action: string;
  readonly resource: string;
  readonly context?: Context;
  /** S3: whose policy also counts. */
  readonly bucket?: string;
  /** How a denial names the resource where that differs from what policies are matched with. */
  readonly shownResource?: string;
}

export interface Place {
  readonly region: string;
  readonly accountId: string;
  arnOf(kind: 'role' | 'user', name: string): Promise<string>;
}

/** An empty list means that no permission is needed. */
export async function needsOf(call: AwsCall, place: Place): Promise<readonly Need[]> {
  const own = await ownNeeds(call, place);
  return [...own, ...passedRoles(call)];
}

function ownNeeds(call: AwsCall, place: Place): readonly Need[] | Promise<readonly Need[]> {
  switch (call.service) {
    case 's3':
      return s3Needs(call);
    case 'iam':
      return iamNeeds(call, place);
    case 'sts':
      return []; // Decided by the STS service itself, from trust policies.
    default:
      return generalNeeds(call, place);
  }
}

const prefixes: Readonly<Record<string, string>> = {
  monitoring: 'cloudwatch',
  email: 'ses',
  tagging: 'tag',
  'execute-api': 'execute-api',
};

/** CloudTrail's names carry API versions which actions do not. */
const actionOf = (call: AwsCall): string =>
  `${prefixes[call.service] ?? call.service}:${call.operation.replace(/\d{8}(v\d+)?$/, '')}`;

function generalNeeds(call: AwsCall, place: Place): Need[] {
  const arn = (resource: string): string =>
    `arn:aws:${call.service}:${place.region}:${place.accountId}:${resource}`;
  const resources = resourcesOf[call.service]?.(call.parameters, arn, call.operation) ?? [];
  const context = tagContext(call.parameters);
  const needs = resources.map(resource => ({
    action: actionOf(call),
    resource,
    context,
    ...shown(call, resource),
  }));
  return needs.length > 0 ? needs : [{ action: actionOf(call), resource: '*', context }];
}

const shown = (call: AwsCall, resource: string): { shownResource?: string } =>
  call.service === 'logs' && resource !== '*' ? { shownResource: `${resource}:log-stream:` } : {};

type ResourcesOf = (
  parameters: Fields,
  arn: (resource: string) => string,
  operation: string,
) => readonly string[];

const named = (value: unknown, prefix: string, arn: (resource: string) => string): string[] =>
  textsOf(value).map(name => (name.startsWith('arn:') ? name : arn(prefix + name)));

const resourcesOf: Readonly<Record<string, ResourcesOf>> = {
  cloudformation: (given, arn) => {
    const changeSet = textOf(given['ChangeSetName']) ?? '';
    const stack = textOf(given['StackName']) ?? '';
    if (stack.startsWith('arn:')) return [stack];
    if (stack !== '') return [arn(`stack/${stack}/*`)];
    return changeSet.startsWith('arn:') ? [changeSet.replace(/:changeSet\/.*/, ':stack/*/*')] : [];
  },
  sqs: (given, arn) => named(given['QueueName'] ?? textOf(given['QueueUrl'])?.split('/').at(-1), '', arn),
  sns: (given, arn) =>
    named(given['TopicArn'] ?? given['ResourceArn'] ?? given['Name'] ?? given['SubscriptionArn'], '', arn),
  dynamodb: (given, arn) => {
    const batch = Object.keys(fieldsOf(given['RequestItems']));
    return named(given['TableName'] ?? given['ResourceArn'] ?? batch, 'table/', arn);
  },
  ssm: (given, arn) => [
    ...named(
      textsOf(given['Name'] ?? given['Names'] ?? given['Path']).map(name => name.replace(/^\//, '')),
      'parameter/',
      arn,
    ),
    ...named(given['DocumentName'], 'document/', arn),
  ],
  logs: (given, arn) =>
    named(
      given['logGroupName'] ?? given['logGroupNamePrefix'] ?? given['logGroupIdentifier'],
      'log-group:',
      arn,
    ),
  lambda: (given, arn) => named(given['FunctionName'], 'function:', arn),
  events: (given, arn, operation) =>
    /Bus|PutEvents/.test(operation) ? [] : named(given['Name'] ?? given['Rule'], 'rule/', arn),
  secretsmanager: (given, arn) => named(given['SecretId'] ?? given['Name'], 'secret:', arn),
  kms: (given, arn) => named(given['KeyId'], 'key/', arn),
  states: (given, arn) => [
    ...named(given['stateMachineArn'], '', arn),
    ...named(given['name'], 'stateMachine:', arn),
  ],
  ec2: (given, arn, operation) =>
    operation === 'RunInstances' ? [arn('instance/*')] : named(given['InstanceId'], 'instance/', arn),
};

function tagContext(parameters: Fields): Context {
  const tags = listOf(parameters['Tags']).map(tag => ({
    key: textOf(dig(tag, 'Key')) ?? textOf(dig(tag, 'key')),
    value: textOf(dig(tag, 'Value')) ?? textOf(dig(tag, 'value')) ?? '',
  }));
  const known = tags.flatMap(tag => (tag.key === undefined ? [] : [{ key: tag.key, value: tag.value }]));
  if (known.length === 0) return {};
  return {
    ...Object.fromEntries(known.map(tag => [`aws:RequestTag/${tag.key}`, tag.value])),
    'aws:TagKeys': known.map(tag => tag.key),
  };
}

/** Handing a role to a service needs a permission of its own. */
function passedRoles(call: AwsCall): Need[] {
  const role = { cloudformation: 'RoleARN', lambda: 'Role', states: 'roleArn' }[call.service];
  const arn = role === undefined ? undefined : textOf(call.parameters[role]);
  if (arn === undefined || !/^(Create|Update|ExecuteChangeSet|DeleteStack)/.test(call.operation)) return [];
  return [
    {
      action: 'iam:PassRole',
      resource: arn,
      context: { 'iam:PassedToService': `${call.service}.amazonaws.com` },
    },
  ];
}
