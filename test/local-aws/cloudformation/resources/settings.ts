/** SSM parameters, log groups and secrets. */
import { type Fields, fieldsOf, textOf } from '../../values.ts';
import type { ResourceType } from './resourceType.ts';

const given = (properties: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(
    names.flatMap(name => (properties[name] === undefined ? [] : [[name, properties[name]]])),
  );

const parameterProperties = ['Name', 'Type', 'Value', 'Description', 'Tier', 'AllowedPattern', 'DataType'];

export const parameter: ResourceType = {
  nameProperty: 'Name',
  createOnly: ['Name'],
  required: ['Type', 'Value'],
  create: async (properties, calls) => {
    await calls.call('ssm', 'PutParameter', given(properties, parameterProperties));
    return {
      physicalId: textOf(properties['Name']) ?? '',
      attributes: { Type: properties['Type'], Value: properties['Value'] },
    };
  },
  update: async (existing, properties, calls) => {
    await calls.call('ssm', 'PutParameter', { ...given(properties, parameterProperties), Overwrite: true });
    return {
      physicalId: existing.physicalId,
      attributes: { Type: properties['Type'], Value: properties['Value'] },
    };
  },
  remove: async ({ physicalId }, calls) =>
    void (await calls.call('ssm', 'DeleteParameter', { Name: physicalId })),
  read: async ({ physicalId }, calls) => {
    const answer = await calls.call('ssm', 'GetParameter', { Name: physicalId });
    return { Value: textOf(fieldsOf(answer['Parameter'])['Value']) ?? '' };
  },
};

export const logGroup: ResourceType = {
  nameProperty: 'LogGroupName',
  createOnly: ['LogGroupName'],
  create: async (properties, calls) => {
    const logGroupName = textOf(properties['LogGroupName']) ?? '';
    await calls.call('logs', 'CreateLogGroup', { logGroupName });
    const retentionInDays = properties['RetentionInDays'];
    if (retentionInDays !== undefined)
      await calls.call('logs', 'PutRetentionPolicy', {
        logGroupName,
        retentionInDays: Number(retentionInDays),
      });
    return {
      physicalId: logGroupName,
      attributes: { Arn: `arn:aws:logs:${calls.region}:${calls.accountId}:log-group:${logGroupName}:*` },
    };
  },
  update: async (existing, properties, calls) => {
    const logGroupName = existing.physicalId;
    const retentionInDays = properties['RetentionInDays'];
    if (retentionInDays === existing.properties['RetentionInDays']) return existing;
    if (retentionInDays === undefined) await calls.call('logs', 'DeleteRetentionPolicy', { logGroupName });
    else
      await calls.call('logs', 'PutRetentionPolicy', {
        logGroupName,
        retentionInDays: Number(retentionInDays),
      });
    return existing;
  },
  remove: async ({ physicalId }, calls) =>
    void (await calls.call('logs', 'DeleteLogGroup', { logGroupName: physicalId })),
};

export const secret: ResourceType = {
  nameProperty: 'Name',
  createOnly: ['Name'],
  create: async (properties, calls) => {
    const generated = properties['GenerateSecretString'] === undefined ? {} : { SecretString: 'generated' };
    const created = await calls.call('secretsmanager', 'CreateSecret', {
      ...generated,
      ...given(properties, ['Name', 'Description', 'SecretString', 'Tags']),
    });
    const arn = textOf(created['ARN']) ?? '';
    return { physicalId: arn, attributes: { Id: arn } };
  },
  update: async (existing, properties, calls) => {
    await calls.call('secretsmanager', 'UpdateSecret', {
      SecretId: existing.physicalId,
      ...given(properties, ['Description', 'SecretString']),
    });
    return existing;
  },
  remove: async ({ physicalId }, calls) =>
    void fieldsOf(
      await calls.call('secretsmanager', 'DeleteSecret', {
        SecretId: physicalId,
        ForceDeleteWithoutRecovery: true,
      }),
    ),
};
