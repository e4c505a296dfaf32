/** Machines and disks: how many, of which type, how large. Properties have CloudFormation's names. */
import { type Fact, isKnown, known, mapFact, unknown } from '../fact.ts';
import type { Disks, Facts, Machines } from '../guardedResource.ts';
import { at, isList, isProperties, itemsOf, numberOf, type Properties, textOf, type Value } from './value.ts';

type MachineFacts = Pick<Facts, 'machines' | 'disks'>;
type Build = (properties: Properties) => MachineFacts;

const ONE = known(1);
const NOT_SAID: Fact<never> = unknown('it is not said');

/** @returns undefined for a type that has no machines, as far as this table and the names of properties tell. */
export function machineFacts(type: string, properties: Properties): MachineFacts {
  const build = Object.hasOwn(BUILDERS, type) ? BUILDERS[type] : undefined;
  return build === undefined ? byNames(properties) : build(properties);
}

const BUILDERS: Readonly<Record<string, Build>> = {
  'AWS::EC2::Instance': properties => ({
    // Of a launch template elsewhere nothing can be told.
    machines: known([{ count: ONE, type: textOf(properties['InstanceType'], fromTemplate(properties)) }]),
    disks: blockDevices(properties['BlockDeviceMappings'], ONE),
  }),
  'AWS::EC2::LaunchTemplate': ({ LaunchTemplateData }) => launched(LaunchTemplateData),
  'AWS::AutoScaling::LaunchConfiguration': launched,
  'AWS::AutoScaling::AutoScalingGroup': properties => ({
    machines: known(groupMachines(properties)),
  }),
  'AWS::EC2::EC2Fleet': () => ({ machines: unknown('a fleet chooses its instances itself') }),
  'AWS::EC2::SpotFleet': () => ({ machines: unknown('a fleet chooses its instances itself') }),
  'AWS::EC2::Volume': ({ Size }) => ({
    disks: known([{ count: ONE, gb: numberOf(Size, unknown('its size is that of a snapshot')) }]),
  }),
  'AWS::RDS::DBInstance': properties => ({
    machines: known([
      { count: databaseCount(properties), type: textOf(properties['DBInstanceClass'], NOT_SAID) },
    ]),
    disks: known(databaseDisks(properties)),
  }),
  'AWS::ElastiCache::CacheCluster': ({ CacheNodeType, NumCacheNodes }) => ({
    machines: known([{ count: numberOf(NumCacheNodes, ONE), type: textOf(CacheNodeType, NOT_SAID) }]),
  }),
  'AWS::ElastiCache::ReplicationGroup': properties => ({
    machines: known([
      { count: cacheNodeCount(properties), type: textOf(properties['CacheNodeType'], NOT_SAID) },
    ]),
  }),
};

/** What would be started is counted where it is started; its type and its disks are said here. */
function launched(data: Value | undefined): MachineFacts {
  const type = at(data, 'InstanceType');
  return {
    machines: known(type === undefined ? [] : [{ count: known(0), type: textOf(type, NOT_SAID) }]),
    disks: blockDevices(at(data, 'BlockDeviceMappings'), known(0)),
  };
}

function fromTemplate({ LaunchTemplate }: Properties): Fact<string> {
  return LaunchTemplate === undefined
    ? known('m1.small')
    : unknown('it is the type that its launch template says');
}

/** The most that it may grow to by itself; the types it may mix count one by one. */
function groupMachines(properties: Properties): Machines[] {
  const count = numberOf(properties['MaxSize'], NOT_SAID);
  const mixed = at(properties['MixedInstancesPolicy'], 'LaunchTemplate', 'Overrides');
  const types = itemsOf(mixed);
  if (!isKnown(types)) return [{ count, type: types }];
  const named = types.value.map(override => textOf(at(override, 'InstanceType'), NOT_SAID));
  const [first = unknown('it is the type that its launch template says'), ...others] = named;
  return [{ count, type: first }, ...others.map(type => ({ count: known(0), type }))];
}

function databaseCount({ MultiAZ }: Properties): Fact<number> {
  return mapFact(textOf(MultiAZ, known('false')), multi => (multi === 'true' ? 2 : 1));
}

/** Of Aurora, the cluster has the storage. It may grow by itself to the second figure. */
function databaseDisks(properties: Properties): Disks[] {
  const size = properties['MaxAllocatedStorage'] ?? properties['AllocatedStorage'];
  if (size === undefined) return [];
  return [{ count: databaseCount(properties), gb: numberOf(size, NOT_SAID) }];
}

export function cacheNodeCount(properties: Properties): Fact<number> {
  const clusters = properties['NumCacheClusters'];
  if (clusters !== undefined) return numberOf(clusters, ONE);
  const groups = numberOf(properties['NumNodeGroups'], ONE);
  const replicas = numberOf(properties['ReplicasPerNodeGroup'], known(0));
  if (!isKnown(groups)) return groups;
  return mapFact(replicas, each => groups.value * (each + 1));
}

function blockDevices(mappings: Value | undefined, count: Fact<number>): Fact<readonly Disks[]> {
  return mapFact(itemsOf(mappings), items =>
    items
      .filter(item => at(item, 'NoDevice') === undefined && at(item, 'VirtualName') === undefined)
      .map(item => ({
        count,
        gb: numberOf(at(item, 'Ebs', 'VolumeSize'), unknown('its size is that of the image')),
      })),
  );
}

const MACHINE = /(?:instance|node)(?:type|class)s?$/i;
const DEPTH = 4;

/** For a type that is not in the table: what its properties call a type of machine is one, of unknown number. */
function byNames(properties: Properties): MachineFacts {
  const found: Fact<string>[] = [];
  addMachineTypes(properties, DEPTH, found);
  if (found.length === 0) return {};
  const count = unknown<number>('No Wing does not know how many machines such a resource has');
  return { machines: known(found.map(type => ({ count, type }))) };
}

function addMachineTypes(value: Value, depth: number, found: Fact<string>[]): void {
  if (depth === 0) return;
  if (isList(value)) for (const item of value) addMachineTypes(item, depth - 1, found);
  else if (isProperties(value)) addNamed(value, depth, found);
}

function addNamed(properties: Properties, depth: number, found: Fact<string>[]): void {
  for (const [name, item] of Object.entries(properties)) {
    if (!MACHINE.test(name)) addMachineTypes(item, depth - 1, found);
    else for (const type of isList(item) ? item : [item]) found.push(textOf(type, NOT_SAID));
  }
}
