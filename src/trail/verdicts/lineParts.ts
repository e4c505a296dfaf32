/** The parts of a verdict's line. All keys are on every line: `null` is what the record or the verdict does not say. */
import type { Attribution } from '../attribution/attribution.ts';
import type { CallName } from '../scan/batch.ts';

export function callPart({ name, source, error }: Pick<CallName, 'name' | 'source' | 'error'>): string {
  const call = {
    eventSource: source === UNKNOWN_SOURCE ? null : source,
    eventName: NO_NAME.test(name) ? null : name,
    errorCode: error ?? null,
  };
  return JSON.stringify(call).slice(1, -1);
}

/** What stands in the place of a name or a source that a record does not have. */
const UNKNOWN_SOURCE = 'unknown';
const NO_NAME = /^(?:Unknown|Aws(?:ApiCall|ServiceEvent|Console\w+|CloudTrailInsight|VpceEvent))$/;

/** With the line's closing brace. */
export function verdictPart({ actor, onBehalfOf, via, strength, reason }: Attribution): string {
  return JSON.stringify({
    actor: {
      kind: actor.kind,
      name: actor.name,
      arn: actor.arn || null,
      accountId: actor.accountId || null,
    },
    onBehalfOf: onBehalfOf ?? null,
    via: via ?? null,
    strength,
    reason,
  }).slice(1);
}
