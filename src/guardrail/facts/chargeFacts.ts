/** What a resource will be charged for. A type that is in none of these tables has an unknown price, never none. */
import { type Fact, isKnown, known, unknown } from '../fact.ts';
import type { Charge, Facts, Machines } from '../guardedResource.ts';
import { cacheNodeCount } from './machineFacts.ts';
import { typeSet } from './typeSet.ts';
import { at, booleanOf, itemsOf, numberOf, type Properties, textOf, type Value } from './value.ts';

type Build = (properties: Properties, facts: Pick<Facts, 'machines' | 'disks'>) => Charge[];

export function chargesOf(
  type: string,
  properties: Properties,
  facts: Pick<Facts, 'machines' | 'disks'>,
): Charge[] {
  const build = Object.hasOwn(CHARGED, type) ? CHARGED[type] : undefined;
  if (build) return build(properties, facts);
  if (isFree(type)) return [];
  if (isByUsage(type)) return [{ kind: 'usage' }];
  return [{ kind: 'unknown', why: `No Wing has no price for ${type}` }];
}

const isFree = typeSet({
  ApiGateway:
    'Account Authorizer BasePathMapping Deployment DomainName GatewayResponse Method Model RequestValidator Resource UsagePlan UsagePlanKey',
  ApiGatewayV2:
    'ApiMapping Authorizer Deployment DomainName Integration IntegrationResponse Model Route RouteResponse',
  AutoScaling: 'LaunchConfiguration LifecycleHook ScalingPolicy ScheduledAction',
  CDK: 'Metadata',
  CertificateManager: 'Certificate',
  CloudFormation: 'Stack StackSet WaitCondition WaitConditionHandle',
  Cognito: 'UserPoolClient UserPoolDomain UserPoolGroup',
  EC2: 'DHCPOptions InternetGateway KeyPair LaunchTemplate NetworkAcl* NetworkInterface PlacementGroup Route RouteTable SecurityGroup* Subnet SubnetRouteTableAssociation VPC VPCDHCPOptionsAssociation VPCGatewayAttachment VolumeAttachment',
  ECS: 'Cluster TaskDefinition',
  ElastiCache: 'ParameterGroup SubnetGroup',
  ElasticLoadBalancingV2: 'Listener* TargetGroup',
  Events: 'EventBusPolicy Rule',
  IAM: '*',
  KMS: 'Alias',
  Lambda: 'Alias EventInvokeConfig EventSourceMapping LayerVersion* Permission Url Version',
  Logs: 'LogStream MetricFilter ResourcePolicy SubscriptionFilter',
  RDS: 'DBClusterParameterGroup DBParameterGroup DBSecurityGroup DBSubnetGroup OptionGroup',
  ResourceGroups: 'Group',
  S3: 'BucketPolicy',
  SNS: 'Subscription TopicInlinePolicy TopicPolicy',
  SQS: 'QueueInlinePolicy QueuePolicy',
  SSM: 'Document',
  SecretsManager: 'ResourcePolicy RotationSchedule SecretTargetAttachment',
});

/** By requests, bytes, seconds or what is kept in it. */
const isByUsage = typeSet({
  ApiGateway: 'ApiKey RestApi Stage',
  ApiGatewayV2: 'Api Stage',
  AppSync: '*',
  Athena: 'WorkGroup',
  CloudFront: 'Distribution',
  CloudWatch: '*',
  Cognito: 'IdentityPool UserPool',
  ECR: 'Repository',
  EFS: 'FileSystem',
  Events: 'ApiDestination Archive Connection EventBus',
  Glue: 'Database Table',
  KMS: 'Key',
  Lambda: 'Function',
  Logs: 'LogGroup',
  Pipes: 'Pipe',
  Route53: '*',
  S3: 'Bucket',
  SES: '*',
  SNS: 'Topic',
  SQS: 'Queue',
  SSM: 'Parameter',
  Scheduler: '*',
  SecretsManager: 'Secret',
  StepFunctions: 'StateMachine',
  XRay: '*',
});

