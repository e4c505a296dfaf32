/** `ResourceStatusReason` as CloudFormation words a handler's failure. */
import { randomUUID } from 'node:crypto';
import { AwsFault } from '../http/awsFault.ts';

const services: Readonly<Record<string, string>> = {
  IAM: 'Iam',
  SQS: 'Sqs',
  SNS: 'Sns',
  DynamoDB: 'DynamoDb',
  SSM: 'Ssm',
  Logs: 'CloudWatchLogs',
};

export function failureReason(type: string, cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (!(cause instanceof AwsFault)) return message;
  const family = type.split('::')[1] ?? '';
  const service = services[family] ?? family;
  const told = cause.code.startsWith('BucketAlready') ? 'The requested bucket name already exists' : message;
  return `Resource handler returned message: "${told} (Service: ${service}, Status Code: ${cause.status}, Request ID: ${randomUUID()}) (SDK Attempt Count: 1)" (RequestToken: ${randomUUID()}, HandlerErrorCode: ${handlerCode(cause)})`;
}

function handlerCode(fault: AwsFault): string {
  if (/AccessDenied|Unauthorized/.test(fault.code)) return 'AccessDenied';
  if (/AlreadyExists|AlreadyOwned|ResourceInUse/.test(fault.code)) return 'AlreadyExists';
  if (/NoSuch|NotFound|NonExistent/.test(fault.code)) return 'NotFound';
  if (/Throttl/.test(fault.code)) return 'Throttling';
  return fault.status >= 500 ? 'GeneralServiceException' : 'InvalidRequest';
}
