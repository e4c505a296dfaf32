/** Who is let in: ingress rules of security groups, and what is open to everybody by a property of its own. */
import { type Fact, isKnown, known, unknown } from '../fact.ts';
import type { Facts, Ingress } from '../guardedResource.ts';
import {
  at,
  booleanOf,
  itemsOf,
  numberOf,
  type Properties,
  textOf,
  Unresolved,
  type Value,
} from './value.ts';

/** @returns undefined for a type that has no ingress rules. */
export function ingressFact(type: string, properties: Properties): Facts['ingress'] {
  switch (type) {
    case 'AWS::EC2::SecurityGroup':
      return ingressOf(itemsOf(properties['SecurityGroupIngress']));
    case 'AWS::EC2::SecurityGroupIngress':
      return known(rulesOf(properties));
    case 'AWS::EC2::PrefixList':
      return ingressOf(itemsOf(properties['Entries']), listed);
    case 'AWS::RDS::DBSecurityGroup':
      return ingressOf(itemsOf(properties['DBSecurityGroupIngress']));
    default:
      return undefined;
  }
}

function ingressOf(items: Fact<readonly Value[]>, read = rulesOf): Fact<readonly Ingress[]> {
  return isKnown(items) ? known(items.value.flatMap(read)) : items;
}

/** Whoever is put on a list gets in where the list is let in. */
function listed(entry: Value): Ingress[] {
  const ports = unknown<never>('the ports are those of the groups that let the list in');
  return [{ source: textOf(at(entry, 'Cidr'), NOT_SAID), ports }];
}

const SOURCES = ['CidrIp', 'CidrIpv6', 'CIDRIP', 'SourceSecurityGroupId', 'SourceSecurityGroupName'];
const NOT_SAID = unknown<string>('its source is not said');

function rulesOf(rule: Value): Ingress[] {
  if (rule instanceof Unresolved) return [{ source: unknown(rule.why), ports: unknown(rule.why) }];
  const ports = portsOf(rule);
  if (at(rule, 'SourcePrefixListId') !== undefined)
    return [{ source: unknown('who is on its prefix list'), ports }];
  const sources = SOURCES.map(name => at(rule, name)).filter(source => source !== undefined);
  if (sources.length === 0) return [{ source: NOT_SAID, ports }];
  return sources.map(source => ({ source: textOf(source, NOT_SAID), ports }));
}

const ALL_PORTS = { from: 0, to: 65_535 };
const NO_PORTS = { from: -1, to: -1 };

/** Every protocol but TCP and UDP is either all of them, or has no ports. */
function portsOf(rule: Value): Ingress['ports'] {
  const protocol = textOf(at(rule, 'IpProtocol'), known('-1'));
  if (!isKnown(protocol)) return unknown(protocol.unknown);
  if (protocol.value === '-1') return known(ALL_PORTS);
  if (/^(?:icmp|icmpv6|1|58)$/i.test(protocol.value)) return known(NO_PORTS);
  const from = numberOf(at(rule, 'FromPort'), known(0));
  const to = numberOf(at(rule, 'ToPort'), known(65_535));
  if (!isKnown(from)) return from;
  if (!isKnown(to)) return to;
  return known(from.value < 0 ? ALL_PORTS : { from: from.value, to: to.value });
}

type Look = (properties: Properties) => Fact<string>[];

/** Besides policies: properties that open a resource to everybody. */
export function openFacts(type: string, properties: Properties): Fact<string>[] {
  const look = Object.hasOwn(OPENED, type) ? OPENED[type] : undefined;
  return [...(look?.(properties) ?? []), ...publiclyAccessible(properties)];
}

const OPENED: Readonly<Record<string, Look>> = {
  'AWS::S3::Bucket': ({ AccessControl }) =>
    when(textOf(AccessControl, known('Private')), acl =>
      /^(?:PublicRead|PublicReadWrite|AuthenticatedRead)$/.test(acl) ? `AccessControl is ${acl}` : undefined,
    ),
  'AWS::Lambda::Url': ({ AuthType }) =>
    when(textOf(AuthType, known('NONE')), type => (type === 'NONE' ? 'AuthType is NONE' : undefined)),
  'AWS::Lambda::Permission': named,
  'AWS::Lambda::LayerVersionPermission': named,
  'AWS::Events::EventBusPolicy': named,
};

function named({ Principal }: Properties): Fact<string>[] {
  return when(textOf(Principal, known('')), principal => (principal === '*' ? 'Principal is *' : undefined));
}

function publiclyAccessible({ PubliclyAccessible }: Properties): Fact<string>[] {
  return when(booleanOf(PubliclyAccessible, known(false)), open =>
    open ? 'PubliclyAccessible is true' : undefined,
  );
}

function when<T>(fact: Fact<T>, way: (value: T) => string | undefined): Fact<string>[] {
  if (!isKnown(fact)) return [fact];
  const found = way(fact.value);
  return found === undefined ? [] : [known(found)];
}
