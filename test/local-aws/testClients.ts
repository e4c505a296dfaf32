/** Clients and sessions for the tests of this folder. */
import assert from 'node:assert/strict';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { IAMClient } from '@aws-sdk/client-iam';
import { S3Client } from '@aws-sdk/client-s3';
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  type Credentials,
  STSClient,
} from '@aws-sdk/client-sts';
import type { Credentials as Sealed } from '../../src/identity/session.ts';
import type { LocalAws } from './index.ts';

export interface TestCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export const clientsOf = (aws: LocalAws, credentials: TestCredentials, region = aws.world.region) => {
  const configuration = { endpoint: aws.endpoint, region, credentials, maxAttempts: 1 };
  return {
    sts: new STSClient(configuration),
    iam: new IAMClient(configuration),
    s3: new S3Client({ ...configuration, forcePathStyle: true }),
    cloudFormation: new CloudFormationClient(configuration),
    cloudTrail: new CloudTrailClient(configuration),
  };
};

/** The product's credentials in the plain form that a client of a test takes. */
export function revealed({ accessKeyId, secretAccessKey, sessionToken }: Sealed): TestCredentials {
  return {
    accessKeyId,
    secretAccessKey: secretAccessKey.reveal(),
    ...(sessionToken ? { sessionToken: sessionToken.reveal() } : {}),
  };
}

export function credentialsOf(given: Credentials | undefined): Required<TestCredentials> {
  assert(given?.AccessKeyId && given.SecretAccessKey && given.SessionToken);
  return {
    accessKeyId: given.AccessKeyId,
    secretAccessKey: given.SecretAccessKey,
    sessionToken: given.SessionToken,
  };
}

export const agentRequest = (
  aws: LocalAws,
  changes: Partial<AssumeRoleCommandInput> = {},
): AssumeRoleCommandInput => ({
  RoleArn: aws.world.agentRole.arn,
  RoleSessionName: 'no-wing-copilot-a1b2',
  SourceIdentity: 'alice',
  ExternalId: aws.world.agentRole.externalId,
  ...changes,
});

/** The agent's session, opened by alice. */
export async function agentSession(
  aws: LocalAws,
  changes: Partial<AssumeRoleCommandInput> = {},
): Promise<Required<TestCredentials>> {
  const { sts } = clientsOf(aws, aws.world.alice);
  return credentialsOf((await sts.send(new AssumeRoleCommand(agentRequest(aws, changes)))).Credentials);
}

export interface Refusal {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
}

/** What a call is refused with; a call that succeeds fails the test. */
export async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  const error = await call.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  assert(error instanceof Error, 'the call should have been refused');
  return toRefusal(error);
}

/** As `refusalOf`, for a call that may as well succeed. */
export function refusalOrNone(call: Promise<unknown>): Promise<Refusal | undefined> {
  return call.then(
    () => undefined,
    (error: Error) => toRefusal(error),
  );
}

function toRefusal(error: Error): Refusal {
  const metadata = '$metadata' in error ? error.$metadata : undefined;
  const status =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
      ? metadata.httpStatusCode
      : undefined;
  return {
    name: error.name,
    message: error.message,
    status: typeof status === 'number' ? status : undefined,
  };
}

export async function until<T>(look: () => Promise<T | undefined>, timeoutMs = 60_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  throw new Error('Waited too long');
}
