/** Whether an event still speaks for a leak, now that its verdict is another one. Pure. */
import { afterRevocation } from './afterRevocation.ts';
import { agentAsUser } from './agentAsUser.ts';
import { DENIAL } from './denials.ts';
import { foreignSession } from './foreignSession.ts';
import type { Finding, LeakContext, LeakEvent, LeakKind } from './leak.ts';

export function stillSpeaks(
  { key, kind }: { readonly key: string; readonly kind: LeakKind },
  event: LeakEvent,
  context: LeakContext,
): boolean {
  const isAmong = (findings: readonly Finding[]): boolean => findings.some(finding => finding.key === key);
  switch (kind) {
    case 'agentAsUser':
      return key.endsWith(DENIAL) ? isUsers(key, event) : isAmong(agentAsUser(event, context));
    case 'foreignSession':
      return isAmong(foreignSession(event, context));
    case 'afterRevocation':
      return isAmong(afterRevocation(event, context));
    case 'mixedClients':
    case 'unexpectedPlace':
      return isOfLedger(event, context);
  }
}

/** Found by a refusal that came before it: what is left to ask is whether the user still made it. */
function isUsers(key: string, { accountId, attribution: { actor } }: LeakEvent): boolean {
  return actor.kind === 'user' && key.startsWith(`agentAsUser ${accountId} ${actor.name} `);
}

/** Found beside other events of its session: they are no others as long as it is a session of the ledger's. */
function isOfLedger({ attribution, principal }: LeakEvent, { known }: LeakContext): boolean {
  const { accessKeyId } = principal;
  return (
    attribution.strength === 'exact' &&
    accessKeyId !== undefined &&
    known.byAccessKey(accessKeyId) !== undefined
  );
}
