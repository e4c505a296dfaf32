/**
 * No Wing's marks on a session that is not in this computer's ledger: how far they are to be believed. A session name and
 * a source identity are the caller's choice in any role that lets it choose, so they need something that vouches for
 * them: the role is known as an agent's, or AWS recorded the session's start with our transitive tags.
 */
import { parseArn, parseAssumedRole, principalName } from '../../base/arn.ts';
import { humanOf, SESSION_NAME_PREFIX } from '../../identity/marks.ts';
import type { Principal } from '../trailEvent.ts';
import type { Known } from './attribution.ts';
import type { MintedSession } from './mintedSession.ts';

/** A session, as its events show it or as the record of its start does. */
export interface MarkedSession {
  readonly sessionName: string | undefined;
  readonly sourceIdentity: string | undefined;
  readonly roleName: string | undefined;
  readonly arn: string | undefined;
  readonly accountId: string | undefined;
  /** The agent whose role it is. */
  readonly agentOfRole: string | undefined;
  /** The record of its start, when that was seen. */
  readonly start: MintedSession | undefined;
}

export interface AgentMarks {
  readonly agent: string;
  readonly strength: 'strong' | 'hint';
  /** A clause: what speaks for it, and for a hint what is missing. */
  readonly why: string;
}

export function sessionOf(principal: Principal, known: Known, start?: MintedSession): MarkedSession {
  return {
    sessionName: principal.sessionName,
    sourceIdentity: principal.sourceIdentity,
    roleName: principal.issuerName,
    arn: principal.arn,
    accountId: principal.accountId,
    agentOfRole: agentOfRole(principal, known),
    start,
  };
}

/** The session whose start was recorded. */
export function startedSession(start: MintedSession, known: Known): MarkedSession {
  const { sessionName, sourceIdentity, roleArn } = start;
  const role = roleArn === undefined ? undefined : principalName(roleArn);
  return {
    sessionName,
    sourceIdentity,
    roleName: role,
    arn: roleArn,
    accountId: parseArn(roleArn ?? '')?.accountId,
    agentOfRole: known.agents.find(agent => agent.roleArn !== undefined && agent.roleArn === roleArn)?.name,
    start,
  };
}

/** Undefined when the session has nothing of an agent's. */
export function agentMarks(session: MarkedSession): AgentMarks | undefined {
  const { sessionName = '', agentOfRole, start } = session;
  const tag = start?.transitiveTags[AGENT_TAG];
  const isNamed = isOurShape(sessionName);
  if (!isNamed && tag === undefined && agentOfRole === undefined) return undefined;
  const agent = agentOfRole ?? tag ?? agentOfSessionName(sessionName);
  const missing = whatIsMissing(session);
  if (missing !== undefined) return { agent, strength: 'hint', why: missing };
  const vouched =
    tag === undefined ? `its role is that of agent ${agentOfRole}` : 'AWS recorded its start with our tags';
  return {
    agent,
    strength: 'strong',
    why: `the session ${sessionName} carries No Wing's marks and a source identity, and ${vouched}. It is not in this computer's ledger, so it was started on another one`,
  };
}

const AGENT_TAG = 'no-wing:agent';

function whatIsMissing(session: MarkedSession): string | undefined {
  const { sessionName = '', sourceIdentity, agentOfRole, start, roleName } = session;
  const tag = start?.transitiveTags[AGENT_TAG];
  const isOurs = isOurShape(sessionName) || isOurShape(start?.caller.sessionName ?? '');
  if (!isOurs && agentOfRole !== undefined)
    return "it is the agent's role, but not a session that No Wing named. Somebody else may have assumed it";
  if (!isOurs)
    return "its tags are No Wing's, but neither it nor the session that started it has a name of ours";
  if (sourceIdentity === undefined && !isOurShape(sessionName))
    return `No Wing's tags came down to the session ${sessionName} from the one that started it, but no source identity did`;
  if (sourceIdentity === undefined)
    return `the session ${sessionName} has the form of No Wing's names, but no source identity, and it is not in the ledger. Anybody who may use the role can choose such a name`;
  if (agentOfRole === undefined && tag === undefined)
    return `the session ${sessionName} has the form of No Wing's names and a source identity, but it is not in the ledger, the role ${roleName ?? 'it is of'} is not known as an agent's, and no AssumeRole record with No Wing's tags was seen for it. Whoever may use that role can choose both`;
  return contradiction(sourceIdentity, start);
}

/** A human starts the sessions of their own agents: who names somebody else passes an act off on them. */
function contradiction(human: string, start: MintedSession | undefined): string | undefined {
  const arn = start?.caller.arn;
  if (arn === undefined || isAgentSession(start) || isHuman(human, arn)) return undefined;
  return `its source identity is ${human}, but ${callerName(arn)} started it`;
}

/** Started from another session of an agent: the source identity then is inherited, and cannot have been changed. */
function isAgentSession(start: MintedSession | undefined): boolean {
  return start?.caller.sourceIdentity !== undefined;
}

function isHuman(human: string, arn: string): boolean {
  return humanOf({ name: human, verified: { arn, accountId: '', at: 0 } }) === human;
}

function callerName(arn: string): string {
  const session = parseAssumedRole(arn);
  return session === undefined ? principalName(arn) : `${session.roleName}/${session.sessionName}`;
}

/** The form of a session name: prefix, agent, short id. */
export function isOurShape(sessionName: string): boolean {
  return OUR_SHAPE.test(sessionName);
}

const OUR_SHAPE = new RegExp(`^${SESSION_NAME_PREFIX}([^/]+)-[0-9a-z]{4,}$`);

export function agentOfSessionName(sessionName: string): string {
  return OUR_SHAPE.exec(sessionName)?.[1] ?? sessionName;
}

function agentOfRole(principal: Principal, known: Known): string | undefined {
  return known.agents.find(({ roleArn }) => roleArn !== undefined && isRole(principal, roleArn))?.name;
}

/** Whether the session is of that role: by its issuer, or, when the record has none, by account and name. */
export function isRole(principal: Principal, roleArn: string): boolean {
  if (principal.issuerArn !== undefined) return principal.issuerArn === roleArn;
  return (
    principal.issuerName === principalName(roleArn) && principal.accountId === parseArn(roleArn)?.accountId
  );
}
