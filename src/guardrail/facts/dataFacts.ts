/** What holds data, and what carries tags. Tables by type; what is in none of them is not known, and says so. */
import { type Fact, isKnown, known, unknown } from '../fact.ts';
import { typeSet } from './typeSet.ts';
import { at, isList, isProperties, itemsOf, type Properties, textOf, type Value } from './value.ts';

/** Data that is gone with the resource. */
const isStateful = typeSet({
  AmazonMQ: 'Broker',
  Backup: 'BackupVault',
  CodeCommit: 'Repository',
  Cassandra: 'Table Keyspace',
  Cognito: 'UserPool IdentityPool',
  DSQL: 'Cluster',
  DocDB: 'DBCluster DBInstance',
  DocDBElastic: 'Cluster',
  DynamoDB: 'Table GlobalTable',
  EC2: 'Instance Volume',
  ECR: 'Repository',
  EFS: 'FileSystem',
  ElastiCache: 'CacheCluster ReplicationGroup ServerlessCache',
  Elasticsearch: 'Domain',
  FSx: 'FileSystem Volume',
  Glue: 'Database Table',
  KMS: 'Key ReplicaKey',
  Kinesis: 'Stream',
  Logs: 'LogGroup',
  MSK: 'Cluster',
  MemoryDB: 'Cluster',
  Neptune: 'DBCluster DBInstance',
  NeptuneGraph: 'Graph',
  OpenSearchServerless: 'Collection',
  OpenSearchService: 'Domain',
  QLDB: 'Ledger',
  RDS: 'DBInstance DBCluster GlobalCluster',
  Redshift: 'Cluster',
  RedshiftServerless: 'Namespace',
  Route53: 'HostedZone',
  S3: 'Bucket',
  S3Express: 'DirectoryBucket',
  S3Tables: 'TableBucket Table',
  SQS: 'Queue',
  SSM: 'Parameter',
  SecretsManager: 'Secret',
  Timestream: 'Database Table InfluxDBInstance',
});
/** By its name it may hold data, and it is not in the table. */
const SUSPECT =
  /(?:Bucket|Table|Database|Cluster|Volume|FileSystem|Store|Vault|Repository|Domain|Index|Cache)$/;
/** These sound like it, and hold none. */
const isStateless = typeSet({
  Cognito: 'UserPoolDomain',
  EC2: 'RouteTable TransitGatewayRouteTable LocalGatewayRouteTable',
  ECS: 'Cluster',
  ApiGateway: 'DomainName',
});

/** @param isKept the old one, or a snapshot of it, stays when it is replaced or deleted. */
export function statefulFact(type: string, isKept: Fact<boolean>): Fact<boolean> {
  const holds = holdsData(type);
  if (isKnown(holds) && !holds.value) return holds;
  if (!isKnown(isKept)) return isKept;
  return isKept.value ? known(false) : holds;
}

function holdsData(type: string): Fact<boolean> {
  if (isStateful(type)) return known(true);
  if (!type.startsWith('AWS::')) return unknown(`No Wing does not know whether ${type} holds data`);
  if (type === 'AWS::CloudFormation::Stack') return unknown('the resources of a nested stack are not seen');
  return SUSPECT.test(type) && !isStateless(type)
    ? unknown(`No Wing does not know whether ${type} holds data`)
    : known(false);
}

/** Parts of others and links between them, which AWS gives no tags. */
const TAGLESS =
  /(?:Policy|Permission|Association|Attachment|Ingress|Egress|Route|Subscription|Alias|Version|RecordSet|Deployment|Method|Model|Handle|EventInvokeConfig|EventSourceMapping|AccessKey|GroupAddition|IAM::Group|Authorizer|RequestValidator|Integration|Filter|LogStream|Url|GatewayResponse|Account|UsagePlanKey)$/;
const isTagged = typeSet({
  ApiGateway: 'RestApi',
  ApiGatewayV2: 'Api',
  AutoScaling: 'AutoScalingGroup',
  CloudFormation: 'Stack',
  CloudFront: 'Distribution',
  DynamoDB: 'Table',
  EC2: 'EIP Instance InternetGateway KeyPair NatGateway NetworkAcl NetworkInterface RouteTable SecurityGroup Subnet VPC VPCEndpoint Volume',
  ECR: 'Repository',
  ECS: 'Cluster Service TaskDefinition',
  EFS: 'FileSystem',
  EKS: 'Cluster',
  ElastiCache: 'CacheCluster ReplicationGroup',
  ElasticLoadBalancingV2: 'LoadBalancer TargetGroup',
  Events: 'Rule',
  IAM: 'Role User',
  KMS: 'Key',
  Kinesis: 'Stream',
  Lambda: 'Function',
  Logs: 'LogGroup',
  RDS: 'DBInstance DBCluster',
  S3: 'Bucket',
  SNS: 'Topic',
  SQS: 'Queue',
  SSM: 'Parameter',
  SecretsManager: 'Secret',
  StepFunctions: 'StateMachine',
});

/**
 * @param inherited the tags that everything in the deployment gets.
 * @returns undefined for what takes no tags.
 */
export function tagsFact(
  type: string,
  properties: Properties,
  inherited: readonly string[],
): Fact<readonly string[]> | undefined {
  const tags = properties['Tags'] ?? properties['TagSpecifications'];
  if (tags !== undefined && tags !== null) return withInherited(tagKeys(tags), inherited);
  if (isTagged(type)) return known(inherited);
  if (TAGLESS.test(type)) return undefined;
  return unknown(`No Wing does not know whether ${type} takes tags, and it has none`);
}

function withInherited(keys: Fact<readonly string[]>, inherited: readonly string[]): Fact<readonly string[]> {
  return isKnown(keys) ? known([...inherited, ...keys.value]) : keys;
}

/** A map of them, or a list of keys with values; both are in use. */
function tagKeys(tags: Value): Fact<readonly string[]> {
  if (isProperties(tags)) return known(Object.keys(tags));
  const items = itemsOf(tags);
  if (!isKnown(items)) return items;
  const keys = items.value.map(item => (isList(item) ? unknown<string>('it is no tag') : keyOf(item)));
  const missing = keys.find(key => !isKnown(key));
  if (missing !== undefined && !isKnown(missing)) return missing;
  return known(keys.flatMap(key => (isKnown(key) ? [key.value] : [])));
}

function keyOf(tag: Value): Fact<string> {
  return textOf(at(tag, 'Key'), unknown('a tag has no key'));
}
