/**
 * The attributes of a resource of the AWS provider in CloudFormation's names, by which the facts go. Most names differ in
 * their case alone; what is built otherwise has its own line. Provider documentation: registry, hashicorp/aws.
 */
import {
  at,
  isList,
  isProperties,
  type Properties,
  Unresolved,
  type Value,
} from '../../guardrail/facts/value.ts';

export function awsProperties(type: string, attributes: Properties): Properties {
  const build = Object.hasOwn(BUILT, type) ? BUILT[type] : undefined;
  return { ...camelCased(attributes), ...tagsOf(attributes), ...build?.(attributes) };
}

function camelCased(attributes: Properties): Properties {
  return Object.fromEntries(Object.entries(attributes).flatMap(renamed));
}

/** What is not set is null; CloudFormation leaves it out. */
function renamed([name, value]: [string, Value]): [string, Value][] {
  if (value === null) return [];
  return [[cfName(name), isProperties(value) || isList(value) ? inside(value) : value]];
}

function inside(value: Value): Value {
  if (isList(value)) return value.map(inside);
  return isProperties(value) ? camelCased(value) : value;
}

const WORDS: Readonly<Record<string, string>> = {
  az: 'AZ',
  db: 'DB',
  cidr: 'Cidr',
  kms: 'Kms',
  multi: 'Multi',
};

function cfName(name: string): string {
  if (name === 'instance_class') return 'DBInstanceClass';
  return name
    .split('_')
    .map(word => WORDS[word] ?? word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** With those that the provider gives to everything. */
function tagsOf({ tags_all, tags }: Properties): Properties {
  const found = tags_all ?? tags;
  return found === undefined || found === null ? {} : { Tags: found };
}

type Build = (attributes: Properties) => Properties;

const BUILT: Readonly<Record<string, Build>> = {
  aws_instance: withDisks,
  aws_launch_configuration: withDisks,
  aws_launch_template: attributes => ({
    LaunchTemplateData: { ...camelCased(attributes), ...templateDisks(attributes) },
  }),
  aws_ebs_volume: ({ type = null }) => (type === null ? {} : { VolumeType: type }),
  aws_security_group: ({ ingress = [] }) => ({ SecurityGroupIngress: ingressRules(ingress) }),
  aws_security_group_rule: attributes =>
    at(attributes, 'type') === 'egress'
      ? { CidrIp: 'none', FromPort: -1, ToPort: -1, IpProtocol: 'icmp' }
      : firstRule(attributes),
  aws_vpc_security_group_ingress_rule: attributes => ({
    ...named('CidrIp', attributes['cidr_ipv4']),
    ...named('CidrIpv6', attributes['cidr_ipv6']),
    ...named('SourcePrefixListId', attributes['prefix_list_id']),
    ...named('SourceSecurityGroupId', attributes['referenced_security_group_id']),
    ...ports(attributes, 'ip_protocol'),
  }),
  aws_db_instance: ({ multi_az = null }) => named('MultiAZ', multi_az),
  aws_rds_cluster_instance: ({ instance_class = null }) => named('DBInstanceClass', instance_class),
  aws_lambda_function_url: ({ authorization_type = null }) => named('AuthType', authorization_type),
  aws_s3_bucket: ({ acl = null }) =>
    named('AccessControl', typeof acl === 'string' ? cfName(acl.replaceAll('-', '_')) : acl),
  aws_elasticache_cluster: ({ node_type = null, num_cache_nodes = null }) => ({
    ...named('CacheNodeType', node_type),
    ...named('NumCacheNodes', num_cache_nodes),
  }),
  aws_elasticache_replication_group: ({ node_type = null }) => named('CacheNodeType', node_type),
  aws_lb: ({ load_balancer_type = null }) => named('Type', load_balancer_type),
  aws_alb: ({ load_balancer_type = null }) => named('Type', load_balancer_type),
};

function named(name: string, value: Value | undefined): Properties {
  return value === undefined || value === null ? {} : { [name]: value };
}

const DISKS = ['root_block_device', 'ebs_block_device', 'ephemeral_block_device'];

function withDisks(attributes: Properties): Properties {
  const disks = DISKS.map(name => attributes[name]).filter(value => value !== undefined && value !== null);
  const unresolved = disks.find(value => value instanceof Unresolved);
  if (unresolved !== undefined) return { BlockDeviceMappings: unresolved };
  const each = disks.flatMap(value => (isList(value) ? value : [value]));
  return {
    BlockDeviceMappings: each.map(
      (disk): Value => (disk instanceof Unresolved ? disk : { Ebs: inside(disk) }),
    ),
  };
}

function templateDisks({ block_device_mappings = [] }: Properties): Properties {
  if (!isList(block_device_mappings)) return { BlockDeviceMappings: block_device_mappings };
  return {
    BlockDeviceMappings: block_device_mappings.map((mapping): Value => {
      const ebs = at(mapping, 'ebs');
      const first = isList(ebs) ? ebs[0] : ebs;
      return first === undefined ? inside(mapping) : { Ebs: inside(first) };
    }),
  };
}

/** One rule of Terraform names many sources; one of CloudFormation names one. */
function ingressRules(ingress: Value): Value {
  if (!isList(ingress)) return ingress;
  return ingress.flatMap((rule): readonly Value[] => (isProperties(rule) ? rulesOf(rule) : [rule]));
}

const SOURCES: readonly (readonly [string, string])[] = [
  ['cidr_blocks', 'CidrIp'],
  ['ipv6_cidr_blocks', 'CidrIpv6'],
  ['prefix_list_ids', 'SourcePrefixListId'],
  ['security_groups', 'SourceSecurityGroupId'],
  ['source_security_group_id', 'SourceSecurityGroupId'],
];

function rulesOf(rule: Properties): Properties[] {
  const sources = SOURCES.flatMap(([name, cfn]) => {
    const value = rule[name];
    if (value === undefined || value === null) return [];
    return (isList(value) ? value : [value]).map((source): Properties => ({ [cfn]: source }));
  });
  const own = rule['self'] === true ? [{ SourceSecurityGroupId: 'itself' }] : [];
  return [...sources, ...own].map(source => ({ ...source, ...ports(rule, 'protocol') }));
}

function firstRule(attributes: Properties): Properties {
  // The one that is open to most: the facts of one resource have one rule.
  const rules = rulesOf(attributes);
  const open = rules.find(rule =>
    Object.values(rule).some(value => value === '0.0.0.0/0' || value === '::/0'),
  );
  const unsure = rules.find(rule => Object.values(rule).some(value => value instanceof Unresolved));
  return open ?? unsure ?? rules[0] ?? {};
}

function ports(rule: Properties, protocol: string): Properties {
  return {
    ...named('FromPort', rule['from_port']),
    ...named('ToPort', rule['to_port']),
    ...named('IpProtocol', rule[protocol]),
  };
}
