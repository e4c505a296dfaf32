/** Everything that was recorded, and when CloudTrail would show it. */
import { randomUUID } from 'node:crypto';
import { dig, type Fields, textOf } from '../values.ts';
import { type Outcome, trailEvent } from './trailEvent.ts';
import { userNameOf } from './userIdentity.ts';

export interface TrailRecord {
  readonly event: Fields;
  readonly eventId: string;
  readonly eventName: string;
  readonly eventSource: string;
  readonly accountId: string;
  readonly region: string;
  readonly userName: string;
  readonly accessKeyId: string;
  readonly readOnly: boolean;
  readonly isData: boolean;
  /** Milliseconds, by the server's clock; the event itself shows whole seconds. */
  readonly at: number;
  /** When it becomes visible, by the real clock. */
  readonly visibleAt: number;
  readonly resources: readonly { readonly type: string; readonly name: string }[];
}

export interface Trail {
  readonly records: readonly TrailRecord[];
  write(outcome: Outcome): void;
  /** What a test says has happened; as if written now, but at the time that is in it. */
  add(event: Fields): void;
  setDelay(ms: number): void;
  onWrite(listener: (record: TrailRecord) => void): void;
}

export function createTrail(delayMs: number): Trail {
  const records: TrailRecord[] = [];
  const listeners: ((record: TrailRecord) => void)[] = [];
  let delay = delayMs;
  const take = (record: TrailRecord): void => {
    records.push(record);
    for (const listener of listeners) listener(record);
  };
  const keep = (event: Fields, outcome: Outcome, accountId: string): void => {
    take(recordOf(event, outcome, accountId, Date.now() + delay));
  };
  return {
    records,
    setDelay: ms => {
      delay = ms;
    },
    onWrite: listener => void listeners.push(listener),
    add: event => take(givenRecord(event, Date.now() + delay)),
    write: outcome => {
      const event = trailEvent(outcome);
      const other = outcome.result?.record?.alsoIn;
      if (other === undefined || other === outcome.caller.accountId)
        return keep(event, outcome, outcome.caller.accountId);
      const shared = { ...event, sharedEventID: randomUUID() };
      keep(shared, outcome, outcome.caller.accountId);
      keep(copyFor(other, shared, outcome), outcome, other);
    },
  };
}

/** The other account learns which account called, not which user. */
function copyFor(accountId: string, event: Fields, { caller }: Outcome): Fields {
  const userIdentity = { type: 'AWSAccount', principalId: caller.principalId, accountId: caller.accountId };
  return { ...event, userIdentity, eventID: randomUUID(), recipientAccountId: accountId };
}

function recordOf(event: Fields, outcome: Outcome, accountId: string, visibleAt: number): TrailRecord {
  return {
    event,
    eventId: textOf(event['eventID']) ?? '',
    eventName: textOf(event['eventName']) ?? '',
    eventSource: textOf(event['eventSource']) ?? '',
    accountId,
    region: textOf(event['awsRegion']) ?? '',
    userName: userNameOf(outcome.caller),
    accessKeyId: outcome.caller.accessKeyId,
    readOnly: event['readOnly'] === true,
    isData: event['managementEvent'] === false,
    at: outcome.now,
    visibleAt,
    resources: lookupResources(event),
  };
}

function givenRecord(event: Fields, visibleAt: number): TrailRecord {
  const text = (...path: string[]): string => textOf(dig(event, ...path)) ?? '';
  return {
    event,
    eventId: text('eventID'),
    eventName: text('eventName'),
    eventSource: text('eventSource'),
    accountId: text('recipientAccountId'),
    region: text('awsRegion'),
    userName: text('userIdentity', 'userName') || (text('userIdentity', 'arn').split('/').at(-1) ?? ''),
    accessKeyId: text('userIdentity', 'accessKeyId'),
    readOnly: event['readOnly'] === true,
    isData: event['managementEvent'] === false,
    at: Date.parse(text('eventTime')),
    visibleAt,
    resources: lookupResources(event),
  };
}

/** The types CloudTrail knows, by the parameter that names the resource. */
const namedBy: readonly (readonly [source: string, parameter: string, type: string])[] = [
  ['cloudformation', 'stackName', 'AWS::CloudFormation::Stack'],
  ['cloudformation', 'changeSetName', 'AWS::CloudFormation::ChangeSet'],
  ['s3', 'bucketName', 'AWS::S3::Bucket'],
  ['iam', 'roleName', 'AWS::IAM::Role'],
  ['iam', 'userName', 'AWS::IAM::User'],
  ['iam', 'policyArn', 'AWS::IAM::Policy'],
  ['sts', 'roleArn', 'AWS::IAM::Role'],
  ['sts', 'roleSessionName', 'AWS::STS::AssumedRole'],
  ['dynamodb', 'tableName', 'AWS::DynamoDB::Table'],
  ['sns', 'topicArn', 'AWS::SNS::Topic'],
  ['sqs', 'queueName', 'AWS::SQS::Queue'],
  ['ssm', 'name', 'AWS::SSM::Parameter'],
  ['logs', 'logGroupName', 'AWS::Logs::LogGroup'],
  ['lambda', 'functionName', 'AWS::Lambda::Function'],
];

function lookupResources(event: Fields): { type: string; name: string }[] {
  const source = (textOf(event['eventSource']) ?? '').replace('.amazonaws.com', '');
  const parameters = event['requestParameters'];
  const named = namedBy.flatMap(([service, parameter, type]) => {
    const name = service === source ? textOf(dig(parameters, parameter)) : undefined;
    return name === undefined ? [] : [{ type, name }];
  });
  const issued = textOf(dig(event, 'responseElements', 'credentials', 'accessKeyId'));
  return issued === undefined ? named : [...named, { type: 'AWS::IAM::AccessKey', name: issued }];
}
