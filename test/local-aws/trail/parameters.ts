/** `requestParameters`: names in camelCase, numbers and booleans as such, secrets hidden. */
import type { AwsCall } from '../http/awsCall.ts';
import { type Fields, isFields } from '../values.ts';

export const hidden = 'HIDDEN_DUE_TO_SECURITY_REASONS';

export function recordedParameters(call: AwsCall): Fields | null {
  const names = Object.entries(call.parameters).flatMap(([name, value]) => shownField(call, name, value));
  const extra = call.service === 's3' ? { Host: `s3.${call.region}.amazonaws.com` } : {};
  const recorded = { ...Object.fromEntries(names), ...extra };
  return Object.keys(recorded).length === 0 ? null : recorded;
}

/** Left out altogether, as AWS does. */
const omitted: Readonly<Record<string, readonly string[]>> = {
  cloudformation: ['TemplateBody', 'StackPolicyBody'],
  iam: ['Password', 'OldPassword', 'NewPassword'],
  lambda: ['ZipFile', 'Code'],
};

/** Shown by name only. */
const secret: Readonly<Record<string, readonly string[]>> = {
  ssm: ['Value', 'Parameters'],
  secretsmanager: ['SecretString', 'SecretBinary'],
  sqs: ['MessageBody'],
  sns: ['Message'],
  dynamodb: ['Item', 'ExpressionAttributeValues'],
  kms: ['Plaintext', 'CiphertextBlob'],
};

function shownField(call: AwsCall, name: string, value: unknown): [string, unknown][] {
  if (omitted[call.service]?.includes(name)) return [];
  if (secret[call.service]?.includes(name) && !isReadingParameters(call)) return [[camel(name), hidden]];
  if (call.service === 'cloudformation' && name === 'Parameters')
    return [[camel(name), withoutValues(value)]];
  if (call.service === 'lambda' && name === 'Environment') return [[camel(name), {}]];
  return [[camel(name), camelCased(value, name, call.protocol === 'query' || call.protocol === 'ec2')]];
}

const isReadingParameters = (call: AwsCall): boolean =>
  call.service === 'ssm' && /^(Get|Describe|List)/.test(call.operation);

function withoutValues(parameters: unknown): unknown {
  if (!Array.isArray(parameters)) return parameters;
  return parameters.map(parameter =>
    isFields(parameter) ? { parameterKey: parameter['ParameterKey'] } : parameter,
  );
}

export const camel = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** The query protocol knows only text; these are numbers in CloudTrail. */
const numbers =
  /^(DurationSeconds|MaxSessionDuration|MaxResults|MaxItems|TimeoutInMinutes|MaxRecords|Min|Max|MinCount|MaxCount)$/i;

export function camelCased(value: unknown, name: string, textOnly: boolean): unknown {
  if (Array.isArray(value)) return value.map(item => camelCased(item, name, textOnly));
  if (isFields(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([inner, held]) => [camel(inner), camelCased(held, inner, textOnly)]),
    );
  }
  if (!textOnly || typeof value !== 'string') return value;
  if (value === 'true' || value === 'false') return /^(value|key)$/i.test(name) ? value : value === 'true';
  return numbers.test(name) && /^\d+$/.test(value) ? Number(value) : value;
}
