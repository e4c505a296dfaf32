/** Looks at the roles of all agents, each with the rights of a user in the role's account. */
import { formatAccount, parseArn, parseAssumedRole, principalName } from '../../base/arn.ts';
import { isCancelled, throwIfCancelled } from '../../base/cancellation.ts';
import { errorMessage } from '../../base/userError.ts';
import { type Profile, who } from '../../identity/profile.ts';
import type { Session } from '../../identity/session.ts';
import { judgeDuration, judgeRole } from './agentRole.ts';
import type { Check, Finding, Outcome } from './report.ts';
import type { RoleFacts } from './roleFacts.ts';

export interface AgentRolesInput {
  readonly profiles: () => readonly Profile[];
  /** @throws when the user cannot be signed in. */
  readonly session: (user: Profile) => Promise<Session>;
  readonly readRole: (session: Session, roleName: string, signal: AbortSignal) => Promise<RoleFacts>;
}

export function agentRoles(input: AgentRolesInput): Check {
  return {
    about: 'Roles of agents',
    fine: 'Each has a permissions boundary, limited rights, short sessions, and is assumed by a named human only.',
    look: async signal => {
      const profiles = input.profiles();
      const agents = profiles.filter(({ kind }) => kind === 'agent');
      if (agents.length === 0) return { findings: [], fine: 'There is no agent profile yet.' };
      return merged(await Promise.all(agents.map(agent => lookAt(input, agent, profiles, signal))));
    },
  };
}

async function lookAt(
  input: AgentRolesInput,
  profile: Profile,
  profiles: readonly Profile[],
  signal: AbortSignal,
): Promise<Outcome> {
  const roleArn = roleOf(profile);
  if (roleArn === undefined) return { findings: [longLived(profile)] };
  const duration = judgeDuration(profile);
  const user = userFor(profile, roleArn, profiles);
  if (!user) return { findings: duration, unchecked: [nobody(profile, roleArn)] };
  try {
    const session = await input.session(user);
    throwIfCancelled(signal);
    const facts = await input.readRole(session, principalName(roleArn), signal);
    return merged([{ findings: duration }, judgeRole({ profile, roleArn, facts })]);
  } catch (error) {
    if (signal.aborted || isCancelled(error)) throw error;
    return { findings: duration, unchecked: [`The role of ${who(profile)}: ${errorMessage(error)}`] };
  }
}

/** The ARN of an agent's role; a session's ARN leaves out the path. Undefined: an IAM user. */
function roleOf({ source, verified }: Profile): string | undefined {
  if (source.type === 'assumeRole') return source.roleArn;
  const role = parseAssumedRole(verified.arn);
  const partition = verified.arn.split(':')[1] ?? 'aws';
  return role && `arn:${partition}:iam::${role.accountId}:role/${role.roleName}`;
}

/** The user behind the agent where that one is in the role's account, else another one who is. */
function userFor(agent: Profile, roleArn: string, profiles: readonly Profile[]): Profile | undefined {
  const accountId = parseArn(roleArn)?.accountId;
  const users = profiles.filter(({ kind, verified }) => kind === 'user' && verified.accountId === accountId);
  const from = agent.source.type === 'assumeRole' ? agent.source.from : undefined;
  return users.find(({ id }) => id === from) ?? users[0];
}

function nobody(profile: Profile, roleArn: string): string {
  return `The role of ${who(profile)}: there is no user profile in account ${formatAccount(parseArn(roleArn)?.accountId ?? '')} to look with.`;
}

function longLived(profile: Profile): Finding {
  return {
    id: `role.none:${profile.id}`,
    severity: 'medium',
    title: `${who(profile)} has no role`,
    what: `It acts as an IAM user of its own, with a key that does not end and carries no human's name. What it does in account ${formatAccount(profile.verified.accountId)} cannot be cut off by ending its sessions.`,
    fix: 'Create a role for the agent ("Create Agent Role"), and remove this profile.',
  };
}

function merged(outcomes: readonly Outcome[]): Outcome {
  return {
    findings: outcomes.flatMap(({ findings }) => findings),
    unchecked: outcomes.flatMap(({ unchecked = [] }) => unchecked),
  };
}
