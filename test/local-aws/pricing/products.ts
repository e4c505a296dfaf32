/** What the local AWS sells: shapes and attributes as AWS's offer files have them, prices of us-east-1 at some time. */
export interface Product {
  readonly sku: string;
  readonly serviceCode: string;
  readonly productFamily: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly unit: string;
  readonly usd: string;
}

const place = { regionCode: 'us-east-1', location: 'US East (N. Virginia)', locationType: 'AWS Region' };

function instance(sku: string, instanceType: string, usd: string, operatingSystem = 'Linux'): Product {
  const attributes = {
    ...place,
    instanceType,
    operatingSystem,
    tenancy: 'Shared',
    preInstalledSw: 'NA',
    capacitystatus: 'Used',
    operation: operatingSystem === 'Linux' ? 'RunInstances' : 'RunInstances:0002',
    usagetype: `BoxUsage:${instanceType}`,
  };
  return { sku, serviceCode: 'AmazonEC2', productFamily: 'Compute Instance', attributes, unit: 'Hrs', usd };
}

export const PRODUCTS: readonly Product[] = [
  instance('XNSTMICRO', 't3.micro', '0.0104000000'),
  instance('XNSTLARGE', 't3.large', '0.0832000000'),
  instance('XNSTWINDOWS', 't3.large', '0.1108000000', 'Windows'),
  instance('XNSTP5', 'p5.48xlarge', '98.3200000000'),
  {
    sku: 'XVOLGP3',
    serviceCode: 'AmazonEC2',
    productFamily: 'Storage',
    attributes: {
      ...place,
      volumeApiName: 'gp3',
      volumeType: 'General Purpose',
      usagetype: 'EBS:VolumeUsage.gp3',
    },
    unit: 'GB-Mo',
    usd: '0.0800000000',
  },
  {
    sku: 'XNATHOURS',
    serviceCode: 'AmazonEC2',
    productFamily: 'NAT Gateway',
    attributes: { ...place, group: 'NGW:NatGateway', usagetype: 'NatGateway-Hours' },
    unit: 'Hrs',
    usd: '0.0450000000',
  },
  {
    sku: 'XNATBYTES',
    serviceCode: 'AmazonEC2',
    productFamily: 'NAT Gateway',
    attributes: { ...place, group: 'NGW:NatGateway', usagetype: 'NatGateway-Bytes' },
    unit: 'GB',
    usd: '0.0450000000',
  },
  {
    sku: 'XALBHOURS',
    serviceCode: 'AWSELB',
    productFamily: 'Load Balancer-Application',
    attributes: { ...place, usagetype: 'LoadBalancerUsage' },
    unit: 'Hrs',
    usd: '0.0225000000',
  },
  {
    sku: 'XDBPGMICRO',
    serviceCode: 'AmazonRDS',
    productFamily: 'Database Instance',
    attributes: {
      ...place,
      instanceType: 'db.t3.micro',
      databaseEngine: 'PostgreSQL',
      deploymentOption: 'Single-AZ',
      usagetype: 'InstanceUsage:db.t3.micro',
    },
    unit: 'Hrs',
    usd: '0.0180000000',
  },
  {
    sku: 'XREDISMICRO',
    serviceCode: 'AmazonElastiCache',
    productFamily: 'Cache Instance',
    attributes: {
      ...place,
      instanceType: 'cache.t3.micro',
      cacheEngine: 'Redis',
      usagetype: 'NodeUsage:cache.t3.micro',
    },
    unit: 'Hrs',
    usd: '0.0170000000',
  },
];
