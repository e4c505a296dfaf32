/**
 * What a plan does to permissions and to who can reach what, in words. From the same facts that the guardrails judge;
 * what cannot be told is said to be so. Pure.
 */
import { type Fact, factText, isKnown } from '../guardrail/fact.ts';
import { EVERYBODY, isEverybody } from '../guardrail/facts/policyFacts.ts';
import type { Facts, GuardedResource, Ingress, Permission } from '../guardrail/guardedResource.ts';
import { isWorld } from '../guardrail/rules/accessRules.ts';
import type { AccessChange, Plan } from './plan.ts';

export type AccessChanges = Pick<Plan, 'iamChanges' | 'networkChanges'>;

export function accessChanges(resources: readonly GuardedResource[]): AccessChanges {
  const changed = resources.filter(({ action }) => action !== 'unchanged');
  return { iamChanges: changed.flatMap(iamChanges), networkChanges: changed.flatMap(networkChanges) };
}

function iamChanges({ address, action, facts }: GuardedResource): AccessChange[] {
  const isGone = action === 'remove';
  return [
    ...eachOf(facts.permissions, 'what it allows', permission => permissionChange(permission, isGone)),
    ...eachOf(facts.trust, 'who may act as it', who => trustChange(who, isGone)),
    ...unreadable(facts),
  ].map(change => ({ address, ...change, isWide: change.isWide && !isGone }));
}

function networkChanges({ address, action, facts }: GuardedResource): AccessChange[] {
  const isGone = action === 'remove';
  return [
    ...eachOf(facts.ingress, 'who may reach it', rule => ingressChange(rule, isGone)),
    ...eachOf(facts.publicAccess, 'whether everybody may use it', way => ({
      text: isGone ? `no longer: ${factText(way)}` : `open to everybody: ${factText(way)}`,
      isWide: true,
    })),
  ].map(change => ({ address, ...change, isWide: change.isWide && !isGone }));
}

type Change = Omit<AccessChange, 'address'>;

function eachOf<T>(
  fact: Fact<readonly T[]> | undefined,
  subject: string,
  change: (item: T) => Change,
): Change[] {
  if (fact === undefined) return [];
  return isKnown(fact)
    ? fact.value.map(change)
    : [{ text: `${subject} cannot be told: ${fact.unknown}`, isWide: true }];
}

function permissionChange({ actions, resources }: Permission, isGone: boolean): Change {
  const isWide = [actions, resources].some(
    fact => !isKnown(fact) || fact.value.some(item => !isKnown(item) || item.value === EVERYBODY),
  );
  const what = `${listText(actions)} on ${listText(resources)}`;
  return { text: isGone ? `no longer allows ${what}` : `allows ${what}`, isWide };
}

function trustChange(who: Fact<string>, isGone: boolean): Change {
  const isWide = !isKnown(who) || isEverybody(who.value);
  const name = isKnown(who) && isWide ? 'everybody' : factText(who);
  return { text: `${isGone ? 'can no longer' : 'may'} be assumed by ${name}`, isWide };
}

function ingressChange({ source, ports }: Ingress, isGone: boolean): Change {
  const isWide = !isKnown(source) || isWorld(source.value);
  const from = isKnown(source) && isWide ? `everybody (${source.value})` : factText(source);
  const range = factText(ports, ({ from: first, to: last }) => portsText(first, last));
  return { text: `${isGone ? 'no longer opens' : 'opens'} ${range} to ${from}`, isWide };
}

const LAST_PORT = 65_535;

function portsText(from: number, to: number): string {
  if (from <= 0 && to >= LAST_PORT) return 'all ports';
  return from === to ? `port ${from}` : `ports ${from} to ${to}`;
}

function unreadable({ unreadable: why }: Facts): Change[] {
  return why === undefined ? [] : [{ text: `its contents cannot be seen: ${why}`, isWide: true }];
}

function listText(fact: Fact<readonly Fact<string>[]>): string {
  return factText(fact, items => items.map(item => factText(item)).join(', ') || 'nothing');
}
