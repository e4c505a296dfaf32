/** AWS STS: who am I, and assume a role. An adapter: it translates shapes and lets AWS's errors through. */
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import * as v from 'valibot';
import { Secret } from '../base/secret.ts';
import type { AwsEndpoint } from './awsEndpoint.ts';
import { PATIENCE, type Patience } from './patience.ts';
import { sdkCredentials } from './sdkCredentials.ts';
import type { Credentials } from './session.ts';

export interface CallerIdentity {
  readonly accountId: string;
  readonly arn: string;
}

export interface AssumeRoleRequest {
  readonly roleArn: string;
  readonly externalId?: string;
  readonly durationSeconds: number;
  readonly sessionPolicy?: string;
  readonly roleSessionName: string;
  readonly sourceIdentity?: string;
  /** All of them transitive. */
  readonly tags: Readonly<Record<string, string>>;
}

export interface AssumedRoleSession {
  readonly credentials: Credentials & { readonly expiresAt: number };
  readonly arn: string;
}

export interface StsApi {
  callerIdentity(credentials: Credentials, region: string, signal?: AbortSignal): Promise<CallerIdentity>;
  assumeRole(
    credentials: Credentials,
    region: string,
    request: AssumeRoleRequest,
    signal?: AbortSignal,
  ): Promise<AssumedRoleSession>;
}

export function createStsApi(endpoint: AwsEndpoint, patience: Patience = PATIENCE): StsApi {
  const client = (credentials: Credentials, region: string): STSClient =>
    new STSClient({
      region,
      credentials: sdkCredentials(credentials),
      maxAttempts: 3,
      requestHandler: patience,
      ...endpoint(),
    });
  return {
    async callerIdentity(credentials, region, signal) {
      const answer = await client(credentials, region).send(new GetCallerIdentityCommand({}), {
        ...abort(signal),
      });
      return v.parse(CallerIdentityAnswer, answer);
    },
    async assumeRole(credentials, region, request, signal) {
      const answer = await client(credentials, region).send(assumeRoleCommand(request), { ...abort(signal) });
      return v.parse(AssumeRoleAnswer, answer);
    },
  };
}

function assumeRoleCommand(request: AssumeRoleRequest): AssumeRoleCommand {
  const tags = Object.entries(request.tags);
  return new AssumeRoleCommand({
    RoleArn: request.roleArn,
    RoleSessionName: request.roleSessionName,
    SourceIdentity: request.sourceIdentity,
    DurationSeconds: request.durationSeconds,
    ExternalId: request.externalId,
    Policy: request.sessionPolicy,
    Tags: tags.map(([Key, Value]) => ({ Key, Value })),
    TransitiveTagKeys: tags.map(([key]) => key),
  });
}

function abort(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal ? { abortSignal: signal } : {};
}

const CallerIdentityAnswer = v.pipe(
  v.object({ Account: v.string(), Arn: v.string() }),
  v.transform(({ Account, Arn }): CallerIdentity => ({ accountId: Account, arn: Arn })),
);

const AssumeRoleAnswer = v.pipe(
  v.object({
    Credentials: v.object({
      AccessKeyId: v.string(),
      SecretAccessKey: v.string(),
      SessionToken: v.string(),
      Expiration: v.date(),
    }),
    AssumedRoleUser: v.object({ Arn: v.string() }),
  }),
  v.transform(
    ({ Credentials: answer, AssumedRoleUser }): AssumedRoleSession => ({
      arn: AssumedRoleUser.Arn,
      credentials: {
        accessKeyId: answer.AccessKeyId,
        secretAccessKey: new Secret(answer.SecretAccessKey),
        sessionToken: new Secret(answer.SessionToken),
        expiresAt: answer.Expiration.getTime(),
      },
    }),
  ),
);
