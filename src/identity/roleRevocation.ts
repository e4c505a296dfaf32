/**
 * Cuts off the sessions of a role that are out there: an inline policy denies everything to those that AWS issued before
 * a moment, as the IAM console's "Revoke active sessions" does. It holds for whoever uses the role, not for one agent
 * only, and not for sessions that are issued later. Source: IAM User Guide, "Revoke IAM role temporary security
 * credentials".
 */
import { formatAccount } from '../base/arn.ts';
import { SECOND } from '../base/clock.ts';
import { errorName, UserError } from '../base/userError.ts';
import { awsFailure } from './awsFailure.ts';
import { type Profile, who } from './profile.ts';
import type { Session, SessionAsk } from './session.ts';

export const OLDER_SESSIONS_POLICY = 'NoWingRevokeOlderSessions';

/**
 * A policy holds everywhere only after some seconds, in which somebody could still renew a session. So the moment lies
 * as far ahead as the one that the IAM console writes.
 */
const ALLOWANCE_MS = 30 * SECOND;

/** Less than this between the two clocks is the way of an answer. */
const SAME_TIME_MS = 5 * SECOND;

export interface RoleChange {
  /** Whose identity changes the role. */
  readonly user: Pick<Profile, 'id' | 'kind' | 'name'>;
  /** Without its path, as IAM's actions take it. */
  readonly roleName: string;
}

export interface RoleRevocation {
  /**
   * Sessions that were issued before `at`, or up to half a minute later, can do nothing more. `at` is by this computer's
   * clock; what counts is AWS's. Doing it again moves the moment.
   * @throws UserError `identity.revokeDenied`, `identity.roleGone`, `identity.roleFull`, `identity.roleFixed`, `aws.*`
   */
  denyOlderSessions(change: RoleChange & { readonly at: number }): Promise<void>;
  /** Those that have not ended work again. Nothing happens when the policy is not there. @throws as above */
  allowOlderSessions(change: RoleChange): Promise<void>;
}

/** Inline policies of a role, in AWS. Lets AWS's errors through. */
export interface RolePolicies {
  /** @returns AWS's clock minus this computer's, in milliseconds. */
  put(session: Session, policy: RolePolicy & { readonly document: string }): Promise<number>;
  remove(session: Session, policy: RolePolicy): Promise<void>;
}

export interface RolePolicy {
  readonly roleName: string;
  readonly policyName: string;
}

export interface RoleRevocationInput {
  readonly session: (ask: SessionAsk) => Promise<Session>;
  /** Loads the SDK when it is first needed. */
  readonly policies: () => Promise<RolePolicies>;
}

/** For IAM, and for a person who attaches it by hand. */
export function olderSessionsPolicy(at: number): string {
  const moment = new Date(at + ALLOWANCE_MS).toISOString();
  const Condition = { DateLessThan: { 'aws:TokenIssueTime': moment } };
  const statement = { Sid: OLDER_SESSIONS_POLICY, Effect: 'Deny', Action: ['*'], Resource: ['*'], Condition };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

export function createRoleRevocation({ session, policies }: RoleRevocationInput): RoleRevocation {
  const sessionOf = async (user: RoleChange['user']): Promise<Session> => {
    if (user.kind !== 'user') throw notUser(user);
    return session({ profileId: user.id, purpose: 'revoke agent' });
  };
  return {
    async denyOlderSessions({ user, roleName, at }) {
      const [as, api] = await Promise.all([sessionOf(user), policies()]);
      const put = (moment: number): Promise<number> =>
        told(as, { roleName, action: 'iam:PutRolePolicy', byHand: attachByHand(moment) }, () =>
          api.put(as, {
            roleName,
            policyName: OLDER_SESSIONS_POLICY,
            document: olderSessionsPolicy(moment),
          }),
        );
      const clockOffset = await put(at);
      // This clock is wrong: the moment lay too early, or so late that it would hit new sessions for long.
      if (Math.abs(clockOffset) > SAME_TIME_MS) await put(at + clockOffset);
    },
    async allowOlderSessions({ user, roleName }) {
      const [as, api] = await Promise.all([sessionOf(user), policies()]);
      const byHand = `Let somebody who may delete the inline policy ${OLDER_SESSIONS_POLICY} of the role.`;
      await told(as, { roleName, action: 'iam:DeleteRolePolicy', byHand }, () =>
        api.remove(as, { roleName, policyName: OLDER_SESSIONS_POLICY }).catch(unlessGone),
      );
    },
  };
}

function attachByHand(at: number): string {
  return `Let somebody who may attach this as the inline policy ${OLDER_SESSIONS_POLICY} of the role: ${olderSessionsPolicy(at)}`;
}

/** A policy that is not there has nothing to be taken away; a role that is not there has no sessions. */
function unlessGone(error: unknown): void {
  if (!errorName(error).startsWith('NoSuchEntity')) throw error;
}

interface Doing {
  readonly roleName: string;
  readonly action: string;
  readonly byHand: string;
}

async function told<T>(as: Session, doing: Doing, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw changeFailure(error, as, doing);
  }
}

function changeFailure(cause: unknown, { profile, accountId }: Session, doing: Doing): Error {
  const { roleName, action, byHand } = doing;
  const role = `role ${roleName} in account ${formatAccount(accountId)}`;
  const failure = (code: string, message: string, hint: string): UserError =>
    new UserError(code, message, { hint, cause });
  // Some of IAM's errors carry "Exception" at the end of their names, by the version of the SDK.
  switch (errorName(cause).replace(/Exception$/, '')) {
    case 'AccessDenied':
      return failure(
        'identity.revokeDenied',
        `User ${profile.name} may not change ${role}: ${action} is not allowed.`,
        byHand,
      );
    case 'NoSuchEntity':
      return failure(
        'identity.roleGone',
        `There is no ${role}.`,
        'Without their role its sessions can do nothing. Check the role of the profile, and the account.',
      );
    case 'LimitExceeded':
      return failure(
        'identity.roleFull',
        `The inline policies of ${role} leave no room for another.`,
        `Remove one that is not needed, or attach the statement as a managed policy. ${byHand}`,
      );
    case 'UnmodifiableEntity':
      return failure(
        'identity.roleFixed',
        `AWS itself keeps ${role}: nobody else may change it.`,
        'If it comes from a permission set of IAM Identity Center, revoke its active sessions there.',
      );
    default:
      return awsFailure(cause, { who: who(profile), doing: `change ${role}`, accountId });
  }
}

function notUser(user: RoleChange['user']): UserError {
  return new UserError(
    'identity.notUser',
    `A role's sessions are cut off by a person, not by ${who(user)}.`,
    { hint: 'Choose a user profile.' },
  );
}
