/**
 * Undoes "Revoke the Agent Now": the agent may have sessions again. Its clients stay revoked. The policy on its role
 * hits older sessions only, so the agent works while it is there; taking it away gives those that have not ended back.
 */
import { HOUR } from '../base/clock.ts';
import { type Profile, who } from '../identity/profile.ts';
import { principalOf, type RoleOrder, type StepResult, whyOf } from './revokeAgent.ts';

export interface RestoreAgentTools {
  readonly allowMinting: (profileId: string) => void;
  /** Takes the policy off the role, as the user. Without one there, nothing is done. */
  readonly allowOlderSessions: (order: Omit<RoleOrder, 'at'>) => Promise<void>;
  readonly policyName: string;
}

export interface RestoreAgentAsk {
  readonly agent: Profile;
  /** Who takes the policy off the role; undefined leaves it. */
  readonly user?: Profile;
}

export interface RestoreStep {
  readonly title: string;
  readonly result: StepResult;
}

/** IAM lets no session of a role live longer. */
const LONGEST_SESSION_MS = 12 * HOUR;

/** From when on no session that the policy stops can still be alive. */
export function olderSessionsEndedAt(revokedAt: number): number {
  return revokedAt + LONGEST_SESSION_MS;
}

/** The policy first: should it fail, a person sees that before the agent works again. Never rejects for a step. */
export async function restoreAgent(
  tools: RestoreAgentTools,
  { agent, user }: RestoreAgentAsk,
): Promise<readonly RestoreStep[]> {
  const role = { title: 'Take the policy off the role', result: await takenOff(tools, agent, user) };
  const minting = { title: 'Give it sessions again', result: allowed(tools, agent) };
  return [role, minting];
}

async function takenOff(
  { allowOlderSessions, policyName }: RestoreAgentTools,
  agent: Profile,
  user: Profile | undefined,
): Promise<StepResult> {
  const principal = principalOf(agent);
  if (principal?.type !== 'role') return { state: 'skipped', why: `${who(agent)} has no role.`, byHand: [] };
  const { roleName } = principal;
  const byHand = [`aws iam delete-role-policy --role-name ${roleName} --policy-name ${policyName}`];
  if (!user)
    return {
      state: 'skipped',
      why: 'The policy stays, where it was attached: older sessions stay cut off, new ones work.',
      byHand,
    };
  try {
    await allowOlderSessions({ user, roleName });
    return { state: 'done', detail: `Role ${roleName} no longer denies anything to older sessions.` };
  } catch (error) {
    return { state: 'failed', why: whyOf(error), byHand };
  }
}

function allowed({ allowMinting }: RestoreAgentTools, agent: Profile): StepResult {
  try {
    allowMinting(agent.id);
    return {
      state: 'done',
      detail: `${who(agent)} gets sessions again. Its clients stay revoked: open its terminals again.`,
    };
  } catch (error) {
    return {
      state: 'failed',
      why: whyOf(error),
      byHand: ['Try again when the disk has room and the store can be written.'],
    };
  }
}
