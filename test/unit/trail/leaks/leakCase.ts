/** One table of leaks: events, and the leaks that come of them as lines of text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE, SECOND } from '../../../../src/base/clock.ts';
import { attribute } from '../../../../src/trail/attribution/attribute.ts';
import type { Known } from '../../../../src/trail/attribution/attribution.ts';
import { NO_CALLS } from '../../../../src/trail/leaks/denials.ts';
import { findLeaks, type Memory } from '../../../../src/trail/leaks/findLeaks.ts';
import type { Finding, LeakContext, LeakEvent } from '../../../../src/trail/leaks/leak.ts';
import { joinsOf } from '../attribution/joined.ts';
import {
  AGENT_KEY,
  agentEntry,
  assumedRole,
  event,
  iamUser,
  knownOf,
  START,
  USER_KEY,
  userEntry,
} from '../records.ts';

export const CLI = 'aws-cli/2.31.0 md/awscrt#0.27 ua/2.1 os/linux#6.8 md/arch#x86_64 lang/python#3.13 m/E';
export const HOME = '198.51.100.7';
export const AWAY = '203.0.113.9';
export const CFN = 'cloudformation.amazonaws.com';

export interface LeakCase {
  readonly what: string;
  /** What differs from a read by the CLI at home; in the order in which they come. */
  readonly events: readonly Call[];
  readonly known?: Known;
  readonly context?: Partial<LeakContext>;
  /** `kind severity confidence`, each once; nothing when it is no leak. */
  readonly finds: readonly string[];
  readonly because?: RegExp;
}

export interface Call extends Record<string, unknown> {
  /** Seconds after the start. */
  readonly at?: number;
}

export const ledger = knownOf([agentEntry, userEntry]);

export const asUser = (rest: Call = {}): Call => ({
  userIdentity: iamUser({ accessKeyId: USER_KEY }),
  ...rest,
});
export const asAgent = (rest: Call = {}): Call => ({
  userIdentity: assumedRole({ accessKeyId: AGENT_KEY }),
  ...rest,
});

export function testLeaks(cases: readonly LeakCase[]): void {
  for (const each of cases)
    test(`${each.what}: ${each.finds.join(', ') || 'no leak'}`, () => {
      // However events are cut into lots, and in whatever order they come, the leaks are the same.
      for (const lots of [
        [each.events],
        each.events.map(one => [one]),
        each.events.toReversed().map(one => [one]),
      ])
        assertLeaks(each, lots);
    });
}

function assertLeaks(
  { known = ledger, context, finds, because, events: all }: LeakCase,
  lots: readonly (readonly Call[])[],
): void {
  const numbers = new Map(all.map((call, index) => [call, index]));
  const parse = (call: Call) => leakEvent(call, numbers.get(call) ?? 0, known);
  const withJoins = { ...known, ...joinsOf(all.map(parse)) };
  let memory: Memory = { watches: new Map(), recent: NO_CALLS };
  const findings: Finding[] = [];
  for (const lot of lots) {
    const events = lot.map(call => leakEvent(call, numbers.get(call) ?? 0, withJoins));
    const found = findLeaks(events, memory, { ...NOTHING, known: withJoins, ...context });
    findings.push(...found.findings);
    memory = found.memory;
  }
  const lines = new Set(findings.map(one => `${one.kind} ${one.severity} ${one.confidence}`));
  assert.deepEqual(
    [...lines].toSorted(),
    [...finds].toSorted(),
    findings.map(one => one.sentence).join('\n'),
  );
  for (const finding of findings) assertReadable(finding, because);
}

const NOTHING: Omit<LeakContext, 'known'> = { revokedAt: () => undefined, seenInAgent: () => undefined };

function assertReadable({ sentence, whatToDo, key }: Finding, because?: RegExp): void {
  if (because) assert.match(sentence, because);
  for (const text of [sentence, whatToDo]) assert.match(text, /^\p{L}.*\.$/u, 'sentences');
  assert.doesNotMatch(`${sentence} ${whatToDo} ${key}`, /undefined|null|\[object/);
}

export function leakEvent({ at = 0, ...overrides }: Call, index: number, known: Known): LeakEvent {
  const parsed = event({
    eventID: `e-${index}`,
    eventTime: new Date(START + at * SECOND).toISOString(),
    eventName: 'ListBuckets',
    readOnly: true,
    sourceIPAddress: HOME,
    userAgent: CLI,
    ...overrides,
  });
  return { ...parsed, attribution: attribute(parsed, known) };
}

export const minutes = (count: number): number => (count * MINUTE) / SECOND;
