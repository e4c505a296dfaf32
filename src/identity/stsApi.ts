/** AWS STS: who am I, assume a role, and temporary credentials of a user. An adapter: it translates shapes and lets AWS's errors through. */
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import * as v from 'valibot';
import { Secret } from '../base/secret.ts';
import type { AwsEndpoint } from './awsEndpoint.ts';
import { PATIENCE, type Patience } from './patience.ts';
import { sdkAccess } from './sdkAccessApi.ts';
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

export type TemporaryCredentials = Credentials & { readonly expiresAt: number };

export interface AssumedRoleSession {
  readonly credentials: TemporaryCredentials;
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
  /** Only long-lived access keys may ask for them. */
  sessionToken(
    credentials: Credentials,
    region: string,
    durationSeconds: number,
    signal?: AbortSignal,
  ): Promise<TemporaryCredentials>;
}

export function createStsApi(endpoint: AwsEndpoint, patience: Patience = PATIENCE): StsApi {
  /** A client for one call: it is gone with its connections when the call has ended. */
  const asked = async <T>(
    credentials: Credentials,
    region: string,
    ask: (client: STSClient) => Promise<T>,
  ): Promise<T> => {
    const client = new STSClient({
      region,
      ...sdkAccess(credentials, patience),
      maxAttempts: 3,
      ...endpoint(),
    });
    try {
      return await ask(client);
    } finally {
      client.destroy();
    }
  };
  return {
    async callerIdentity(credentials, region, signal) {
      const command = new GetCallerIdentityCommand({});
      const answer = await asked(credentials, region, client => client.send(command, abort(signal)));
      return v.parse(CallerIdentityAnswer, answer);
    },
    async assumeRole(credentials, region, request, signal) {
      const command = assumeRoleCommand(request);
      const answer = await asked(credentials, region, client => client.send(command, abort(signal)));
      return v.parse(AssumeRoleAnswer, answer);
    },
    async sessionToken(credentials, region, DurationSeconds, signal) {
      const command = new GetSessionTokenCommand({ DurationSeconds });
      const answer = await asked(credentials, region, client => client.send(command, abort(signal)));
      return v.parse(SessionTokenAnswer, answer).Credentials;
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

const TemporaryAnswer = v.pipe(
  v.object({
    AccessKeyId: v.string(),
    SecretAccessKey: v.string(),
    SessionToken: v.string(),
    Expiration: v.date(),
  }),
  v.transform(
    (answer): TemporaryCredentials => ({
      accessKeyId: answer.AccessKeyId,
      secretAccessKey: new Secret(answer.SecretAccessKey),
      sessionToken: new Secret(answer.SessionToken),
      expiresAt: answer.Expiration.getTime(),
    }),
  ),
);

const SessionTokenAnswer = v.object({ Credentials: TemporaryAnswer });

const AssumeRoleAnswer = v.pipe(
  v.object({ Credentials: TemporaryAnswer, AssumedRoleUser: v.object({ Arn: v.string() }) }),
  v.transform(
    ({ Credentials: credentials, AssumedRoleUser }): AssumedRoleSession => ({
      arn: AssumedRoleUser.Arn,
      credentials,
    }),
  ),
);
