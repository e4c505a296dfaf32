/** One table of attribution: the event, and the verdict as one line of text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attribute } from '../../../../src/trail/attribution/attribute.ts';
import type { Attribution, Known } from '../../../../src/trail/attribution/attribution.ts';
import { ACCOUNT, agentEntry, event, knownOf, userEntry } from '../records.ts';

export interface AttributionCase {
  readonly what: string;
  readonly event: Record<string, unknown>;
  readonly known?: Known;
  /** `kind name [for human] [via service] strength [in deployment]` */
  readonly is: string;
  readonly because?: RegExp;
}

export const ledger = knownOf([agentEntry, userEntry]);
export const CFN = 'cloudformation.amazonaws.com';
export const CLI =
  'aws-cli/2.31.0 md/awscrt#0.27 ua/2.1 os/linux md/arch#x86_64 lang/python#3.13 m/E,AN md/prompt#off';

export const role = (name: string, path = ''): string => `arn:aws:iam::${ACCOUNT}:role/${path}${name}`;
export const who = (userIdentity: unknown, rest: Record<string, unknown> = {}) => ({ userIdentity, ...rest });

export function testAttribution(cases: readonly AttributionCase[]): void {
  for (const each of cases) test(`${each.what}: ${each.is}`, () => assertAttribution(each));
}

function assertAttribution({ event: overrides, known = ledger, is, because }: AttributionCase): void {
  const { reason, ...rest } = attribute(event(overrides), known);
  assert.equal(shown(rest), is);
  if (because) assert.match(reason, because);
  assert.match(reason, /^[A-Z\p{Ll}].*[.]$/u, 'a reason is a sentence');
  assert.doesNotMatch(reason, /undefined|null|\[object/);
}

/** The verdict as one line: `kind name [for human] [via service] strength [in deployment]`. */
export function shown(verdict: Omit<Attribution, 'reason'>): string {
  const { actor, onBehalfOf, via, strength, deploymentId } = verdict;
  const parts = [
    actor.kind,
    actor.name,
    onBehalfOf && `for ${onBehalfOf}`,
    via && `via ${via}`,
    strength,
    deploymentId && `in ${deploymentId}`,
  ];
  return parts.filter(Boolean).join(' ');
}
