/** S3 buckets and DynamoDB tables. */
import { toFlatXml } from '../../http/xml.ts';
import { dig, type Fields, fieldsOf, isFields, listOf, textOf } from '../../values.ts';
import type { ServiceCalls } from '../serviceCalls.ts';
import type { Made, ResourceType } from './resourceType.ts';

export const bucket: ResourceType = {
  nameProperty: 'BucketName',
  nameOf: generated => generated.toLowerCase().slice(-63),
  createOnly: ['BucketName', 'ObjectLockEnabled'],
  create: async (properties, calls) => {
    const name = textOf(properties['BucketName']) ?? '';
    const elsewhere =
      calls.region === 'us-east-1'
        ? undefined
        : { CreateBucketConfiguration: { LocationConstraint: calls.region } };
    await put(calls, `/${name}`, elsewhere);
    await configure(name, {}, properties, calls);
    return madeBucket(name, calls);
  },
  update: async (existing, properties, calls) => {
    await configure(existing.physicalId, existing.properties, properties, calls);
    return existing;
  },
  remove: async ({ physicalId }, calls) =>
    void (await calls.rest('s3', { method: 'DELETE', path: `/${physicalId}` })),
};

export const bucketPolicy: ResourceType = {
  createOnly: ['Bucket'],
  required: ['Bucket', 'PolicyDocument'],
  create: async (properties, calls) => {
    const name = textOf(properties['Bucket']) ?? '';
    await calls.rest('s3', {
      method: 'PUT',
      path: `/${name}?policy`,
      body: JSON.stringify(properties['PolicyDocument']),
    });
    return { physicalId: name, attributes: {} };
  },
  update: ({ physicalId }, properties, calls) => bucketPolicy.create(properties, calls, physicalId),
  remove: async ({ physicalId }, calls) =>
    void (await calls.rest('s3', { method: 'DELETE', path: `/${physicalId}?policy` })),
};

const put = (calls: ServiceCalls, path: string, content?: Fields) =>
  calls.rest('s3', { method: 'PUT', path, ...(content === undefined ? {} : { body: toFlatXml(content) }) });

/** Bucket settings: the property, the sub-resource it is put to, and the body S3 wants. */
const settings: readonly (readonly [property: string, query: string, body: (value: unknown) => Fields])[] = [
  [
    'BucketEncryption',
    'encryption',
    value => ({
      ServerSideEncryptionConfiguration: {
        Rule: listOf(dig(value, 'ServerSideEncryptionConfiguration')).map(encryptionRule),
      },
    }),
  ],
  ['VersioningConfiguration', 'versioning', value => ({ VersioningConfiguration: fieldsOf(value) })],
  [
    'PublicAccessBlockConfiguration',
    'publicAccessBlock',
    value => ({ PublicAccessBlockConfiguration: fieldsOf(value) }),
  ],
  ['OwnershipControls', 'ownershipControls', value => ({ OwnershipControls: { Rule: dig(value, 'Rules') } })],
  ['Tags', 'tagging', value => ({ Tagging: { TagSet: { Tag: listOf(value) } } })],
  [
    'LifecycleConfiguration',
    'lifecycle',
    value => ({ LifecycleConfiguration: { Rule: listOf(dig(value, 'Rules')).map(lifecycleRule) } }),
  ],
];

function encryptionRule(rule: unknown): Fields {
  return {
    ApplyServerSideEncryptionByDefault: dig(rule, 'ServerSideEncryptionByDefault'),
    BucketKeyEnabled: dig(rule, 'BucketKeyEnabled'),
  };
}

function lifecycleRule(rule: unknown): Fields {
  const days = dig(rule, 'ExpirationInDays');
  return {
    ID: dig(rule, 'Id') ?? 'rule',
    Filter: { Prefix: dig(rule, 'Prefix') ?? '' },
    Status: dig(rule, 'Status'),
    ...(days === undefined ? {} : { Expiration: { Days: days } }),
  };
}

async function configure(name: string, before: Fields, after: Fields, calls: ServiceCalls): Promise<void> {
  for (const [property, query, body] of settings) {
    if (JSON.stringify(before[property]) === JSON.stringify(after[property])) continue;
    if (after[property] !== undefined) await put(calls, `/${name}?${query}`, body(after[property]));
    else if (query !== 'versioning') await calls.rest('s3', { method: 'DELETE', path: `/${name}?${query}` });
  }
}

const madeBucket = (name: string, calls: ServiceCalls): Made => ({
  physicalId: name,
  attributes: {
    Arn: `arn:aws:s3:::${name}`,
    DomainName: `${name}.s3.amazonaws.com`,
    RegionalDomainName: `${name}.s3.${calls.region}.amazonaws.com`,
  },
});

const tableKeys = ['TableName', 'KeySchema', 'LocalSecondaryIndexes'];
const tableProperties = [
  ...tableKeys,
  'AttributeDefinitions',
  'BillingMode',
  'ProvisionedThroughput',
  'GlobalSecondaryIndexes',
  'Tags',
  'TableClass',
  'DeletionProtectionEnabled',
];

export const table: ResourceType = {
  nameProperty: 'TableName',
  createOnly: tableKeys,
  required: ['KeySchema'],
  create: async (properties, calls) => {
    const given = Object.fromEntries(
      tableProperties.flatMap(name => (properties[name] === undefined ? [] : [[name, properties[name]]])),
    );
    const stream = properties['StreamSpecification'];
    const withStream = isFields(stream) ? { StreamSpecification: { StreamEnabled: true, ...stream } } : {};
    const created = await calls.call('dynamodb', 'CreateTable', { ...given, ...withStream });
    const name = textOf(properties['TableName']) ?? '';
    const description = created['TableDescription'];
    return {
      physicalId: name,
      attributes: { Arn: dig(description, 'TableArn'), StreamArn: dig(description, 'LatestStreamArn') },
    };
  },
  update: async (existing, properties, calls) => {
    const changeable = [
      'AttributeDefinitions',
      'BillingMode',
      'ProvisionedThroughput',
      'DeletionProtectionEnabled',
      'TableClass',
    ];
    const changed = changeable.filter(
      name => JSON.stringify(existing.properties[name]) !== JSON.stringify(properties[name]),
    );
    const given = Object.fromEntries(changed.map(name => [name, properties[name]]));
    if (changed.length > 0)
      await calls.call('dynamodb', 'UpdateTable', { TableName: existing.physicalId, ...given });
    return existing;
  },
  remove: async ({ physicalId }, calls) =>
    void (await calls.call('dynamodb', 'DeleteTable', { TableName: physicalId })),
};
