/** The marks of an agent session, made here and recognised again by `trail/attribution`. Pure. */
import { randomBytes } from 'node:crypto';
import { principalName } from '../base/arn.ts';
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

/** Eight characters that tell sessions apart; not a secret. */
export function newShortId(): string {
  return randomBytes(5).toString('hex').slice(0, 8);
}

function allowedName(text: string): string {
  return text.replace(/[^\w+=,.@-]/g, '-');
}

function tagValue(text: string): string {
  return text.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '-').slice(0, TAG_VALUE_LENGTH);
}
