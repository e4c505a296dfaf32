/**
 * How AWS's price list is asked for what a resource will be charged for: on demand, Linux, in one Region. Pure.
 * Fields: AWS Price List Query API, GetProducts, attributes of each service.
 */
import { type Fact, isKnown, known, mapFact, unknown } from '../../guardrail/fact.ts';
import type { Charge } from '../../guardrail/guardedResource.ts';

export interface PriceQuery {
  readonly service: 'AmazonEC2' | 'AmazonRDS' | 'AmazonElastiCache' | 'AWSELB';
  /** Field → value; all must match. */
  readonly match: Readonly<Record<string, string>>;
  /** Of the price that is wanted: a product may have others beside it, by bytes. */
  readonly unit: 'Hrs' | 'GB-Mo';
}

/** What is bought: so much of something that has a price. */
export interface Purchase {
  /** "2 × t3.large". */
  readonly what: string;
  /** Units of the query in a month. */
  readonly amount: Fact<number>;
  readonly query: Fact<PriceQuery>;
}

export type PricedCharge = Exclude<Charge, { kind: 'usage' | 'unknown' }>;

/** AWS's own figure for a month. */
const HOURS = 730;

export function purchaseOf(charge: PricedCharge, regionCode: string): Purchase {
  if (charge.kind === 'instance') return instance(charge, regionCode);
  if (charge.kind === 'volume') return volume(charge, regionCode);
  if (charge.kind === 'database') return database(charge, regionCode);
  if (charge.kind === 'cacheNode') return cacheNode(charge, regionCode);
  if (charge.kind === 'loadBalancer') return loadBalancer(charge, regionCode);
  return single('NAT gateway', { productFamily: 'NAT Gateway', regionCode }, 'AmazonEC2');
}

const INSTANCE = {
  operatingSystem: 'Linux',
  tenancy: 'Shared',
  preInstalledSw: 'NA',
  capacitystatus: 'Used',
  operation: 'RunInstances',
};

function instance(charge: Machines, regionCode: string): Purchase {
  return hourly(charge, type => ({
    service: 'AmazonEC2',
    match: { ...INSTANCE, instanceType: type, regionCode },
    unit: 'Hrs',
  }));
}

interface Machines {
  readonly type: Fact<string>;
  readonly count: Fact<number>;
}

function hourly({ type, count }: Machines, query: (type: string) => PriceQuery): Purchase {
  return {
    what: `${words(count)} × ${words(type)}`,
    amount: mapFact(count, machines => machines * HOURS),
    query: mapFact(type, query),
  };
}

function volume({ type, gb, count }: Extract<Charge, { kind: 'volume' }>, regionCode: string): Purchase {
  return {
    what: `${words(gb)} GB of ${words(type)}`,
    amount: isKnown(gb) ? mapFact(count, disks => disks * gb.value) : gb,
    query: mapFact(type, volumeApiName => ({
      service: 'AmazonEC2',
      match: { productFamily: 'Storage', volumeApiName, regionCode },
      unit: 'GB-Mo',
    })),
  };
}

const DATABASES: Readonly<Record<string, string>> = {
  'aurora-mysql': 'Aurora MySQL',
  'aurora-postgresql': 'Aurora PostgreSQL',
  mariadb: 'MariaDB',
  mysql: 'MySQL',
  postgres: 'PostgreSQL',
};
const CACHES: Readonly<Record<string, string>> = { memcached: 'Memcached', redis: 'Redis', valkey: 'Valkey' };

function database(charge: Extract<Charge, { kind: 'database' }>, regionCode: string): Purchase {
  const { engine, multiAz } = charge;
  const purchase = hourly(charge, instanceType => ({
    service: 'AmazonRDS',
    match: { instanceType, regionCode },
    unit: 'Hrs',
  }));
  const named = nameIn(DATABASES, engine);
  if (!isKnown(named) || !isKnown(multiAz))
    return { ...purchase, query: isKnown(named) ? reason(multiAz) : named };
  const more = {
    databaseEngine: named.value,
    deploymentOption: multiAz.value ? 'Multi-AZ' : 'Single-AZ',
    productFamily: 'Database Instance',
  };
  return { ...purchase, query: mapFact(purchase.query, query => narrowed(query, more)) };
}

function cacheNode(charge: Extract<Charge, { kind: 'cacheNode' }>, regionCode: string): Purchase {
  const purchase = hourly(charge, instanceType => ({
    service: 'AmazonElastiCache',
    match: { productFamily: 'Cache Instance', instanceType, regionCode },
    unit: 'Hrs',
  }));
  const named = nameIn(CACHES, charge.engine);
  if (!isKnown(named)) return { ...purchase, query: named };
  return {
    ...purchase,
    query: mapFact(purchase.query, query => narrowed(query, { cacheEngine: named.value })),
  };
}

const FAMILIES: Readonly<Record<string, string>> = {
  application: 'Load Balancer-Application',
  classic: 'Load Balancer',
  gateway: 'Load Balancer-Gateway',
  network: 'Load Balancer-Network',
};

function loadBalancer({ type }: Extract<Charge, { kind: 'loadBalancer' }>, regionCode: string): Purchase {
  const family = nameIn(FAMILIES, type);
  const what = `${words(type)} load balancer`;
  if (!isKnown(family)) return { what, amount: known(HOURS), query: family };
  return single(what, { productFamily: family.value, regionCode }, 'AWSELB');
}

function single(what: string, match: PriceQuery['match'], service: PriceQuery['service']): Purchase {
  return { what, amount: known(HOURS), query: known({ service, match, unit: 'Hrs' }) };
}

function narrowed(query: PriceQuery, more: PriceQuery['match']): PriceQuery {
  return { ...query, match: { ...query.match, ...more } };
}

function nameIn(table: Readonly<Record<string, string>>, fact: Fact<string>): Fact<string> {
  if (!isKnown(fact)) return fact;
  const found = Object.hasOwn(table, fact.value) ? table[fact.value] : undefined;
  return found === undefined ? unknown(`No Wing does not look up the price of ${fact.value}`) : known(found);
}

function reason<T>(fact: Fact<unknown>): Fact<T> {
  return unknown(isKnown(fact) ? 'it is not priced' : fact.unknown);
}

function words(fact: Fact<string | number>): string {
  return isKnown(fact) ? String(fact.value) : '?';
}