const ONE = known(1);
const NOT_SAID: Fact<never> = unknown('it is not said');

const CHARGED: Readonly<Record<string, Build>> = {
  'AWS::EC2::Instance': (properties, { machines }) => [
    ...instances(properties, machines),
    ...volumes(properties['BlockDeviceMappings']),
  ],
  'AWS::AutoScaling::AutoScalingGroup': (properties, { machines }) => instances(properties, machines),
  'AWS::EC2::Volume': ({ Size, VolumeType, Iops }) => [
    volume(VolumeType, numberOf(Size, unknown('its size is that of a snapshot')), Iops),
  ],
  'AWS::RDS::DBInstance': properties => [
    {
      kind: 'database',
      type: textOf(properties['DBInstanceClass'], NOT_SAID),
      engine: textOf(properties['Engine'], NOT_SAID),
      multiAz: booleanOf(properties['MultiAZ'], known(false)),
      count: ONE,
    },
    { kind: 'unknown', why: 'No Wing has no price for the storage of databases' },
  ],
  'AWS::ElastiCache::CacheCluster': ({ CacheNodeType, Engine, NumCacheNodes }) => [
    {
      kind: 'cacheNode',
      type: textOf(CacheNodeType, NOT_SAID),
      engine: textOf(Engine, NOT_SAID),
      count: numberOf(NumCacheNodes, ONE),
    },
  ],
  'AWS::ElastiCache::ReplicationGroup': properties => [
    {
      kind: 'cacheNode',
      type: textOf(properties['CacheNodeType'], NOT_SAID),
      engine: textOf(properties['Engine'], known('redis')),
      count: cacheNodeCount(properties),
    },
  ],
  'AWS::EC2::NatGateway': () => [{ kind: 'natGateway' }],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ({ Type }) => [
    { kind: 'loadBalancer', type: textOf(Type, known('application')) },
  ],
  'AWS::ElasticLoadBalancing::LoadBalancer': () => [{ kind: 'loadBalancer', type: known('classic') }],
  'AWS::DynamoDB::Table': ({ BillingMode }) => {
    const mode = textOf(BillingMode, known('PROVISIONED'));
    if (isKnown(mode) && mode.value === 'PAY_PER_REQUEST') return [{ kind: 'usage' }];
    return [{ kind: 'unknown', why: 'No Wing has no price for provisioned throughput' }];
  },
};

function instances({ Tenancy }: Properties, machines: Facts['machines']): Charge[] {
  if (machines === undefined) return [];
  if (!isKnown(machines)) return [{ kind: 'unknown', why: machines.unknown }];
  const tenancy = textOf(Tenancy, known('default'));
  if (!isKnown(tenancy) || tenancy.value !== 'default')
    return [{ kind: 'unknown', why: 'No Wing has no price for hosts of their own' }];
  return machines.value.map(({ type, count }: Machines) => ({ kind: 'instance', type, count }));
}

function volumes(mappings: Value | undefined): Charge[] {
  const items = itemsOf(mappings);
  if (!isKnown(items)) return [{ kind: 'unknown', why: items.unknown }];
  return items.value
    .filter(item => at(item, 'Ebs') !== undefined)
    .map(item =>
      volume(
        at(item, 'Ebs', 'VolumeType'),
        numberOf(at(item, 'Ebs', 'VolumeSize'), unknown('its size is that of the image')),
        at(item, 'Ebs', 'Iops'),
      ),
    );
}

/** Gigabytes are all that has a price here; what is provisioned beside them has one of its own. */
function volume(type: Value | undefined, gb: Fact<number>, iops: Value | undefined): Charge {
  if (iops !== undefined && iops !== null)
    return { kind: 'unknown', why: 'No Wing has no price for provisioned IOPS' };
  return { kind: 'volume', type: textOf(type, known('gp2')), gb, count: ONE };
}
