/** Credentials in the form that the AWS SDK takes; the plain text lives as long as the client that holds it. */
import type { Credentials } from './session.ts';

export interface SdkCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export function sdkCredentials(credentials: Credentials): SdkCredentials {
  return {
    accessKeyId: credentials.accessKeyId,
    secretAccessKey: credentials.secretAccessKey.reveal(),
    ...(credentials.sessionToken ? { sessionToken: credentials.sessionToken.reveal() } : {}),
  };
}
