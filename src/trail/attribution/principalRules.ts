/** Principals by what the record says of them: known users and agents, root, other accounts, hints, and everybody else. */
import { formatAccount } from '../../base/arn.ts';
import type { Attribution, Evidence, Rule } from './attribution.ts';
import { agentMention } from './ledgerVerdict.ts';
import { strangerKind } from './strangers.ts';
import { agentInUserAgent } from './userAgent.ts';
import { displayName, verdict } from './verdict.ts';

export const byKnownUser: Rule = (event, known) => {
  const { arn, issuerArn } = event.principal;
  const user = known.users.find(each => each.arn === arn) ?? known.users.find(each => each.arn === issuerArn);
  if (!user) return undefined;
  const how = user.arn === arn ? `the ARN is ${user.arn}` : `it is a session of ${user.arn}`;
  return verdict(event, 'user', user.name, 'strong', {
    reason: `Made by user ${user.name}: ${how}.${agentMention(event, 'user')}`,
  });
};

/** An agent by an ARN of its own; one by its role is in `sessionRules`. */
export const byKnownAgent: Rule = (event, known) => {
  const { principal } = event;
  const own = known.agents.find(({ arn }) => arn !== undefined && arn === principal.arn);
  if (own === undefined) return undefined;
  return verdict(event, 'agent', own.name, 'strong', {
    reason: `Made by agent ${own.name}: the ARN is its own. For whom is not recorded.`,
    onBehalfOf: principal.sourceIdentity,
  });
};

export const root: Rule = event => {
  const { principal } = event;
  if (principal.type !== 'Root' || isElsewhere(event)) return undefined;
  return verdict(event, 'root', 'root', 'strong', {
    reason: `Made by the root user of account ${formatAccount(principal.accountId ?? event.accountId)}.`,
  });
};

export const external: Rule = event => {
  const { principal } = event;
  if (principal.type !== 'AWSAccount' && !isElsewhere(event)) return undefined;
  const account = accountOf(principal.accountId);
  const isNamed = principal.arn !== undefined || principal.sessionName !== undefined;
  return verdict(event, 'external', isNamed ? displayName(principal) : account, 'strong', {
    reason:
      account === ANONYMOUS
        ? 'Made by somebody anonymous: the call was not signed.'
        : `Made from outside: the caller belongs to ${account}, this trail to ${formatAccount(event.accountId)}.`,
    onBehalfOf: principal.sourceIdentity,
  });
};

const ANONYMOUS = 'anonymous';

function accountOf(accountId: string | undefined): string {
  if (accountId === undefined) return 'another account';
  return accountId === 'ANONYMOUS_PRINCIPAL' ? ANONYMOUS : `account ${formatAccount(accountId)}`;
}

/** A source identity that No Wing did not set, or that a session of an agent carried on into another role. */
export const bySourceIdentity: Rule = event => {
  const { sourceIdentity, issuerName } = event.principal;
  if (sourceIdentity === undefined) return undefined;
  return verdict(event, 'unknown', displayName(event.principal), 'hint', {
    reason: `${sourceIdentity} is behind it by the source identity, but the session of role ${issuerName ?? 'unknown'} is not one of No Wing's: it may be the human, or an agent that went on into another role.`,
    onBehalfOf: sourceIdentity,
  });
};

export const byUserAgent: Rule = event => {
  const agent = agentInUserAgent(event.userAgent);
  if (agent === undefined) return undefined;
  const identity = displayName(event.principal);
  return verdict(event, 'agent', agent, 'hint', {
    reason: `Probably made by ${agent} with the identity ${identity}: the user agent text names it. The caller writes that text, so it proves nothing.`,
    onBehalfOf: identity,
  });
};

/** The Agent Toolkit's MCP server calls for an MCP client with the client's access; AWS itself names it. */
export const byMcpServer: Rule = event => {
  if (event.principal.invokedBy !== MCP_SERVER) return undefined;
  const identity = displayName(event.principal);
  return verdict(event, 'agent', 'MCP client', 'hint', {
    reason: `Made through the AWS MCP Server with the identity ${identity}: AWS names the server, and agents are what uses it. Which agent is not recorded.`,
    onBehalfOf: identity,
  });
};

export const MCP_SERVER = 'aws-mcp.amazonaws.com';

/** Everybody else: the verdict says what the record does say. */
export function stranger(event: Evidence): Attribution {
  return verdict(event, 'unknown', displayName(event.principal), 'none', {
    reason: `Nobody No Wing knows: ${strangerKind(event)}.`,
  });
}

function isElsewhere({ principal, accountId }: Evidence): boolean {
  return principal.accountId !== undefined && principal.accountId !== accountId;
}
