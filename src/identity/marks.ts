/** The marks of an agent session, made here and recognised again by `trail/attribution`. Pure. */
import { randomBytes } from 'node:crypto';
import { parseAssumedRole, principalName } from '../base/arn.ts';
import type { Profile } from './profile.ts';
import type { SessionMarks } from './session.ts';

export const SESSION_NAME_PREFIX = 'no-wing-';

export interface MarksInput {
  readonly agent: string;
  readonly human: string;
  readonly purpose: string;
  readonly workspace: string;
  readonly shortId: string;
  readonly deploymentId?: string;
}

/** Limits: AWS STS API reference, AssumeRole (RoleSessionName, SourceIdentity, Tag). */
const NAME_LENGTH = 64;
const TAG_VALUE_LENGTH = 256;

export function sessionMarks(input: MarksInput): SessionMarks {
  const suffix = `-${input.shortId}`;
  const agent = allowedName(input.agent).slice(0, NAME_LENGTH - SESSION_NAME_PREFIX.length - suffix.length);
  return {
    roleSessionName: `${SESSION_NAME_PREFIX}${agent}${suffix}`,
    sourceIdentity: sourceIdentityOf(input.human),
    tags: {
      'no-wing:agent': tagValue(input.agent),
      'no-wing:workspace': tagValue(input.workspace),
      'no-wing:purpose': tagValue(input.purpose),
      ...(input.deploymentId === undefined ? {} : { 'no-wing:deployment': tagValue(input.deploymentId) }),
    },
  };
}

/** The name of the human behind a principal, as AWS accepts it for a source identity: 2 to 64 of `[\w+=,.@-]`. */
export function sourceIdentityOf(nameOrArn: string): string {
  const name = allowedName(principalName(nameOrArn)).slice(0, NAME_LENGTH);
  // `aws:` cannot stand at the start of one: the colon has been replaced already.
  return name.length >= 2 ? name : `${name || 'user'}-human`.slice(0, NAME_LENGTH);
}

/** Session names that tools choose when nobody does: they name no human. */
const CHOSEN_BY_TOOL = /^(?:aws-sdk-|botocore-session-|aws-cli-|AWSCLI|i-[0-9a-f]{8,17}$)/i;

/**
 * The human behind a user's profile: whom AWS saw when it was verified. Not whom it sees now, since `role_session_name`
 * stands in a file, and whoever edits it would put an agent's acts down to somebody else.
 */
export function humanOf({ name, verified }: Pick<Profile, 'name' | 'verified'>): string {
  const session = parseAssumedRole(verified.arn)?.sessionName ?? '';
  return sourceIdentityOf(CHOSEN_BY_TOOL.test(session) ? name : verified.arn);
}

/** Eight characters that tell sessions apart; not a secret. */
export function newShortId(): string {
  return randomBytes(5).toString('hex').slice(0, 8);
}

function allowedName(text: string): string {
  return text.replace(/[^\w+=,.@-]/g, '-');
}

function tagValue(text: string): string {
  const allowed = text.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '-').slice(0, TAG_VALUE_LENGTH);
  // Half a character, left by the cut, is not one that AWS takes.
  return allowed.replace(/[\uD800-\uDBFF]$/, '');
}
