/** Sessions of an agent's role that No Wing did not mint, though this computer's human is behind them. */
import { sourceIdentityOf } from '../../identity/marks.ts';
import { isOurShape, isRole } from '../attribution/agentMarks.ts';
import type { KnownAgent } from '../attribution/attribution.ts';
import { chainOf } from '../attribution/chain.ts';
import { ledgerEntryOf } from '../attribution/ledgerEntryOf.ts';
import { type Finding, type LeakContext, type LeakEvent, refOf, severityOf, shapeOf } from './leak.ts';

export function foreignSession(event: LeakEvent, { known }: LeakContext): Finding[] {
  const { principal } = event;
  if (principal.sessionName === undefined || event.attribution.actor.kind !== 'agent') return [];
  const agent = known.agents.find(({ roleArn }) => roleArn !== undefined && isRole(principal, roleArn));
  if (agent === undefined || isOfLedger(event, known)) return [];
  const behind = humanBehind(event, known);
  if (behind === undefined) return [];
  return [isOurShape(principal.sessionName) ? named(event, agent, behind) : byHand(event, agent, behind)];
}

/** By its key or its marks. That the user of the ledger started it does not make it one of No Wing's. */
function isOfLedger(event: LeakEvent, known: LeakContext['known']): boolean {
  const behind = ledgerEntryOf(event, known);
  return behind !== undefined && (behind.by !== 'chain' || behind.entry.kind === 'agent');
}

interface Human {
  readonly name: string;
  /** Recorded by AWS, or only said by the source identity. */
  readonly isRecorded: boolean;
}

/** A colleague's session is theirs to mind. */
function humanBehind({ principal }: LeakEvent, known: LeakContext['known']): Human | undefined {
  const caller = chainOf(principal, known).at(-1)?.caller;
  const entry = caller?.accessKeyId === undefined ? undefined : known.byAccessKey(caller.accessKeyId);
  if (entry?.kind === 'user') return { name: entry.profileName, isRecorded: true };
  const starter = known.users.find(({ arn }) => arn === caller?.arn);
  if (starter) return { name: starter.name, isRecorded: true };
  if (caller?.arn !== undefined) return undefined;
  const { sourceIdentity } = principal;
  const isOwn = known.users.some(
    ({ name, arn }) => sourceIdentity === name || sourceIdentity === sourceIdentityOf(arn),
  );
  return sourceIdentity === undefined || !isOwn ? undefined : { name: sourceIdentity, isRecorded: false };
}

function byHand(event: LeakEvent, agent: KnownAgent, human: Human): Finding {
  return {
    ...common(event, agent, human, 'by hand'),
    confidence: human.isRecorded ? 'certain' : 'likely',
    sentence: `${human.name} took the role of agent ${agent.name} under the name ${event.principal.sessionName}: not through No Wing, so nothing says what for.`,
    whatToDo:
      "Use the role through No Wing. If nothing else should: name No Wing's session names in its trust policy (sts:RoleSessionName).",
  };
}

function named(event: LeakEvent, agent: KnownAgent, human: Human): Finding {
  return {
    ...common(event, agent, human, 'named'),
    confidence: 'possible',
    sentence: `The session ${event.principal.sessionName} of agent ${agent.name} for ${human.name} has the form of No Wing's names, but this computer did not mint it: another computer of ${human.name}'s, or an imitation.`,
    whatToDo: `If ${human.name} uses No Wing on another computer, this is fine. Otherwise stop agent ${agent.name} and replace the credentials that may take its role.`,
  };
}

function common(event: LeakEvent, agent: KnownAgent, human: Human, how: string) {
  return {
    kind: 'foreignSession' as const,
    key: `foreignSession ${agent.accountId} ${agent.name} ${human.name} ${how}`,
    shape: shapeOf(event),
    severity: severityOf(event),
    event: refOf(event),
  };
}
