import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as v from 'valibot';
import { Cancelled } from '../../../../src/base/cancellation.ts';
import { HOUR } from '../../../../src/base/clock.ts';
import { costOf } from '../../../../src/deployment/guardrails/cost.ts';
import { highestPrice, ProductsAnswer } from '../../../../src/deployment/guardrails/priceAnswer.ts';
import { type PriceQuery, purchaseOf } from '../../../../src/deployment/guardrails/priceQueries.ts';
import { type AskPrice, createPrices } from '../../../../src/deployment/guardrails/prices.ts';
import { known, unknown } from '../../../../src/guardrail/fact.ts';
import type { Charge, GuardedResource } from '../../../../src/guardrail/guardedResource.ts';
import { resource } from '../../guardrail/plans.ts';
import { SESSION } from './prices.ts';

const LATER = unknown<never>('later');
const INSTANCE: Charge = { kind: 'instance', type: known('t3.large'), count: known(2) };

function charged(charge: Charge, changes: Partial<GuardedResource> = {}): GuardedResource {
  return resource({ charges: [charge] }, changes);
}

describe('the cost of a month', () => {
  const cost = (...resources: GuardedResource[]) => costOf(resources, 'eu-west-1', async () => known(0.1));

  it('is what is bought, times its price', async () => {
    const { knownUsd, lines } = await cost(charged(INSTANCE));
    assert.equal(knownUsd, 146);
    assert.deepEqual(lines, [{ resource: 'It', what: '2 × t3.large', price: { kind: 'known', usd: 146 } }]);
  });

  it('counts what stays as it is, and not what goes', async () => {
    const { knownUsd } = await cost(
      charged(INSTANCE, { action: 'unchanged' }),
      charged(INSTANCE, { action: 'remove' }),
    );
    assert.equal(knownUsd, 146);
  });

  const UNKNOWN: Readonly<Record<string, Charge>> = {
    'a type not known': { ...INSTANCE, type: LATER },
    'a number not known': { ...INSTANCE, count: LATER },
    'a size not known': { kind: 'volume', type: known('gp3'), gb: LATER, count: known(1) },
    'an engine without a price': {
      kind: 'cacheNode',
      type: known('x'),
      engine: known('constructor'),
      count: known(1),
    },
    'two zones or one': {
      kind: 'database',
      type: known('x'),
      engine: known('mysql'),
      multiAz: LATER,
      count: known(1),
    },
    'nothing that is priced': { kind: 'unknown', why: 'later' },
  };
  for (const [what, charge] of Object.entries(UNKNOWN)) {
    it(`is unknown, not zero, for ${what}`, async () => {
      const { knownUsd, lines } = await cost(charged(charge));
      assert.deepEqual([knownUsd, lines.map(({ price }) => price.kind)], [0, ['unknown']]);
    });
  }

  it('is unknown for what cannot be read', async () => {
    const { lines } = await cost(resource({ unreadable: 'later', charges: [] }));
    assert.deepEqual(lines[0]?.price, { kind: 'unknown', why: 'later' });
  });

  it('is not lowered by a number below zero', async () => {
    const { knownUsd } = await cost(charged(INSTANCE), charged({ ...INSTANCE, count: known(-5) }));
    assert.equal(knownUsd, 146);
  });

  it('by usage is said to be so', async () => {
    const { lines } = await cost(charged({ kind: 'usage' }));
    assert.deepEqual(lines[0]?.price, { kind: 'usage' });
  });

  it('is that of the Region in which it is', async () => {
    const asked: PriceQuery[] = [];
    const elsewhere = resource({ charges: [INSTANCE], region: known('us-east-1') });
    await costOf([elsewhere, charged({ kind: 'natGateway' })], 'eu-west-1', async query => {
      asked.push(query);
      return known(1);
    });
    assert.deepEqual(
      asked.map(({ match }) => match['regionCode']),
      ['us-east-1', 'eu-west-1'],
    );
  });
});

const QUERIES: readonly (readonly [charge: Parameters<typeof purchaseOf>[0], query: PriceQuery])[] = [
  [
    {
      kind: 'database',
      type: known('db.t3.micro'),
      engine: known('postgres'),
      multiAz: known(true),
      count: known(1),
    },
    {
      service: 'AmazonRDS',
      match: {
        instanceType: 'db.t3.micro',
        regionCode: 'r',
        databaseEngine: 'PostgreSQL',
        deploymentOption: 'Multi-AZ',
        productFamily: 'Database Instance',
      },
      unit: 'Hrs',
    },
  ],
  [
    { kind: 'volume', type: known('gp3'), gb: known(10), count: known(1) },
    {
      service: 'AmazonEC2',
      match: { productFamily: 'Storage', volumeApiName: 'gp3', regionCode: 'r' },
      unit: 'GB-Mo',
    },
  ],
  [
    { kind: 'loadBalancer', type: known('network') },
    { service: 'AWSELB', match: { productFamily: 'Load Balancer-Network', regionCode: 'r' }, unit: 'Hrs' },
  ],
];

