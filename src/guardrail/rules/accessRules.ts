/** Rules about who gets in: open ports, access for everybody, wildcards in permissions, trust in everybody. */
import { type Fact, isKnown } from '../fact.ts';
import { isEverybody } from '../facts/policyFacts.ts';
import type { Facts, GuardedResource, Ingress, Permission } from '../guardedResource.ts';
import type { Permitted } from '../limits.ts';
import { broken, type Check, examine, type Finding, isMade, notKnown, type Planned } from './finding.ts';

export const openPorts: Check<readonly number[]> = {
  findings: (ports, planned) =>
    ports.length === 0
      ? []
      : findEach(
          planned,
          facts => facts.ingress,
          (rule, resource) => openPort(ports, rule, resource),
        ),
  summary: () => 'none is open to everybody',
};

function openPort(
  ports: readonly number[],
  { source, ports: range }: Ingress,
  resource: GuardedResource,
): Finding[] {
  if (isKnown(source) && !isWorld(source.value)) return [];
  if (!isKnown(range)) return [notKnown(range.unknown, resource)];
  const open = ports.filter(port => port >= range.value.from && port <= range.value.to);
  if (open.length === 0) return [];
  const words = open.length === 1 ? `port ${open[0]}` : `ports ${open.join(', ')}`;
  return isKnown(source)
    ? [broken(`${words} open to ${source.value}`, resource)]
    : [notKnown(`who reaches ${words}: ${source.unknown}`, resource)];
}

/** Wider than any network of one owner: the halves of the internet are the internet. */
const WIDEST_IPV4 = 8;
const WIDEST_IPV6 = 16;

/** By the length of the prefix alone: whatever stands before it, `/0` is everybody. */
export function isWorld(source: string): boolean {
  const [address = '', length] = source.trim().split('/');
  if (length === undefined || !/^\d+$/.test(length)) return false;
  return Number(length) < (address.includes(':') ? WIDEST_IPV6 : WIDEST_IPV4);
}

export const publicAccess: Check<Permitted> = {
  findings: unlessAllowed(facts => facts.publicAccess, wayIn),
  summary: () => 'nothing is open to everybody',
};

function wayIn(way: Fact<string>, resource: GuardedResource): Finding[] {
  return [isKnown(way) ? broken(way.value, resource) : notKnown(way.unknown, resource)];
}

export const iamWildcards: Check<Permitted> = {
  findings: unlessAllowed(facts => facts.permissions, wildcards),
  summary: () => 'none',
};

function wildcards({ actions, resources }: Permission, resource: GuardedResource): Finding[] {
  const action = firstWide(actions, isWideAction);
  const target = firstWide(resources, isWideResource);
  const wide = [
    ...(action.found === undefined ? [] : [`action ${action.found}`]),
    ...(target.found === undefined ? [] : [`resource ${target.found}`]),
  ];
  if (wide.length > 0) return [broken(`allows ${wide.join(' on ')}`, resource)];
  const why = action.unknown ?? target.unknown;
  return why === undefined ? [] : [notKnown(why, resource)];
}

function firstWide(
  facts: Fact<readonly Fact<string>[]>,
  isWide: (text: string) => boolean,
): { found?: string; unknown?: string } {
  if (!isKnown(facts)) return { unknown: facts.unknown };
  const found = facts.value.find(fact => isKnown(fact) && isWide(fact.value));
  if (found !== undefined && isKnown(found)) return { found: found.value };
  const missing = facts.value.find(fact => !isKnown(fact));
  return missing === undefined || isKnown(missing) ? {} : { unknown: missing.unknown };
}

/** Letters that must stand before a wildcard for it to be a choice among actions: `s3:Get*`, not `s3:*` nor `s?:*`. */
const LETTERS = 3;

export function isWideAction(action: string): boolean {
  const [service = '', name] = action.split(':');
  if (/[*?]/.test(service)) return true;
  const wildcard = (name ?? '').search(/[*?]/);
  return wildcard !== -1 && wildcard < LETTERS;
}

/** `*`, an ARN that names nothing (`arn:aws:s3:::*`), and all of a kind in IAM (`role/*`). */
export function isWideResource(resource: string): boolean {
  const [, , service = '', , , ...rest] = resource.split(':');
  const name = rest.length > 0 ? rest.join(':') : resource;
  if (/^[*?/:]+$/.test(name)) return true;
  return /^(?:iam|sts|\*)$/.test(service) && /^[\w-]+\/[*?/]+$/.test(name);
}

export const openTrust: Check<Permitted> = {
  findings: unlessAllowed(facts => facts.trust, trustIn),
  summary: () => 'none',
};

function trustIn(principal: Fact<string>, resource: GuardedResource): Finding[] {
  if (!isKnown(principal)) return [notKnown(principal.unknown, resource)];
  return isEverybody(principal.value) ? [broken(`trusts ${principal.value}`, resource)] : [];
}

type WaysOf<Way> = (facts: Facts) => Fact<readonly Way[]> | undefined;
type Judge<Way> = (way: Way, resource: GuardedResource) => Finding[];

function unlessAllowed<Way>(waysOf: WaysOf<Way>, judge: Judge<Way>): Check<Permitted>['findings'] {
  return (limit, planned) => (limit === 'allowed' ? [] : findEach(planned, waysOf, judge));
}

function findEach<Way>({ resources }: Planned, waysOf: WaysOf<Way>, judge: Judge<Way>): Finding[] {
  return resources
    .filter(isMade)
    .flatMap(resource =>
      examine(resource, waysOf(resource.facts), ways => ways.flatMap(way => judge(way, resource))),
    );
}
