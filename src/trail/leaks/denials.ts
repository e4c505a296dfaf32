/**
 * A call that was refused to the agent, and soon after was made under the user's identity from the same network: an agent
 * that found the user's credentials does so, and a person who helps it does too. Hence no more than `possible`.
 */
import * as v from 'valibot';
import { MINUTE } from '../../base/clock.ts';
import { EventRef, type Finding, type LeakEvent, refOf, severityOf, shapeOf } from './leak.ts';
import { placeOf } from './place.ts';

const Call = v.object({ network: v.string(), who: v.string(), event: EventRef });
type Call = Readonly<v.InferOutput<typeof Call>>;

/** The latest calls, for those that come in another order than they were made. */
export const RecentCalls = v.object({
  refused: v.array(Call),
  byUser: v.array(v.object({ ...Call.entries, shape: v.string(), severity: v.picklist(['medium', 'high']) })),
});
export type RecentCalls = Readonly<v.InferOutput<typeof RecentCalls>>;
type UserCall = RecentCalls['byUser'][number];

export const NO_CALLS: RecentCalls = { refused: [], byUser: [] };

/** How the key of such a leak ends. */
export const DENIAL = ' denial';

const MOST_CALLS = 200;
const SOON = MINUTE;

export function afterDenial(
  event: LeakEvent,
  recent: RecentCalls,
): { readonly findings: Finding[]; readonly recent: RecentCalls } {
  const place = placeOf(event.sourceIp);
  if (place === undefined || event.principal.invokedBy !== undefined) return { findings: [], recent };
  const { actor } = event.attribution;
  const call: Call = { network: place.network, who: actor.name, event: refOf(event) };
  if (actor.kind === 'agent' && isDenial(event.error))
    return {
      findings: recent.byUser.filter(each => follows(call, each)).map(each => finding(call, each)),
      recent: { ...recent, refused: latest([...recent.refused, call]) },
    };
  const severity = severityOf(event);
  if (actor.kind !== 'user' || severity === 'low' || event.requestedSession !== undefined)
    return { findings: [], recent };
  const own: UserCall = { ...call, shape: shapeOf(event), severity };
  return {
    findings: recent.refused
      .filter(each => follows(each, own))
      .slice(-1)
      .map(each => finding(each, own)),
    recent: { ...recent, byUser: latest([...recent.byUser, own]) },
  };
}

function follows(refused: Call, own: UserCall): boolean {
  const later = own.event.time - refused.event.time;
  return (
    later >= 0 &&
    later <= SOON &&
    own.network === refused.network &&
    own.event.name === refused.event.name &&
    own.event.source === refused.event.source &&
    own.event.accountId === refused.event.accountId
  );
}

function finding(refused: Call, own: UserCall): Finding {
  const seconds = Math.round((own.event.time - refused.event.time) / 1000);
  return {
    kind: 'agentAsUser',
    key: `agentAsUser ${own.event.accountId} ${own.who} ${refused.who}${DENIAL}`,
    shape: own.shape,
    severity: own.severity,
    confidence: 'possible',
    event: own.event,
    sentence: `${own.event.name} was refused to agent ${refused.who}, and ${seconds} s later made with the identity of ${own.who} from the same network: by the agent, or by ${own.who} in its place.`,
    whatToDo: `If it was not ${own.who}: look where agent ${refused.who} can read the user's credentials. If the agent needs this call, let it ask for the permission.`,
  };
}

function isDenial(error: string | undefined): boolean {
  return error !== undefined && /AccessDenied|Unauthorized|NotAuthorized|Forbidden/i.test(error);
}

function latest<T extends Call>(calls: readonly T[]): T[] {
  const [before, last] = calls.slice(-2);
  const isInOrder = before === undefined || last === undefined || before.event.time <= last.event.time;
  const inOrder = isInOrder ? calls : calls.toSorted((one, other) => one.event.time - other.event.time);
  return inOrder.slice(-MOST_CALLS);
}
