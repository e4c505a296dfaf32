/** SQS queues, SNS topics and their subscriptions. */
import { dig, type Fields, fieldsOf, isFields, listOf, textOf } from '../../values.ts';
import type { ServiceCalls } from '../serviceCalls.ts';
import type { ResourceType } from './resourceType.ts';

const queueAttributes = [
  'VisibilityTimeout',
  'MessageRetentionPeriod',
  'DelaySeconds',
  'ReceiveMessageWaitTimeSeconds',
  'MaximumMessageSize',
  'FifoQueue',
  'ContentBasedDeduplication',
  'KmsMasterKeyId',
  'SqsManagedSseEnabled',
  'RedrivePolicy',
  'KmsDataKeyReusePeriodSeconds',
];

const asText = (value: unknown): string => (isFields(value) ? JSON.stringify(value) : String(value));

const attributesOf = (properties: Fields): Fields =>
  Object.fromEntries(
    queueAttributes.flatMap(name =>
      properties[name] === undefined ? [] : [[name, asText(properties[name])]],
    ),
  );

export const queue: ResourceType = {
  nameProperty: 'QueueName',
  createOnly: ['QueueName', 'FifoQueue'],
  create: async (properties, calls) => {
    const name = textOf(properties['QueueName']) ?? '';
    const tags = Object.fromEntries(
      listOf(properties['Tags']).map(tag => [textOf(dig(tag, 'Key')) ?? '', dig(tag, 'Value')]),
    );
    const created = await calls.call('sqs', 'CreateQueue', {
      QueueName: name,
      ...(Object.keys(attributesOf(properties)).length > 0 ? { Attributes: attributesOf(properties) } : {}),
      ...(Object.keys(tags).length > 0 ? { tags } : {}),
    });
    const url = textOf(created['QueueUrl']) ?? '';
    const arn = `arn:aws:sqs:${calls.region}:${calls.accountId}:${name}`;
    return { physicalId: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
  },
  update: async (existing, properties, calls) => {
    const Attributes = attributesOf(properties);
    if (JSON.stringify(Attributes) !== JSON.stringify(attributesOf(existing.properties))) {
      await calls.call('sqs', 'SetQueueAttributes', { QueueUrl: existing.physicalId, Attributes });
    }
    return existing;
  },
  remove: async ({ physicalId }, calls) =>
    void (await calls.call('sqs', 'DeleteQueue', { QueueUrl: physicalId })),
  read: async ({ physicalId, properties }, calls) => {
    const answer = await calls.call('sqs', 'GetQueueAttributes', {
      QueueUrl: physicalId,
      AttributeNames: ['All'],
    });
    const actual = fieldsOf(answer['Attributes']);
    return Object.fromEntries(
      Object.keys(attributesOf(properties)).map(name => [name, textOf(actual[name]) ?? '']),
    );
  },
};

export const queuePolicy: ResourceType = {
  createOnly: [],
  required: ['Queues', 'PolicyDocument'],
  create: async (properties, calls) => {
    await setQueuePolicies(properties['Queues'], JSON.stringify(properties['PolicyDocument']), calls);
    return {
      physicalId: `queue-policy-${String(listOf(properties['Queues'])[0]).split('/').at(-1)}`,
      attributes: {},
    };
  },
  update: async (existing, properties, calls) => {
    await setQueuePolicies(properties['Queues'], JSON.stringify(properties['PolicyDocument']), calls);
    return existing;
  },
  remove: ({ properties }, calls) => setQueuePolicies(properties['Queues'], '', calls),
};

async function setQueuePolicies(queues: unknown, Policy: string, calls: ServiceCalls): Promise<void> {
  for (const QueueUrl of listOf(queues))
    await calls.call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: { Policy } });
}

/** The query protocol's way to write a map. */
const entries = (map: Fields): Fields => ({
  entry: Object.fromEntries(
    Object.entries(map).map(([key, value], index) => [String(index + 1), { key, value }]),
  ),
});

export const topic: ResourceType = {
  nameProperty: 'TopicName',
  createOnly: ['TopicName', 'FifoTopic'],
  create: async (properties, calls) => {
    const given: Fields = {
      ...(properties['DisplayName'] === undefined ? {} : { DisplayName: properties['DisplayName'] }),
      ...(properties['KmsMasterKeyId'] === undefined ? {} : { KmsMasterKeyId: properties['KmsMasterKeyId'] }),
      ...(properties['FifoTopic'] === undefined ? {} : { FifoTopic: String(properties['FifoTopic']) }),
    };
    const created = await calls.call('sns', 'CreateTopic', {
      Name: properties['TopicName'],
      ...(Object.keys(given).length > 0 ? { Attributes: entries(given) } : {}),
      ...(properties['Tags'] === undefined ? {} : { Tags: properties['Tags'] }),
    });
    const arn = textOf(created['TopicArn']) ?? '';
    await subscribeAll(arn, properties['Subscription'], calls);
    return { physicalId: arn, attributes: { TopicArn: arn, TopicName: properties['TopicName'] } };
  },
  update: async (existing, properties, calls) => {
    const AttributeValue = textOf(properties['DisplayName']) ?? '';
    if (AttributeValue !== (textOf(existing.properties['DisplayName']) ?? '')) {
      await calls.call('sns', 'SetTopicAttributes', {
        TopicArn: existing.physicalId,
        AttributeName: 'DisplayName',
        AttributeValue,
      });
    }
    return existing;
  },
  remove: async ({ physicalId }, calls) =>
    void (await calls.call('sns', 'DeleteTopic', { TopicArn: physicalId })),
};

async function subscribeAll(TopicArn: string, subscriptions: unknown, calls: ServiceCalls): Promise<void> {
  for (const one of listOf(subscriptions)) {
    await calls.call('sns', 'Subscribe', {
      TopicArn,
      Protocol: dig(one, 'Protocol'),
      Endpoint: dig(one, 'Endpoint'),
    });
  }
}

export const subscription: ResourceType = {
  createOnly: ['TopicArn', 'Protocol', 'Endpoint'],
  required: ['TopicArn', 'Protocol'],
  create: async (properties, calls) => {
    const { TopicArn, Protocol, Endpoint } = properties;
    const created = await calls.call('sns', 'Subscribe', { TopicArn, Protocol, Endpoint });
    return { physicalId: textOf(created['SubscriptionArn']) ?? '', attributes: {} };
  },
  update: existing => Promise.resolve(existing),
  remove: async ({ physicalId }, calls) =>
    void (await calls.call('sns', 'Unsubscribe', { SubscriptionArn: physicalId })),
};
