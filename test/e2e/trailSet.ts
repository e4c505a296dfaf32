// A made-up month of an account, in files as CloudTrail delivers them: every kind of actor, a dozen services, one damaged file.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Identity, identities } from './trailIdentities.ts';

export interface TrailSet {
  readonly folder: string;
  readonly events: number;
  /** Its newest event's time. Milliseconds since the epoch. */
  readonly until: number;
}

const FILE = 500;
const DAYS = 30;
const DAY = 86_400_000;

/** Files of 500 events each, and one that was cut off. */
export function writeTrailSet({ folder, events, until }: TrailSet): void {
  mkdirSync(folder, { recursive: true });
  const random = seeded(7);
  const people = identities();
  for (let first = 0; first < events; first += FILE) {
    const records = Array.from({ length: Math.min(FILE, events - first) }, (_, index) =>
      record(random, people, first + index, until - DAYS * DAY * (1 - (first + index + 1) / events)),
    );
    writeFileSync(
      join(folder, `${first}.json.gz`),
      gzipSync(JSON.stringify({ Records: records }), { level: 1 }),
    );
  }
  const whole = gzipSync(JSON.stringify({ Records: [record(random, people, events, until)] }));
  writeFileSync(join(folder, 'cut-off.json.gz'), whole.subarray(0, whole.length / 2));
}

const SERVICES = ['s3', 'ec2', 'dynamodb', 'lambda', 'sqs', 'sns', 'iam', 'kms', 'logs', 'ssm', 'sts', 'rds'];
const VERBS = ['Get', 'List', 'Describe', 'Get', 'Describe', 'Put', 'Create', 'Update', 'Delete'];

function record(random: () => number, people: readonly Identity[], number: number, time: number): unknown {
  // A few actors do most of it.
  const who = people[Math.floor(random() ** 2 * people.length)];
  const service = SERVICES[Math.floor(random() ** 1.5 * SERVICES.length)] ?? 's3';
  const verb = VERBS[Math.floor(random() * VERBS.length)] ?? 'Get';
  return {
    eventVersion: '1.11',
    eventID: `${number.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`,
    eventTime: `${new Date(time).toISOString().slice(0, 19)}Z`,
    eventSource: `${service}.amazonaws.com`,
    eventName: `${verb}${service.charAt(0).toUpperCase()}${service.slice(1)}Item`,
    awsRegion: random() < 0.8 ? 'us-east-1' : 'eu-west-1',
    readOnly: !/^(Put|Create|Update|Delete)/.test(verb),
    recipientAccountId: '111122223333',
    sourceIPAddress: '198.51.100.7',
    userAgent: 'aws-sdk-js/3.1 os/linux lang/js',
    ...(random() < 0.06 ? { errorCode: random() < 0.7 ? 'AccessDenied' : 'ThrottlingException' } : {}),
    requestParameters: { bucketName: `orders-${number % 300}` },
    eventType: 'AwsApiCall',
    ...who,
  };
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}
