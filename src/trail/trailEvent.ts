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
  /** When the session began: ISO 8601, to the second. Calls with forwarded access keep it. */
  readonly createdAt: Text;
  /** Who vouched for a web identity or a SAML user: `token.actions.githubusercontent.com`. */
  readonly provider: Text;
}

export interface TrailEvent {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly name: string;
  /** `AwsApiCall`, `AwsServiceEvent`, `AwsConsoleSignIn`, `AwsCloudTrailInsight` …; `Digest` for a digest, which has none. */
  readonly eventType: Text;
  /** The same in the copies of one event that several accounts have. */
  readonly sharedEventId: Text;
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
  /** Undefined where nobody asked an account: a file says itself whose trail it is from. */
  readonly accountId: string | undefined;
  readonly region: string;
  readonly at: number;
}

export function parseTrailEvent(raw: RawEvent, found: Found): TrailEvent {
  const json = withoutSessionToken(raw.json);
  const record = v.parse(TolerantRecord, json);
  return {
    id: record.eventID ?? raw.id ?? createHash('sha256').update(json).digest('hex'),
    time: eventTime(Date.parse(record.eventTime ?? '')) ?? raw.time ?? found.at,
    name: record.eventName ?? record.eventType ?? 'Unknown',
    eventType: record.eventType ?? (record.digestEndTime === undefined ? undefined : 'Digest'),
    sharedEventId: record.sharedEventID,
    source: record.eventSource ?? 'unknown',
    region: record.awsRegion ?? found.region,
    accountId: found.accountId ?? record.recipientAccountId ?? record.userIdentity.accountId ?? 'unknown',
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

/** The first and the last millisecond of the years 1970 to 9999. CloudTrail is younger, and no calendar goes further. */
const FIRST_TIME = 0;
const LAST_TIME = Date.UTC(10_000, 0, 1) - 1;

/** A record's time, when it can be one; NaN cannot. In milliseconds since the epoch. */
export function eventTime(time: number): number | undefined {
  return time >= FIRST_TIME && time <= LAST_TIME ? time : undefined;
}

const text = v.fallback(v.optional(v.pipe(v.string(), v.nonEmpty())), undefined);
const anything = v.fallback(v.record(v.string(), v.unknown()), {});
/** As it is: of thousands of identities, a copy of each would be made for nothing. */
const anObject = v.pipe(
  v.unknown(),
  v.transform((value): object => (typeof value === 'object' && value !== null ? value : {})),
);

/** An object of which every part may be missing or something else. */
function part<const T extends v.ObjectEntries>(entries: T) {
  return v.optional(v.pipe(anObject, v.object(entries)), {});
}

/** No ARN is longer: a longer text is nobody's name, and would be kept with every verdict. */
const LONGEST_NAME = 2048;

/** An identity's text, cut where no real one ends. */
const name = v.fallback(
  v.optional(
    v.pipe(
      v.string(),
      v.nonEmpty(),
      v.transform(value => (value.length > LONGEST_NAME ? value.slice(0, LONGEST_NAME) : value)),
    ),
  ),
  undefined,
);

const UserIdentity = part({
  type: name,
  arn: name,
  accountId: name,
  userName: name,
  principalId: name,
  accessKeyId: name,
  invokedBy: name,
  identityProvider: name,
  sessionContext: part({
    sourceIdentity: name,
    sessionIssuer: part({ arn: name, userName: name }),
    attributes: part({ creationDate: name }),
    webIdFederationData: part({ federatedProvider: name }),
  }),
  onBehalfOf: part({ userId: name }),
});

const Resource = part({ ARN: text, resourceName: text });
const Resources = v.fallback(v.array(Resource), []);

const ReadOnly = v.fallback(
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
);

const CloudTrailRecord = part({
  eventID: text,
  eventTime: text,
  eventName: text,
  eventType: text,
  eventSource: text,
  recipientAccountId: name,
  sharedEventID: text,
  digestEndTime: text,
  awsRegion: text,
  readOnly: ReadOnly,
  errorCode: text,
  errorMessage: text,
  userAgent: text,
  sourceIPAddress: text,
  userIdentity: UserIdentity,
  requestParameters: anything,
  responseElements: anything,
  resources: Resources,
});

const TolerantRecord = v.pipe(v.fallback(v.pipe(v.string(), v.parseJson()), {}), CloudTrailRecord);

/** A record's `userIdentity` for itself. */
export function parsePrincipal(userIdentity: unknown): Principal {
  return principalOf(v.parse(UserIdentity, userIdentity));
}

/** A record's `readOnly` for itself. */
export function parseReadOnly(readOnly: unknown): boolean | undefined {
  return v.parse(ReadOnly, readOnly);
}

/** The names in a record's `resources`. */
export function resourceNames(resources: unknown): string[] {
  return v.parse(Resources, resources).flatMap(({ ARN, resourceName }) => ARN ?? resourceName ?? []);
}

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
    createdAt: sessionContext.attributes.creationDate,
    provider: sessionContext.webIdFederationData.federatedProvider ?? identity.identityProvider,
  };
}

/** `AROAEXAMPLE:session-name`: there also when the ARN is not, as in what another account sees of a session. */
function sessionNameIn({ type, principalId }: { type?: Text; principalId?: Text }): Text {
  const mayBeSession = type === 'AssumedRole' || type === 'AWSAccount';
  return mayBeSession ? /^A[A-Z0-9]+:(.+)$/.exec(principalId ?? '')?.[1] : undefined;
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
export function withoutSessionToken(json: string): string {
  return json.replace(/("sessionToken"\s*:\s*")[^"]*/gi, '$1[secret]');
}
