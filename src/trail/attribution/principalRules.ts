/** Principals by what the record says of them: known users and agents, root, other accounts, hints, and everybody else. */
import { formatAccount, principalName } from '../../base/arn.ts';
import type { Principal, TrailEvent } from '../trailEvent.ts';
import type { ActorKind, Attribution, Rule } from './attribution.ts';
import { agentMention } from './ledgerVerdict.ts';
import { serviceName } from './serviceName.ts';
import { isRole } from './sessionRules.ts';
import { agentInUserAgent } from './userAgent.ts';

export const byKnownUser: Rule = (event, known) => {
  const { arn, issuerArn } = event.principal;
  const user = known.users.find(each => each.arn === arn) ?? known.users.find(each => each.arn === issuerArn);
  if (!user) return undefined;
  const how = user.arn === arn ? `the ARN is ${user.arn}` : `it is a session of ${user.arn}`;
  return verdict(event, 'user', user.name, 'strong', {
    reason: `Made by user ${user.name}: ${how}.${agentMention(event, 'user')}`,
  });
};

export const byKnownAgent: Rule = (event, known) => {
  const { principal } = event;
  const own = known.agents.find(({ arn }) => arn !== undefined && arn === principal.arn);
  if (own)
    return verdict(event, 'agent', own.name, 'strong', {
      reason: `Made by agent ${own.name}: the ARN is its own. For whom is not recorded.`,
      onBehalfOf: principal.sourceIdentity,
    });
  const role = known.agents.find(({ roleArn }) => roleArn !== undefined && isRole(principal, roleArn));
  return role
    ? verdict(event, 'agent', role.name, 'hint', {
        reason: `Probably made by agent ${role.name}: it is the agent's role, but not a session that No Wing named. Somebody else may have assumed it.`,
        onBehalfOf: principal.sourceIdentity,
      })
    : undefined;
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
  const account =
    principal.accountId === undefined ? 'another account' : `account ${formatAccount(principal.accountId)}`;
  return verdict(
    event,
    'external',
    principal.arn === undefined ? account : displayName(principal),
    'strong',
    {
      reason: `Made from outside: the caller belongs to ${account}, this trail to ${formatAccount(event.accountId)}.`,
      onBehalfOf: principal.sourceIdentity,
    },
  );
};

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

/** Everybody else: the verdict says what the record does say. */
export function stranger(event: TrailEvent): Attribution {
  const { principal } = event;
  return verdict(event, 'unknown', displayName(principal), 'none', {
    reason: `Nobody No Wing knows: ${KINDS.get(principal.type ?? '') ?? `a principal of type ${principal.type}`}.`,
  });
}

const KINDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '': 'the record does not say what kind of principal it was',
    IAMUser: 'an IAM user that is in no profile',
    AssumedRole: 'a session of a role that is in no profile',
    FederatedUser: 'a federated user',
    WebIdentityUser: 'a user of a web identity provider',
    SAMLUser: 'a user of a SAML provider',
    Directory: 'a user of a directory',
    IdentityCenterUser: 'a user of IAM Identity Center',
    Unknown: 'CloudTrail itself could not tell the principal',
  }),
);

function verdict(
  { principal }: TrailEvent,
  kind: ActorKind,
  name: string,
  strength: Attribution['strength'],
  { reason, onBehalfOf }: { reason: string; onBehalfOf?: string | undefined },
): Attribution {
  const { arn, accountId, invokedBy } = principal;
  return {
    actor: { kind, name, arn, accountId },
    onBehalfOf,
    via: invokedBy === undefined ? undefined : serviceName(invokedBy),
    strength,
    reason,
  };
}

function isElsewhere({ principal, accountId }: TrailEvent): boolean {
  return principal.accountId !== undefined && principal.accountId !== accountId;
}

/** What to call a principal that has no profile: a role's session says more together with its role. */
function displayName(principal: Principal): string {
  const { issuerName, sessionName, userName, arn, onBehalfOfUser, principalId, type } = principal;
  if (issuerName !== undefined && sessionName !== undefined) return `${issuerName}/${sessionName}`;
  return (
    userName ??
    (arn === undefined ? undefined : principalName(arn)) ??
    onBehalfOfUser ??
    principalId ??
    type ??
    'Unknown'
  );
}
