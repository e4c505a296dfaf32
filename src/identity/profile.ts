/** A profile: how to obtain an identity's credentials. It names secrets, it never holds one. */
import * as v from 'valibot';

const AccessKeyId = v.pipe(
  v.string(),
  v.regex(/^(AKIA|ASIA)[A-Z0-9]{12,124}$/, 'An access key id looks like AKIA…'),
);
const RoleArn = v.pipe(
  v.string(),
  v.regex(
    /^arn:aws[\w-]*:iam::\d{12}:role\/[\x21-\x7e]+$/,
    'A role ARN looks like arn:aws:iam::ACCOUNT:role/NAME',
  ),
);
const Region = v.pipe(v.string(), v.regex(/^[a-z]{2,4}(-[a-z]+)+-\d$/, 'A Region looks like eu-west-1'));

/** Limits: AWS STS API reference, AssumeRole. */
export const MIN_SESSION_SECONDS = 900;
export const MAX_SESSION_SECONDS = 43_200;

const NOT_A_POLICY = 'A session policy is JSON with a Statement';

const KeysSource = v.object({ type: v.literal('keys'), accessKeyId: AccessKeyId });
const SharedConfigSource = v.object({
  type: v.literal('sharedConfig'),
  profile: v.pipe(
    v.string(),
    v.nonEmpty(),
    v.regex(/^\P{Cc}{1,200}$/u, 'A profile name is one line of text'),
  ),
});
const AssumeRoleSource = v.object({
  type: v.literal('assumeRole'),
  roleArn: RoleArn,
  /** The id of the profile whose credentials may assume the role. */
  from: v.string(),
  externalId: v.exactOptional(
    v.pipe(
      v.string(),
      v.regex(/^[\w+=,.@:/-]{2,1224}$/, 'An external id has two or more of letters, digits and +=,.@:/-'),
    ),
  ),
  durationSeconds: v.pipe(
    v.number(),
    v.integer(),
    v.minValue(MIN_SESSION_SECONDS),
    v.maxValue(MAX_SESSION_SECONDS),
  ),
  /** A JSON policy that narrows the session further. */
  sessionPolicy: v.exactOptional(
    v.pipe(
      v.string(),
      v.maxLength(2048),
      v.parseJson(undefined, NOT_A_POLICY),
      v.looseObject(
        { Statement: v.union([v.array(v.unknown()), v.looseObject({})], NOT_A_POLICY) },
        NOT_A_POLICY,
      ),
      v.transform(policy => JSON.stringify(policy)),
    ),
  ),
});

export const Source = v.variant('type', [KeysSource, SharedConfigSource, AssumeRoleSource]);
export type Source = v.InferOutput<typeof Source>;

export const ENVIRONMENTS = ['dev', 'staging', 'prod'] as const;

const Verified = v.object({
  accountId: v.pipe(v.string(), v.regex(/^\d{12}$/)),
  /** As GetCallerIdentity answered: for a role, the assumed-role ARN of the check. */
  arn: v.string(),
  alias: v.exactOptional(v.string()),
  at: v.number(),
});
export type Verified = v.InferOutput<typeof Verified>;

const Name = v.pipe(
  v.string(),
  v.trim(),
  v.regex(/^[\w+=,.@-]{1,40}$/, 'Letters, digits and +=,.@-_ only, 40 at most'),
);

const common = {
  /** It stands in names of keychain entries. */
  id: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)),
  name: Name,
  region: Region,
  environment: v.picklist(ENVIRONMENTS),
  source: Source,
};

export const Profile = v.variant('kind', [
  v.object({ kind: v.literal('user'), ...common, verified: Verified }),
  v.object({ kind: v.literal('agent'), ...common, verified: Verified }),
]);
export type Profile = v.InferOutput<typeof Profile>;
export type IdentityKind = Profile['kind'];
export type Environment = Profile['environment'];

/** A profile before AWS has answered for it. */
export const ProfileDraft = v.object({ kind: v.picklist(['user', 'agent']), ...common });
export type ProfileDraft = Omit<Profile, 'verified'>;

export const fieldSchemas = { name: Name, region: Region, accessKeyId: AccessKeyId, roleArn: RoleArn };

/**
 * Where a profile's secret lies in the keychain. The kind is part of it: a user's profile that somebody turns into an
 * agent's, in a file that every program of this user can write, has lost its secret.
 */
export function secretName({ kind, id }: Pick<Profile, 'kind' | 'id'>): string {
  return `profile/${kind}/${id}`;
}

/** A profile as a sentence names it: `agent copilot`, `user alice`. */
export function who(profile: Pick<Profile, 'kind' | 'name'>): string {
  return `${profile.kind} ${profile.name}`;
}