describe('the price list is asked for', () => {
  for (const [charge, query] of QUERIES) {
    it(charge.kind, () => assert.deepEqual(purchaseOf(charge, 'r').query, { value: query }));
  }
});

function product(...dimensions: { unit: string; usd?: string; cny?: string }[]): string {
  const priceDimensions = Object.fromEntries(
    dimensions.map(({ unit, usd, cny }, index) => [
      `R${index}`,
      {
        unit,
        pricePerUnit: {
          ...(usd === undefined ? {} : { USD: usd }),
          ...(cny === undefined ? {} : { CNY: cny }),
        },
      },
    ]),
  );
  return JSON.stringify({
    product: { sku: 'S' },
    terms: { OnDemand: { 'S.J': { priceDimensions } }, Reserved: {} },
  });
}

const PRICES: readonly (readonly [
  what: string,
  products: readonly string[],
  expected: number | undefined,
])[] = [
  ['one', [product({ unit: 'Hrs', usd: '0.0416000000' })], 0.0416],
  [
    'the highest of several',
    [product({ unit: 'Hrs', usd: '0.1' }), product({ unit: 'Hrs', usd: '0.2' })],
    0.2,
  ],
  ['not what costs nothing', [product({ unit: 'Hrs', usd: '0.0000000000' })], undefined],
  ['not what is by bytes', [product({ unit: 'GB', usd: '0.045' }, { unit: 'Hrs', usd: '0.05' })], 0.05],
  ['not what is in another currency', [product({ unit: 'Hrs', cny: '1' })], undefined],
  ['none of none', [], undefined],
  ['none of what is only reserved', ['{"product":{},"terms":{"Reserved":{}}}'], undefined],
];

describe("of AWS's answer is taken", () => {
  for (const [what, products, expected] of PRICES) {
    it(what, () => assert.equal(highestPrice(products, 'Hrs'), expected));
  }

  it('nothing that is no price', () => {
    assert.throws(() => highestPrice([product({ unit: 'Hrs', usd: 'cheap' })], 'Hrs'));
    assert.throws(() => highestPrice(['{'], 'Hrs'));
  });

  it("also the SDK's lazy texts", () => {
    const lazy = Object('{"terms":{}}');
    assert.deepEqual(v.parse(ProductsAnswer, { PriceList: [lazy] }).PriceList, ['{"terms":{}}']);
  });
});

describe('prices', () => {
  const query = (instanceType: string): PriceQuery => ({
    service: 'AmazonEC2',
    match: { instanceType },
    unit: 'Hrs',
  });
  const run = { session: SESSION, signal: new AbortController().signal };

  function prices(ask: AskPrice) {
    const asked: string[] = [];
    const clock = { time: 0, now: () => clock.time };
    const counted: AskPrice = (wanted, who) => {
      asked.push(wanted.match['instanceType'] ?? '');
      return ask(wanted, who);
    };
    return { asked, clock, prices: createPrices({ ask: counted, clock, log: { warn: () => undefined } }) };
  }

  it('are asked for once in a day', async () => {
    const world = prices(async () => 1);
    const priceOf = world.prices.for(run);
    await priceOf(query('a'));
    await world.prices.for(run)(query('a'));
    assert.deepEqual(world.asked, ['a']);
    world.clock.time = 25 * HOUR;
    assert.deepEqual(await world.prices.for(run)(query('a')), known(1));
    assert.deepEqual(world.asked, ['a', 'a']);
  });

  it('are unknown when AWS refuses, which is not asked again in this look', async () => {
    const world = prices(() => Promise.reject(new Error('not authorized to perform: pricing:GetProducts')));
    const priceOf = world.prices.for(run);
    for (const type of ['a', 'b'])
      assert.deepEqual(
        await priceOf(query(type)),
        unknown('AWS does not tell the agent prices (pricing:GetProducts)'),
      );
    assert.deepEqual(world.asked, ['a']);
    await world.prices.for(run)(query('b'));
    assert.deepEqual(world.asked, ['a', 'b']);
  });

  it('are unknown when there is no such product', async () => {
    const [price] = [await prices(async () => undefined).prices.for(run)(query('a'))];
    assert.equal('value' in price, false);
  });

  it('are not asked for without end', async () => {
    const world = prices(async () => 1);
    const priceOf = world.prices.for(run);
    for (let index = 0; index < 100; index += 1) await priceOf(query(String(index)));
    assert.equal(world.asked.length, 60);
    assert.equal('value' in (await priceOf(query('100'))), false);
  });

  it('are broken off with the plan', async () => {
    const world = prices(() => Promise.reject(new Cancelled()));
    await assert.rejects(world.prices.for(run)(query('a')), Cancelled);
  });
});
