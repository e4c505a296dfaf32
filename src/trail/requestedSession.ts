/**
 * What the record of an STS call says of the session that was asked for. Session tags, and which access key the session
 * got, appear on this record only.
 */
import * as v from 'valibot';

const text = v.fallback(v.optional(v.string()), undefined);
const texts = v.fallback(v.array(v.string()), []);
const pairs = v.fallback(v.record(v.string(), v.string()), {});
const Tag = v.object({ key: v.string(), value: v.string() });

const Request = v.object({
  roleArn: text,
  /** AssumeRoot: the account whose root it becomes. */
  targetPrincipal: text,
  roleSessionName: text,
  /** GetFederationToken: the name of the federated user. */
  name: text,
  sourceIdentity: text,
  tags: v.fallback(v.array(Tag), []),
  transitiveTagKeys: texts,
  /** Inherited from the calling session, which is how a mark gets through role chaining. */
  incomingTransitiveTags: pairs,
});

const Response = v.object({
  credentials: v.fallback(v.object({ accessKeyId: text }), {}),
  assumedRoleUser: v.fallback(v.object({ assumedRoleId: text }), {}),
  federatedUser: v.fallback(v.object({ federatedUserId: text }), {}),
  sourceIdentity: text,
});

export interface RequestedSession {
  readonly roleArn: string | undefined;
  readonly sessionName: string | undefined;
  readonly sourceIdentity: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** The tags that go on into every session started from this one: its own, and the inherited. */
  readonly transitiveTags: Readonly<Record<string, string>>;
  /** Absent when AWS refused. */
  readonly accessKeyId: string | undefined;
  /** `AROAEXAMPLE:session-name`, the principal id of the session's own events. */
  readonly sessionId: string | undefined;
}

interface StsRecord {
  readonly eventName?: string | undefined;
  readonly eventSource?: string | undefined;
  readonly requestParameters: Readonly<Record<string, unknown>>;
  readonly responseElements: Readonly<Record<string, unknown>>;
}

export function requestedSession(record: StsRecord): RequestedSession | undefined {
  if (!STARTS_SESSION.test(record.eventName ?? '') || !record.eventSource?.startsWith('sts.'))
    return undefined;
  const request = v.parse(Request, record.requestParameters);
  const answer = v.parse(Response, record.responseElements);
  const own = request.tags.map(({ key, value }) => [key, value] as const);
  const keys = new Set(request.transitiveTagKeys.map(key => key.toLowerCase()));
  const passedOn = own.filter(([key]) => keys.has(key.toLowerCase()));
  return {
    roleArn: request.roleArn ?? request.targetPrincipal,
    sessionName: request.roleSessionName ?? request.name,
    sourceIdentity: request.sourceIdentity ?? answer.sourceIdentity,
    tags: Object.fromEntries(own),
    transitiveTags: { ...request.incomingTransitiveTags, ...Object.fromEntries(passedOn) },
    accessKeyId: answer.credentials.accessKeyId,
    sessionId: answer.assumedRoleUser.assumedRoleId ?? answer.federatedUser.federatedUserId,
  };
}

const STARTS_SESSION = /^(?:AssumeRo|Get(?:Session|Federation)Token$)/;
