/**
 * One CloudTrail record, read tolerantly: every shape gives a value, never an exception. What a record does not say is
 * undefined. Shapes: CloudTrail user guide, "CloudTrail userIdentity element" and "record contents"; real records also
 * come without `type`, without `userIdentity`, and as digests and Insight records.
 */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { parseAssumedRole, principalName } from '../base/arn.ts';
import type { RawEvent } from './lookUp.ts';
import { type RequestedSession, requestedSession } from './requestedSession.ts';

type Text = string | undefined;

/** Who the record says it was; what that means is for `attribution`. */
export interface Principal {
  readonly type: Text;
  readonly arn: Text;
  readonly accountId: Text;
  readonly userName: Text;
  readonly principalId: Text;
  readonly accessKeyId: Text;
  /** The role or user whose session it is. */
  readonly issuerArn: Text;
  readonly issuerName: Text;
  readonly sessionName: Text;
  readonly sourceIdentity: Text;
  /** The service that called, with forwarded access or for itself. */
  readonly invokedBy: Text;
  /** IAM Identity Center: the user's id there. */
  readonly onBehalfOfUser: Text;
}

export interface TrailEvent {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly name: string;
  readonly source: string;
  readonly region: string;
  /** The account whose trail it is in. */
  readonly accountId: string;
  readonly readOnly: boolean | undefined;
  readonly error: Text;
  readonly errorMessage: Text;
  readonly userAgent: Text;
  readonly sourceIp: Text;
  readonly principal: Principal;
  /** What was acted upon, as far as the record names it. */
  readonly resources: readonly string[];
  /** On AssumeRole: the session that was asked for. */
  readonly requestedSession: RequestedSession | undefined;
  /** The whole record. */
  readonly json: string;
}

/** Where and when it was found, for what the record itself does not say. */
export interface Found {
  readonly accountId: string;
  readonly region: string;
  readonly at: number;
}

export function parseTrailEvent(raw: RawEvent, found: Found): TrailEvent {
  const json = withoutSessionToken(raw.json);
  const record = v.parse(TolerantRecord, json);
  const time = Date.parse(record.eventTime ?? '');
  return {
    id: record.eventID ?? raw.id ?? createHash('sha256').update(json).digest('hex'),
    time: Number.isNaN(time) ? (raw.time ?? found.at) : time,
    name: record.eventName ?? record.eventType ?? 'Unknown',
    source: record.eventSource ?? 'unknown',
    region: record.awsRegion ?? found.region,
    accountId: found.accountId,
    readOnly: record.readOnly,
    error: record.errorCode,
    errorMessage: record.errorMessage,
    userAgent: record.userAgent,
    sourceIp: record.sourceIPAddress,
    principal: principalOf(record.userIdentity),
    resources: resourcesOf(record.resources, record.requestParameters),
    requestedSession: requestedSession(record),
    json,
  };
}

const text = v.fallback(v.optional(v.pipe(v.string(), v.nonEmpty())), undefined);
const anything = v.fallback(v.record(v.string(), v.unknown()), {});

/** An object of which every part may be missing or something else. */
function part<const T extends v.ObjectEntries>(entries: T) {
  return v.optional(v.pipe(anything, v.object(entries)), {});
}

const UserIdentity = part({
  type: text,
  arn: text,
  accountId: text,
  userName: text,
  principalId: text,
  accessKeyId: text,
  invokedBy: text,
  sessionContext: part({
    sourceIdentity: text,
    sessionIssuer: part({ arn: text, userName: text }),
  }),
  onBehalfOf: part({ userId: text }),
});

const Resource = part({ ARN: text, resourceName: text });

const CloudTrailRecord = part({
  eventID: text,
  eventTime: text,
  eventName: text,
  eventType: text,
  eventSource: text,
  awsRegion: text,
  readOnly: v.fallback(
    v.optional(
      v.union([
        v.boolean(),
        v.pipe(
          v.picklist(['true', 'false']),
          v.transform(word => word === 'true'),
        ),
      ]),
    ),
    undefined,
  ),
  errorCode: text,
  errorMessage: text,
  userAgent: text,
  sourceIPAddress: text,
  userIdentity: UserIdentity,
  requestParameters: anything,
  responseElements: anything,
  resources: v.fallback(v.array(Resource), []),
});

const TolerantRecord = v.pipe(v.fallback(v.pipe(v.string(), v.parseJson()), {}), CloudTrailRecord);

function principalOf(identity: v.InferOutput<typeof UserIdentity>): Principal {
  const { sessionContext, onBehalfOf } = identity;
  const { sessionIssuer } = sessionContext;
  const assumed = parseAssumedRole(identity.arn ?? '');
  return {
    type: identity.type,
    arn: identity.arn,
    accountId: identity.accountId,
    userName: identity.userName,
    principalId: identity.principalId,
    accessKeyId: identity.accessKeyId,
    issuerArn: sessionIssuer.arn,
    issuerName:
      sessionIssuer.userName ??
      assumed?.roleName ??
      (sessionIssuer.arn === undefined ? undefined : principalName(sessionIssuer.arn)),
    sessionName: assumed?.sessionName ?? sessionNameIn(identity),
    sourceIdentity: sessionContext.sourceIdentity,
    invokedBy: identity.invokedBy,
    onBehalfOfUser: onBehalfOf.userId,
  };
}

/** `AROAEXAMPLE:session-name`: there also when the ARN is not. */
function sessionNameIn({ type, principalId }: { type?: Text; principalId?: Text }): Text {
  return type === 'AssumedRole' ? /^[A-Z0-9]+:(.+)$/.exec(principalId ?? '')?.[1] : undefined;
}

const MOST_RESOURCES = 12;
const LONGEST_RESOURCE = 512;

function resourcesOf(
  listed: readonly v.InferOutput<typeof Resource>[],
  request: Readonly<Record<string, unknown>>,
): string[] {
  const named = Object.entries(request)
    .filter(([key]) => /(name|arn|id|url|key)$/i.test(key))
    .map(([, value]) => value);
  const all = [...listed.map(({ ARN, resourceName }) => ARN ?? resourceName), ...named];
  const texts = all.filter((value): value is string => typeof value === 'string' && value !== '');
  return [...new Set(texts.map(value => value.slice(0, LONGEST_RESOURCE)))].slice(0, MOST_RESOURCES);
}

/** STS records the session token it handed out. Tokens are kept in the keychain or in memory only. */
function withoutSessionToken(json: string): string {
  return json.replace(/("sessionToken"\s*:\s*")[^"]*/gi, '$1[secret]');
}
