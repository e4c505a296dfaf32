// A made-up year of an organisation, in files as CloudTrail delivers them; the same every time, kept outside of the project.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { seededRandom } from '../../unit/trail/virtualClock.ts';

export interface CloudTrailSet {
  readonly records: number;
  readonly files: number;
}

/** @returns the folder. Making a million records takes a minute, the first time. */
export function cloudTrailSet({ records, files }: CloudTrailSet): string {
  const folder = join(tmpdir(), `no-wing-bench-${VERSION}-${records}-${files}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  const world = createWorld();
  for (let file = 0; file < files; file++) {
    const { name, text } = oneFile(world, file, { records, files });
    const path = join(unfinished, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, gzipSync(text));
  }
  renameSync(unfinished, folder);
  return folder;
}

const VERSION = 1;
const START = Date.UTC(2026, 0, 1);
const DAYS = 30;
const DAY = 86_400_000;
const ACCOUNTS = ['111122223333', '222233334444', '333344445555'];
const REGIONS = ['us-east-1', 'eu-west-1', 'eu-central-1', 'ap-south-1'];
const USER_AGENTS = [
  'aws-cli/2.17.1 md/awscrt#0.20.11 ua/2.0 os/linux#6.1 md/arch#x86_64 lang/python#3.11.8 cfg/retry-mode#standard',
  'Boto3/1.34.69 md/Botocore#1.34.69 ua/2.0 os/linux#5.10 md/arch#x86_64 lang/python#3.9.18 md/pyimpl#CPython',
  'aws-sdk-go-v2/1.26.1 os/linux lang/go#1.22.2 md/GOOS#linux md/GOARCH#amd64 api/ec2#1.156.0 m/AN',
];

interface World {
  readonly random: () => number;
  readonly calls: readonly Call[];
}

interface Call {
  readonly service: string;
  readonly name: string;
  readonly readOnly: boolean;
}

function createWorld(): World {
  const random = seededRandom(11);
  const calls = Array.from({ length: 120 }, (_, index) => ({
    service: pick(random, ['ec2', 's3', 'iam', 'lambda', 'dynamodb', 'kms', 'logs', 'ssm', 'rds', 'ecs']),
    name: `${pick(random, ['Describe', 'Get', 'List', 'Create', 'Update', 'Delete'])}Thing${index}`,
    readOnly: random() < 0.7,
  }));
  return { random, calls: [{ service: 'sts', name: 'AssumeRole', readOnly: true }, ...calls] };
}

function oneFile(
  world: World,
  file: number,
  { records, files }: CloudTrailSet,
): { name: string; text: string } {
  const { random } = world;
  const [account, region] = [pick(random, ACCOUNTS), pick(random, REGIONS)];
  const begin = START + Math.floor((DAYS * DAY * file) / files);
  const count = Math.round(records / files);
  const each = Array.from({ length: count }, (_, index) =>
    one(world, { account, region, time: begin + Math.floor((index * 300_000) / count) }),
  );
  const day = new Date(begin).toISOString().slice(0, 10).replaceAll('-', '/');
  return {
    name: `AWSLogs/${account}/CloudTrail/${region}/${day}/${account}_CloudTrail_${region}_${file}.json.gz`,
    text: JSON.stringify({ Records: each }),
  };
}

interface At {
  readonly account: string;
  readonly region: string;
  readonly time: number;
}

function one({ random, calls }: World, { account, region, time }: At): Record<string, unknown> {
  // A few calls are most of what happens.
  const call = calls[Math.floor(random() ** 3 * calls.length)] ?? {
    service: 's3',
    name: 'GetObject',
    readOnly: true,
  };
  const bucket = `bucket-${Math.floor(random() * 2000)}`;
  return {
    eventVersion: '1.09',
    userIdentity: identity(Math.floor(random() ** 2 * 40), account, time),
    eventTime: `${new Date(time).toISOString().slice(0, 19)}Z`,
    eventSource: `${call.service}.amazonaws.com`,
    eventName: call.name,
    awsRegion: region,
    sourceIPAddress: `198.51.100.${Math.floor(random() * 250)}`,
    userAgent: pick(random, USER_AGENTS),
    ...(random() < 0.05
      ? { errorCode: 'AccessDenied', errorMessage: 'User is not authorized to perform it' }
      : {}),
    requestParameters:
      random() < 0.3 ? null : { bucketName: bucket, Host: 's3.amazonaws.com', maxResults: 100 },
    responseElements: call.name === 'AssumeRole' ? session(random) : null,
    requestID: uuid(random),
    eventID: uuid(random),
    readOnly: call.readOnly,
    ...(random() < 0.3
      ? { resources: [{ accountId: account, type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::${bucket}` }] }
      : {}),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
    tlsDetails: {
      tlsVersion: 'TLSv1.3',
      cipherSuite: 'TLS_AES_128_GCM_SHA256',
      clientProvidedHostHeader: 'x.amazonaws.com',
    },
  };
}

/** Four of five are sessions of a role, new every eight hours; the others are users with keys. */
function identity(person: number, account: string, time: number): Record<string, unknown> {
  const user = `user${person}`;
  const begun = time - (time % (DAY / 3));
  const arn = `arn:aws:sts::${account}:assumed-role/role-${user}/${user}@example.com`;
  if (person % 5 === 0)
    return {
      type: 'IAMUser',
      principalId: `AIDA${user.toUpperCase().padEnd(17, 'Z')}`,
      arn: `arn:aws:iam::${account}:user/${user}`,
      accountId: account,
      accessKeyId: `AKIA${user.toUpperCase().padEnd(16, 'X')}`,
      userName: user,
    };
  return {
    type: 'AssumedRole',
    principalId: `AROA${user.toUpperCase().padEnd(17, 'Z')}:${user}@example.com`,
    arn,
    accountId: account,
    accessKeyId: `ASIA${`${user}${(begun / 1000).toString(36)}`.toUpperCase().padEnd(16, 'X')}`,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: `AROA${user.toUpperCase().padEnd(17, 'Z')}`,
        arn: `arn:aws:iam::${account}:role/role-${user}`,
        accountId: account,
        userName: `role-${user}`,
      },
      attributes: {
        creationDate: `${new Date(begun).toISOString().slice(0, 19)}Z`,
        mfaAuthenticated: 'false',
      },
    },
  };
}

function session(random: () => number): Record<string, unknown> {
  return {
    credentials: { accessKeyId: `ASIA${hex(random, 16).toUpperCase()}`, sessionToken: hex(random, 300) },
    assumedRoleUser: { assumedRoleId: `AROAEXAMPLE:${hex(random, 8)}` },
  };
}

function pick<T>(random: () => number, from: readonly [T, ...T[]] | readonly T[]): T {
  const one = from[Math.floor(random() * from.length)];
  if (one === undefined) throw new Error('nothing to pick from');
  return one;
}

function hex(random: () => number, length: number): string {
  let text = '';
  while (text.length < length)
    text += Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return text.slice(0, length);
}

function uuid(random: () => number): string {
  return `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-a${hex(random, 3)}-${hex(random, 12)}`;
}
