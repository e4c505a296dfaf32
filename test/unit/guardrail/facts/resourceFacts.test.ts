import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Fact } from '../../../../src/guardrail/fact.ts';
import { resourceFacts } from '../../../../src/guardrail/facts/resourceFacts.ts';
import { canonicalType } from '../../../../src/guardrail/facts/typeAliases.ts';
import { type Properties, Unresolved, type Value, valueFrom } from '../../../../src/guardrail/facts/value.ts';
import type { Facts } from '../../../../src/guardrail/guardedResource.ts';

const LATER = new Unresolved('later');
type Written = Readonly<Record<string, unknown>>;

/** Plain JSON in which `LATER` is not known. */
function value(written: unknown): Value {
  if (written instanceof Unresolved) return written;
  if (Array.isArray(written)) return written.map(value);
  return typeof written === 'object' && written !== null ? properties({ ...written }) : valueFrom(written);
}

function properties(written: Written): Properties {
  return Object.fromEntries(Object.entries(written).map(([name, item]) => [name, value(item)]));
}

function factsOf(type: string, written: Written = {}): Facts {
  return resourceFacts({ type, properties: properties(written) });
}

/** `?` stands for what is not known. */
const plain = <T>(fact: Fact<T>): T | '?' => ('value' in fact ? fact.value : '?');

function machinesOf(type: string, written: Written): unknown {
  const { machines } = factsOf(type, written);
  if (machines === undefined || !('value' in machines)) return machines === undefined ? undefined : '?';
  return machines.value.map(each => [plain(each.count), plain(each.type)]);
}

const MACHINES: readonly (readonly [type: string, written: Written, expected: unknown])[] = [
  ['AWS::EC2::Instance', { InstanceType: 't3.micro' }, [[1, 't3.micro']]],
  ['AWS::EC2::Instance', { InstanceType: LATER }, [[1, '?']]],
  ['AWS::EC2::Instance', { LaunchTemplate: {} }, [[1, '?']]],
  ['AWS::EC2::Instance', {}, [[1, 'm1.small']]],
  ['AWS::AutoScaling::AutoScalingGroup', { MaxSize: '20', DesiredCapacity: '1' }, [[20, '?']]],
  [
    'AWS::AutoScaling::AutoScalingGroup',
    {
      MaxSize: 3,
      MixedInstancesPolicy: { LaunchTemplate: { Overrides: [{ InstanceType: 'a' }, { InstanceType: 'b' }] } },
    },
    [
      [3, 'a'],
      [0, 'b'],
    ],
  ],
  ['AWS::EC2::LaunchTemplate', { LaunchTemplateData: { InstanceType: 'p5.48xlarge' } }, [[0, 'p5.48xlarge']]],
  ['AWS::EC2::SpotFleet', {}, '?'],
  ['AWS::RDS::DBInstance', { DBInstanceClass: 'db.t3.micro', MultiAZ: 'true' }, [[2, 'db.t3.micro']]],
  [
    'AWS::ElastiCache::ReplicationGroup',
    { CacheNodeType: 'c', NumNodeGroups: 3, ReplicasPerNodeGroup: 2 },
    [[9, 'c']],
  ],
  ['AWS::Redshift::Cluster', { NodeType: 'ra3.16xlarge' }, [['?', 'ra3.16xlarge']]],
  ['AWS::EMR::Cluster', { Instances: { MasterInstanceGroup: { InstanceType: 'x' } } }, [['?', 'x']]],
  [
    'AWS::EKS::Nodegroup',
    { InstanceTypes: ['a', 'b'] },
    [
      ['?', 'a'],
      ['?', 'b'],
    ],
  ],
  ['AWS::SQS::Queue', {}, undefined],
];

describe('machines', () => {
  for (const [type, written, expected] of MACHINES) {
    it(`${type} ${JSON.stringify(written)}`, () => assert.deepEqual(machinesOf(type, written), expected));
  }
});

function disksOf(type: string, written: Written): unknown {
  const { disks } = factsOf(type, written);
  if (disks === undefined || !('value' in disks)) return disks === undefined ? undefined : '?';
  return disks.value.map(({ gb }) => plain(gb));
}

const DISKS: readonly (readonly [type: string, written: Written, expected: unknown])[] = [
  ['AWS::EC2::Volume', { Size: '900' }, [900]],
  ['AWS::EC2::Volume', { SnapshotId: 'snap-1' }, ['?']],
  ['AWS::EC2::Volume', { Size: 'large' }, ['?']],
  ['AWS::EC2::Instance', { BlockDeviceMappings: [{ Ebs: { VolumeSize: 80 } }, { NoDevice: {} }] }, [80]],
  ['AWS::EC2::Instance', { BlockDeviceMappings: LATER }, '?'],
  [
    'AWS::EC2::LaunchTemplate',
    { LaunchTemplateData: { BlockDeviceMappings: [{ Ebs: { VolumeSize: 7 } }] } },
    [7],
  ],
  ['AWS::RDS::DBInstance', { AllocatedStorage: 20, MaxAllocatedStorage: 9000 }, [9000]],
];

describe('disks', () => {
  for (const [type, written, expected] of DISKS) {
    it(`${type} ${JSON.stringify(written)}`, () => assert.deepEqual(disksOf(type, written), expected));
  }
});

function ingressOf(type: string, written: Written): unknown {
  const { ingress } = factsOf(type, written);
  if (ingress === undefined || !('value' in ingress)) return ingress === undefined ? undefined : '?';
  return ingress.value.map(rule => [plain(rule.source), plain(rule.ports)]);
}

