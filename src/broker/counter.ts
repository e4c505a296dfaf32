/**
 * Where requests are answered: who asks, may they, and for what. What goes out is put together at the last moment, and
 * nothing takes the place of a session that cannot be had.
 */
import { MINUTE } from '../base/clock.ts';
import { describeError, type Log } from '../base/log.ts';
import { UserError } from '../base/userError.ts';
import { type Profile, who } from '../identity/profile.ts';
import type { Credentials, Session } from '../identity/session.ts';
import { principalKey } from '../identity/sessionSource.ts';
import { admit, type RawRequest } from './admission.ts';
import type { Client } from './client.ts';
import type { Handouts } from './handouts.ts';
import type { Answer, Connection } from './httpServer.ts';
import type { Limits } from './limits.ts';
import { type Refusal, refusal, refusalOf, TOO_MANY, UNKNOWN_KEY } from './refusal.ts';

export interface CounterInput {
  /** @returns who asks, or why the request gets nothing. @throws what stands in the way of finding out. */
  readonly recognize: (apiKey: string, connection: Connection) => Promise<Client | Refusal>;
  /** A name for a key that nobody has, under which its failures are counted. */
  readonly claimed: (apiKey: string) => string;
  readonly limits: Limits;
  /** @throws UserError, whatever stands in the way of the client's own session. */
  readonly session: (client: Client) => Promise<Session>;
  readonly profile: (id: string) => Profile | undefined;
  readonly handouts: Pick<Handouts, 'record' | 'isRecorded'>;
  readonly proof: (nonce: string, port: number) => Promise<string>;
  readonly used: (client: Client) => void;
  /** It may have been revoked while its session was on the way. */
  readonly isInForce: (client: Client) => boolean;
  /** Principals of users, as `principalKey` writes them: no agent gets a session of one. */
  readonly userPrincipals: () => readonly string[];
  /** A session could not be had. */
  readonly trouble: (client: Client, error: unknown) => void;
  readonly now: () => number;
  readonly log: Pick<Log, 'error'>;
}

export type Counter = (request: RawRequest, connection: Connection) => Promise<Answer>;

export function createCounter(input: CounterInput): Counter {
  return async (request, connection) => {
    const admission = admit(request, `127.0.0.1:${connection.port}`);
    switch (admission.route) {
      case 'refused':
        return refused(admission.refusal);
      case 'proof':
        return answered({ proof: await input.proof(admission.nonce, connection.port) });
      case 'credentials':
      case 'identity':
        return forClient(input, admission, connection);
    }
  };
}

interface ClientRequest {
  readonly route: 'credentials' | 'identity';
  readonly apiKey: string;
}

async function forClient(
  input: CounterInput,
  { route, apiKey }: ClientRequest,
  connection: Connection,
): Promise<Answer> {
  try {
    const client = await input.recognize(apiKey, connection);
    if ('status' in client) return await afterFailure(input, apiKey, client);
    if (!(await input.limits.mayAsk(client.id))) return refused(TOO_MANY);
    if (!client.scopes.includes(route)) return refused(notInScope(route));
    input.used(client);
    return await (route === 'identity' ? identity(input, client) : credentials(input, client));
  } catch (error) {
    input.log.error(`A request to the broker failed: ${describeError(error)}`);
    return refused(refusalOf(error, 'this client'));
  }
}

/** Only a wrong key counts: who has the right one may ask again once the obstacle is gone. */
async function afterFailure(
  { limits, claimed }: CounterInput,
  apiKey: string,
  why: Refusal,
): Promise<Answer> {
  const counts = why.status === UNKNOWN_KEY.status;
  return refused(counts && !(await limits.mayFail(claimed(apiKey))) ? TOO_MANY : why);
}

async function credentials(input: CounterInput, client: Client): Promise<Answer> {
  try {
    const session = await input.session(client);
    requireMeantFor(client, session);
    await recordFirst(input, client, session);
    if (!input.isInForce(client)) return refused(UNKNOWN_KEY);
    return answered(containerCredentials(session.credentials, input.now()));
  } catch (error) {
    input.trouble(client, error);
    const profile = input.profile(client.profileId);
    return refused(
      refusalOf(error, profile ? who(profile) : `the ${client.kind} of a profile that was removed`),
    );
  }
}

/** The last look: whatever went wrong before, nobody gets another identity's session here. */
function requireMeantFor(client: Client, { profile }: Session): void {
  if (profile.id !== client.profileId || profile.kind !== client.kind) throw otherIdentity(client);
}

async function recordFirst(input: CounterInput, client: Client, session: Session): Promise<void> {
  const { handouts, userPrincipals } = input;
  const { accessKeyId } = session.credentials;
  if (handouts.isRecorded(accessKeyId, client.id)) return;
  if (client.kind === 'agent' && userPrincipals().includes(principalKey(session.arn)))
    throw otherIdentity(client);
  await handouts.record(accessKeyId, client.id);
}

/** For a session of unknown end: SDKs must be told one, and ask again then. */
const UNKNOWN_END = 15 * MINUTE;

/** The container credential protocol; its fields are all required. */
function containerCredentials(credentials: Credentials, now: number): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken, expiresAt = now + UNKNOWN_END } = credentials;
  if (!sessionToken) throw longLived();
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey.reveal(),
    Token: sessionToken.reveal(),
    Expiration: new Date(expiresAt).toISOString(),
  };
}

async function identity(input: CounterInput, client: Client): Promise<Answer> {
  const profile = input.profile(client.profileId);
  if (!profile || profile.kind !== client.kind) {
    return refused(refusal(403, 'identity.gone', 'The profile of this API key was removed.'));
  }
  const { name, kind, region, environment, verified } = profile;
  const { accountId, arn } = verified;
  return answered({ name, kind, arn, accountId, region, environment });
}

function answered(body: Readonly<Record<string, string>>): Answer {
  return { status: 200, body };
}

/** JavaScript's SDK looks for the capitalised names, the others for the small ones. */
function refused({ status, code, message }: Refusal): Answer {
  return { status, body: { code, message, Code: code, Message: message } };
}

function otherIdentity({ kind, name }: Client): UserError {
  const message = `The session that AWS gave for the ${kind} of ${name} is another identity's; it was not handed out.`;
  return new UserError('broker.otherIdentity', message, {
    hint: 'Remove the profile and add it again: then No Wing verifies who it is.',
  });
}

function notInScope(route: string): Refusal {
  return refusal(403, 'broker.scope', `This API key does not allow to ask for ${route}.`);
}

function longLived(): UserError {
  return new UserError('broker.longLived', 'Keys that do not expire are not handed out to processes.', {
    hint: 'Use a profile whose source gives sessions: a role, or IAM Identity Center.',
  });
}
