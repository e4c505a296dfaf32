/** What an AssumeRole record says of the session that was asked for. Session tags appear on this record only. */
import * as v from 'valibot';

const text = v.fallback(v.optional(v.string()), undefined);
const Tag = v.object({ key: v.string(), value: v.string() });

const Request = v.object({
  roleArn: text,
  roleSessionName: text,
  sourceIdentity: text,
  tags: v.fallback(v.array(Tag), []),
});
const Response = v.object({ credentials: v.fallback(v.object({ accessKeyId: text }), {}) });

export interface RequestedSession {
  readonly roleArn: string | undefined;
  readonly sessionName: string | undefined;
  readonly sourceIdentity: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** Absent when AWS refused. */
  readonly accessKeyId: string | undefined;
}

interface AssumeRoleRecord {
  readonly eventName?: string | undefined;
  readonly requestParameters: Readonly<Record<string, unknown>>;
  readonly responseElements: Readonly<Record<string, unknown>>;
}

export function requestedSession(record: AssumeRoleRecord): RequestedSession | undefined {
  if (!record.eventName?.startsWith('AssumeRole')) return undefined;
  const request = v.parse(Request, record.requestParameters);
  const response = v.safeParse(Response, record.responseElements);
  return {
    roleArn: request.roleArn,
    sessionName: request.roleSessionName,
    sourceIdentity: request.sourceIdentity,
    tags: Object.fromEntries(request.tags.map(({ key, value }) => [key, value])),
    accessKeyId: response.success ? response.output.credentials.accessKeyId : undefined,
  };
}
