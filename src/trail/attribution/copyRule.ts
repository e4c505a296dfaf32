/**
 * A call into another account is recorded in both, under one shared id. The account that is called sees no more of the
 * caller than its account; the caller's own account sees who it was.
 */
import { formatAccount } from '../../base/arn.ts';
import { type Attribution, actorLabel, type Evidence, type Known } from './attribution.ts';

/** @param attribute - the verdict on the other copy. */
export function byOtherCopy(
  event: Evidence,
  known: Known,
  attribute: (copy: Evidence, known: Known) => Attribution,
): Attribution | undefined {
  if (!hidesCaller(event) || event.sharedEventId === undefined) return undefined;
  const copy = known.copyOf?.(event.sharedEventId, event.accountId);
  if (copy === undefined || hidesCaller(copy)) return undefined;
  const verdict = attribute(copy, known);
  if (verdict.actor.kind === 'unknown' || verdict.actor.kind === 'external') return undefined;
  return {
    ...verdict,
    reason: `${actorLabel({ name: verdict.actor.name, onBehalfOf: verdict.onBehalfOf })} by the copy of this event in account ${formatAccount(copy.accountId)}, which shows the caller. ${verdict.reason}`,
  };
}

export function hidesCaller({ principal }: Pick<Evidence, 'principal'>): boolean {
  return principal.type === 'AWSAccount' && principal.arn === undefined;
}
