/** Profiles of the shared AWS configuration (`~/.aws`), through AWS's own resolver: SSO, roles, credential_process. */
import { fromIni } from '@aws-sdk/credential-providers';
import * as v from 'valibot';
import { MINUTE, SECOND, systemClock } from '../base/clock.ts';
import { Secret } from '../base/secret.ts';
import { UserError } from '../base/userError.ts';
import type { AwsEndpoint } from './awsEndpoint.ts';
import { PATIENCE } from './patience.ts';
import type { Credentials } from './session.ts';
import { readingSharedKeys } from './sharedFilesApi.ts';

export type LoadSharedConfig = (profile: string) => Promise<Credentials>;

/** Resolves exactly the named profile. It does not go on to the environment, the default profile or the instance. */
export function createLoadSharedConfig(
  endpoint: AwsEndpoint,
  limitMs: number = LONGEST_PROCESS_MS,
): LoadSharedConfig {
  return async profile => {
    const clientConfig = { requestHandler: PATIENCE, ...endpoint() };
    const resolve = fromIni({ profile, ignoreCache: true, clientConfig });
    return v.parse(Answer, await inTime(readingSharedKeys(resolve), profile, limitMs));
  };
}

/** A `credential_process` may ask a person something; the SDK itself would wait for one that hangs for ever. */
const LONGEST_PROCESS_MS = 2 * MINUTE;

/** @throws UserError `identity.sharedConfigTimedOut` */
async function inTime<T>(work: Promise<T>, profile: string, limitMs: number): Promise<T> {
  const done = new AbortController();
  const late = systemClock.sleep(limitMs, done.signal).then(() => {
    throw timedOut(profile, limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}

function timedOut(profile: string, limitMs: number): UserError {
  return new UserError(
    'identity.sharedConfigTimedOut',
    `The profile ${profile} of the shared AWS configuration gave no credentials within ${limitMs / SECOND} s.`,
    {
      hint: 'Its credential process may be waiting for something. Run it in a terminal, then sign in again.',
    },
  );
}

const Answer = v.pipe(
  v.object({
    accessKeyId: v.string(),
    secretAccessKey: v.string(),
    sessionToken: v.optional(v.string()),
    expiration: v.optional(v.date()),
  }),
  v.transform(
    (answer): Credentials => ({
      accessKeyId: answer.accessKeyId,
      secretAccessKey: new Secret(answer.secretAccessKey),
      ...(answer.sessionToken === undefined ? {} : { sessionToken: new Secret(answer.sessionToken) }),
      ...(answer.expiration === undefined ? {} : { expiresAt: answer.expiration.getTime() }),
    }),
  ),
);