const SSH = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22 };
const INGRESS: readonly (readonly [rule: unknown, expected: unknown])[] = [
  [[{ ...SSH, CidrIp: '0.0.0.0/0' }], [['0.0.0.0/0', { from: 22, to: 22 }]]],
  [[{ ...SSH, CidrIpv6: '::/0' }], [['::/0', { from: 22, to: 22 }]]],
  [[{ IpProtocol: '-1', CidrIp: 'x' }], [['x', { from: 0, to: 65_535 }]]],
  [[{ IpProtocol: 'tcp', FromPort: -1, ToPort: -1, CidrIp: 'x' }], [['x', { from: 0, to: 65_535 }]]],
  [[{ IpProtocol: 'icmp', FromPort: 8, ToPort: -1, CidrIp: 'x' }], [['x', { from: -1, to: -1 }]]],
  [[{ ...SSH, SourcePrefixListId: 'pl-1' }], [['?', { from: 22, to: 22 }]]],
  [[{ ...SSH }], [['?', { from: 22, to: 22 }]]],
  [LATER, '?'],
];

describe('ingress', () => {
  for (const [rules, expected] of INGRESS) {
    it(JSON.stringify(rules), () =>
      assert.deepEqual(ingressOf('AWS::EC2::SecurityGroup', { SecurityGroupIngress: rules }), expected),
    );
  }

  it('of a rule on its own', () => {
    const written = { ...SSH, CidrIp: '0.0.0.0/0' };
    assert.deepEqual(ingressOf('AWS::EC2::SecurityGroupIngress', written), [
      ['0.0.0.0/0', { from: 22, to: 22 }],
    ]);
  });

  it('of a list that is let in elsewhere', () =>
    assert.deepEqual(ingressOf('AWS::EC2::PrefixList', { Entries: [{ Cidr: '0.0.0.0/0' }] }), [
      ['0.0.0.0/0', '?'],
    ]));
});

const STATEFUL: Readonly<Record<string, boolean | '?'>> = {
  'AWS::S3::Bucket': true,
  'AWS::DynamoDB::Table': true,
  'AWS::EC2::RouteTable': false,
  'AWS::Lambda::Function': false,
  'AWS::NewService::Database': '?',
  'Custom::Thing': '?',
  'AWS::CloudFormation::Stack': '?',
};

describe('data', () => {
  for (const [type, expected] of Object.entries(STATEFUL)) {
    it(`${type}: ${expected}`, () =>
      assert.equal(plain(factsOf(type).stateful ?? { value: false }), expected));
  }

  it('that stays is not lost', () => {
    const facts = resourceFacts({ type: 'AWS::S3::Bucket', properties: {}, isKept: { value: true } });
    assert.deepEqual(facts.stateful, { value: false });
  });
});

const TAGS: readonly (readonly [type: string, written: Written, expected: unknown])[] = [
  ['AWS::S3::Bucket', { Tags: [{ Key: 'team', Value: 'x' }] }, ['team']],
  ['AWS::SSM::Parameter', { Tags: { team: 'x' } }, ['team']],
  ['AWS::S3::Bucket', { Tags: [{ Key: LATER }] }, '?'],
  ['AWS::S3::Bucket', { Tags: LATER }, '?'],
  ['AWS::S3::Bucket', {}, []],
  ['AWS::S3::BucketPolicy', {}, undefined],
  ['AWS::NewService::Thing', {}, '?'],
];

describe('tags', () => {
  for (const [type, written, expected] of TAGS) {
    it(`${type} ${JSON.stringify(written)}`, () => {
      const { tags } = factsOf(type, written);
      assert.deepEqual(tags === undefined ? undefined : plain(tags), expected);
    });
  }
});

const CHARGES: readonly (readonly [type: string, written: Written, expected: readonly string[]])[] = [
  ['AWS::IAM::Role', {}, []],
  ['AWS::EC2::SecurityGroupIngress', {}, []],
  ['AWS::SQS::Queue', {}, ['usage']],
  ['AWS::EC2::Instance', { BlockDeviceMappings: [{ Ebs: { VolumeSize: 8 } }] }, ['instance', 'volume']],
  ['AWS::EC2::Instance', { Tenancy: 'dedicated' }, ['unknown']],
  ['AWS::EC2::Volume', { Size: 1, Iops: 9000 }, ['unknown']],
  ['AWS::RDS::DBInstance', { Engine: 'postgres' }, ['database', 'unknown']],
  ['AWS::EC2::NatGateway', {}, ['natGateway']],
  ['AWS::DynamoDB::Table', { BillingMode: 'PAY_PER_REQUEST' }, ['usage']],
  ['AWS::DynamoDB::Table', {}, ['unknown']],
  ['AWS::NewService::Thing', {}, ['unknown']],
  ['Custom::Thing', {}, ['unknown']],
];

describe('charges', () => {
  for (const [type, written, expected] of CHARGES) {
    it(`${type} ${JSON.stringify(written)}: ${expected.join(', ') || 'none'}`, () =>
      assert.deepEqual(
        factsOf(type, written).charges?.map(({ kind }) => kind),
        expected,
      ));
  }
});

it('a type has one name whatever the engine', () => {
  assert.equal(canonicalType('aws_instance'), 'AWS::EC2::Instance');
  assert.equal(canonicalType('AWS::EC2::Instance'), 'AWS::EC2::Instance');
  assert.equal(canonicalType('constructor'), 'constructor');
});
