/**
 * Session sources are functions: these make and wrap them. Each gives the identity it is for or throws; none of them
 * goes on to another source. After: smithy-typescript's property-provider and Go's x/oauth2 (`ReuseTokenSource`).
 */
import { parseAssumedRole, principalName } from '../base/arn.ts';
import { HOUR, SECOND } from '../base/clock.ts';
import type { Secret } from '../base/secret.ts';
import { UserError } from '../base/userError.ts';
import { explained } from './awsFailure.ts';
import { humanOf, type MarksInput, sessionMarks } from './marks.ts';
import { type Profile, type Source, who } from './profile.ts';
import type { Credentials, Session, SessionMarks, SessionSource } from './session.ts';
import type { AssumeRoleRequest, StsApi } from './stsApi.ts';

type Of<T extends Source['type']> = Extract<Source, { type: T }>;

/** @throws UserError `identity.secretMissing` when the keychain has no secret for the profile. */
export function fromKeys(
  profile: Profile,
  source: Of<'keys'>,
  readSecret: () => Promise<Secret | undefined>,
): SessionSource {
  return async () => {
    const secretAccessKey = await readSecret();
    if (!secretAccessKey) throw secretMissing(profile);
    const credentials: Credentials = { accessKeyId: source.accessKeyId, secretAccessKey };
    return { profile, credentials, accountId: profile.verified.accountId, arn: profile.verified.arn };
  };
}

/**
 * The shared configuration is a file that anybody may edit: what it gives is checked against what was verified.
 * @throws UserError `identity.changed` when it now leads to another principal.
 */
export function fromSharedConfig(
  profile: Profile,
  source: Of<'sharedConfig'>,
  load: (name: string) => Promise<Credentials>,
  callerIdentity: StsApi['callerIdentity'],
): SessionSource {
  return () =>
    explained({ who: who(profile), doing: 'sign in' }, async () => {
      const credentials = await load(source.profile);
      const caller = await callerIdentity(credentials, profile.region);
      if (principalKey(caller.arn) !== principalKey(profile.verified.arn)) throw changed(profile, caller.arn);
      return { profile, credentials, ...caller };
    });
}

/** AWS's own default is twelve hours; this is what a process needs that asks again when it ends. */
const SESSION_TOKEN_SECONDS = HOUR / SECOND;

/**
 * Temporary credentials of a user in place of its access keys, so that those never leave this process; what is temporary
 * already stays as it is. AWS lets such a session call everything the user may, but of IAM nothing and of STS only
 * AssumeRole and GetCallerIdentity: IAM User Guide, "Compare AWS STS credentials".
 */
export function fromSessionToken(
  from: SessionSource,
  sessionToken: StsApi['sessionToken'],
  now: () => number,
): SessionSource {
  return async () => {
    const lasting = await from();
    const { profile, credentials } = lasting;
    if (credentials.sessionToken) return lasting;
    const askedAt = now();
    const answer = await explained({ who: who(profile), doing: 'start a session' }, () =>
      sessionToken(credentials, profile.region, SESSION_TOKEN_SECONDS),
    );
    const expiresAt = askedAt + SESSION_TOKEN_SECONDS * SECOND;
    return { ...lasting, credentials: { ...answer, expiresAt } };
  };
}

export interface AssumeRoleInput {
  readonly profile: Profile;
  readonly source: Of<'assumeRole'>;
  readonly from: SessionSource;
  readonly marks: Omit<MarksInput, 'human' | 'agent' | 'shortId'>;
  readonly newShortId: () => string;
  readonly now: () => number;
}

/** A session of the profile's role; an agent's carries the marks. @throws UserError `identity.*`, told with the role. */
export function fromAssumedRole(input: AssumeRoleInput, assumeRole: StsApi['assumeRole']): SessionSource {
  const { profile, source } = input;
  return async () => {
    const parent = await input.from();
    const marks = profile.kind === 'agent' ? agentMarks(input, parent) : undefined;
    const request = assumeRoleRequest(source, parent, marks);
    const askedAt = input.now();
    const { credentials, arn } = await explained(
      {
        who: who(profile),
        caller: who(parent.profile),
        doing: 'start a session',
        roleArn: source.roleArn,
        ...(source.externalId === undefined ? {} : { externalId: source.externalId }),
      },
      () => assumeRole(parent.credentials, profile.region, request),
    );
    return {
      profile,
      // By this computer's clock: AWS grants what was asked for, and its own clock may be another.
      credentials: { ...credentials, expiresAt: askedAt + request.durationSeconds * SECOND },
      accountId: accountOf(arn, profile, source),
      arn,
      ...(marks ? { marks } : {}),
    };
  };
}

function agentMarks(input: AssumeRoleInput, parent: Session): SessionMarks {
  const human = parent.marks?.sourceIdentity ?? humanOf(parent.profile);
  return sessionMarks({ ...input.marks, agent: input.profile.name, human, shortId: input.newShortId() });
}

/** A chained role gets one hour at most, and AWS refuses a transitive tag that is passed again. */
function assumeRoleRequest(
  source: Of<'assumeRole'>,
  parent: Session,
  marks: SessionMarks | undefined,
): AssumeRoleRequest {
  const chained = parseAssumedRole(parent.arn) !== undefined;
  const inherited = new Set(Object.keys(parent.marks?.tags ?? {}));
  const tags = Object.entries(marks?.tags ?? {}).filter(([key]) => !inherited.has(key));
  return {
    roleArn: source.roleArn,
    roleSessionName: marks?.roleSessionName ?? humanOf(parent.profile),
    durationSeconds: chained ? Math.min(source.durationSeconds, HOUR / SECOND) : source.durationSeconds,
    tags: Object.fromEntries(tags),
    ...(marks ? { sourceIdentity: marks.sourceIdentity } : {}),
    ...(source.externalId === undefined ? {} : { externalId: source.externalId }),
    ...(source.sessionPolicy === undefined ? {} : { sessionPolicy: source.sessionPolicy }),
  };
}

/** `record` runs before anyone gets the session: what the ledger does not know is not handed out. */
export function recorded(source: SessionSource, record: (session: Session) => void): SessionSource {
  return async () => {
    const session = await source();
    record(session);
    return session;
  };
}

/** A principal without the session name, which differs from session to session: what "the same identity" compares. */
export function principalKey(arn: string): string {
  const role = parseAssumedRole(arn);
  return role ? `${role.accountId}:role/${role.roleName}` : arn;
}

/** What answers must be the role that was asked for: nothing else is taken for it. */
function accountOf(arn: string, profile: Profile, { roleArn }: Of<'assumeRole'>): string {
  const answered = parseAssumedRole(arn);
  if (answered?.roleName === principalName(roleArn)) return answered.accountId;
  throw new UserError(
    'identity.otherRole',
    `What answered for AWS gave ${who(profile)} a session of another role than ${roleArn}. It is not used.`,
    { hint: `It named ${arn}. Check the endpoint setting and the network.` },
  );
}

function secretMissing(profile: Profile): UserError {
  return new UserError(
    'identity.secretMissing',
    `The keychain has no secret access key for ${who(profile)}.`,
    {
      hint: 'Remove the profile and add it again.',
    },
  );
}

function changed(profile: Profile, arn: string): UserError {
  return new UserError(
    'identity.changed',
    `The shared AWS configuration now leads ${who(profile)} to another identity, so No Wing does not use it.`,
    {
      hint: `It was verified as ${profile.verified.arn}, and is now ${arn}. Remove the profile and add it again if that is intended.`,
    },
  );
}
