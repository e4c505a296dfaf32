/** Sessions by who started them: what AWS recorded when each session of a role chain got its access key. */
import { formatAccount, principalName } from '../../base/arn.ts';
import { shortKeyId } from '../../base/redact.ts';
import type { LedgerEntry } from '../../identity/ledger.ts';
import { agentMarks, startedSession } from './agentMarks.ts';
import type { Attribution, Evidence, Known, Rule } from './attribution.ts';
import { chainOf } from './chain.ts';
import { agentMention, fromLedger } from './ledgerVerdict.ts';
import { callerOf, type MintedSession } from './mintedSession.ts';
import { serviceName } from './serviceName.ts';
import { markedVerdict } from './sessionRules.ts';
import { displayName, roleAsVia, verdict } from './verdict.ts';

/** The chain comes from a session of the ledger. */
export const byLedgerChain: Rule = (event, known) => {
  const chain = chainOf(event.principal, known);
  let isAgents = false;
  for (const [steps, link] of chain.entries()) {
    const own = known.byAccessKey(link.accessKeyId);
    if (own) return ownSession(event, own);
    isAgents ||= agentMarks(startedSession(link, known)) !== undefined;
    const entry = entryOf(link.caller.accessKeyId, known);
    // The user starts every session of an agent: above one that has an agent's marks, the user proves nothing.
    if (entry && !(isAgents && entry.kind === 'user')) return chained(event, chain, steps, entry);
  }
  return undefined;
};

/** A session in the chain is an agent's by its marks or its role. */
export const byMarkedChain: Rule = (event, known) => {
  const chain = chainOf(event.principal, known);
  const link = chain.find(each => agentMarks(startedSession(each, known)) !== undefined);
  const first = chain.at(-1);
  if (link === undefined || first === undefined) return undefined;
  return markedVerdict(event, startedSession(link, known), starterName(first, known));
};

/** The chain comes from a user or an agent that is known by its ARN. */
export const byKnownStarter: Rule = (event, known) => {
  const first = chainOf(event.principal, known).at(-1);
  if (first === undefined) return undefined;
  const { arn } = first.caller;
  const user = known.users.find(each => each.arn === arn);
  const agent = user === undefined ? known.agents.find(each => each.arn === arn) : undefined;
  const starter = user ?? agent;
  if (arn === undefined || starter === undefined) return undefined;
  const kind = user === undefined ? 'agent' : 'user';
  return {
    ...verdict(event, kind, starter.name, 'strong', {
      reason: `Made by ${kind} ${starter.name}, who started the session ${displayName(event.principal)} as ${arn}.${agentMention(event, kind)}`,
      onBehalfOf: kind === 'agent' ? event.principal.sourceIdentity : undefined,
    }),
    ...roleAsVia(event.principal),
  };
};

/** Somebody who is not known started it; still that says more than the name of a session. */
export const byStarter: Rule = (event, known) => {
  const first = chainOf(event.principal, known).at(-1);
  if (first === undefined) return undefined;
  const caller = callerOf(first);
  const name = displayName(event.principal);
  if (caller.type === 'AWSService')
    return verdict(event, 'unknown', name, 'none', {
      reason: `A program in AWS: ${serviceName(caller.invokedBy ?? 'a service')} started the session ${name}, and what runs there makes the calls.`,
    });
  const where = caller.accountId === undefined ? '' : ` of account ${formatAccount(caller.accountId)}`;
  const starter = displayName(caller);
  return verdict(event, 'unknown', name, 'hint', {
    reason: `${starter}${where} is behind it: AWS recorded that it started the session ${name}. It is in no profile.`,
    onBehalfOf: event.principal.sourceIdentity ?? starter,
  });
};

/** The event's own session, found by its id: forwarded access has another key, another account's copy has none. */
function ownSession(event: Evidence, entry: LedgerEntry): Attribution {
  const why = `its session id is the one that AWS gave with the access key ${shortKeyId(entry.accessKeyId)}, which is in the ledger`;
  return fromLedger(event, entry, 'strong', why);
}

function chained(
  event: Evidence,
  chain: readonly MintedSession[],
  steps: number,
  entry: LedgerEntry,
): Attribution {
  const own = chain.at(0)?.accessKeyId === event.principal.accessKeyId;
  const between = steps === 0 ? '' : `, over ${steps} other session${steps === 1 ? '' : 's'},`;
  const why = `AWS recorded that its session ${displayName(event.principal)} was started${between} with the access key ${shortKeyId(entry.accessKeyId)}, which is in the ledger`;
  return {
    ...fromLedger(event, entry, own ? 'exact' : 'strong', why),
    // The session that called is another one than the ledger's.
    actor: {
      kind: entry.kind,
      name: entry.profileName,
      arn: event.principal.arn,
      accountId: event.principal.accountId,
    },
  };
}

function entryOf(accessKeyId: string | undefined, known: Known): LedgerEntry | undefined {
  return accessKeyId === undefined ? undefined : known.byAccessKey(accessKeyId);
}

/** Undefined when another account's record hides who it was. */
function starterName(first: MintedSession, known: Known): string | undefined {
  const { arn, accessKeyId } = first.caller;
  const entry = entryOf(accessKeyId, known);
  if (entry) return entry.profileName;
  const user = known.users.find(each => each.arn === arn);
  return user?.name ?? (arn === undefined ? undefined : principalName(arn));
}
