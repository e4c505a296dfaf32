/**
 * The gate for credentials: a deployment runs as its agent profile or not at all. Every session is looked at when it
 * is used, not only when it is asked for, since the source of sessions is a large machine and this is a small one.
 */
import { UserError } from '../base/userError.ts';
import type { Profile } from '../identity/profile.ts';
import type { Session, SessionAsk } from '../identity/session.ts';

export type OpenSession = (ask: SessionAsk, signal?: AbortSignal) => Promise<Session>;

/** @throws UserError `deployment.notAgent`, `deployment.wrongAccount`, and what `open` throws; never a user's session. */
export function agentSession(
  open: OpenSession,
  profile: Profile,
  deploymentId: string,
): (signal?: AbortSignal) => Promise<Session> {
  return async signal => {
    requireAgent(profile);
    const session = await open({ profileId: profile.id, purpose: 'deployment', deploymentId }, signal);
    requireAgent(session.profile);
    if (session.profile.id !== profile.id)
      throw notAgent(session.profile.name, 'it is not the one that was asked for');
    requireAccount(session, profile);
    return session;
  };
}

/** @throws UserError `deployment.notAgent` */
export function requireAgent(profile: Profile): void {
  if (profile.kind !== 'agent')
    throw notAgent(profile.name, "it is a user's, and a deployment never runs as you");
}

function requireAccount(session: Session, profile: Profile): void {
  const { accountId } = profile.verified;
  if (session.accountId === accountId && session.profile.verified.accountId === accountId) return;
  throw new UserError(
    'deployment.wrongAccount',
    `${profile.name} was verified in account ${accountId}, but its session is in account ${session.accountId}. Nothing was deployed.`,
    { hint: 'Check the profile and verify it again.' },
  );
}

function notAgent(name: string, why: string): UserError {
  return new UserError('deployment.notAgent', `A deployment cannot use the profile ${name}: ${why}.`, {
    hint: 'Choose an agent profile. Nothing was sent to AWS.',
  });
}
