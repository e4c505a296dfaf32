/** What a deployment costs by the month as it stands afterwards. What has no price is unknown, never zero. */
import { type Fact, isKnown } from '../../guardrail/fact.ts';
import type { Charge, Facts, GuardedResource } from '../../guardrail/guardedResource.ts';
import type { Cost, CostLine } from '../../guardrail/guardrailResult.ts';
import { type PriceQuery, purchaseOf } from './priceQueries.ts';

/** US dollars for one unit of the query. */
export type PriceOf = (query: PriceQuery) => Promise<Fact<number>>;

export async function costOf(
  resources: readonly GuardedResource[],
  region: string,
  priceOf: PriceOf,
): Promise<Cost> {
  const lines: CostLine[] = [];
  for (const { address, action, facts } of resources) {
    if (action === 'remove') continue;
    const place = facts.region !== undefined && isKnown(facts.region) ? facts.region.value : region;
    for (const charge of chargesOf(facts)) lines.push(await lineOf(address, charge, place, priceOf));
  }
  const knownUsd = lines.reduce((sum, { price }) => sum + (price.kind === 'known' ? price.usd : 0), 0);
  return { knownUsd: cents(knownUsd), lines };
}

function chargesOf({ unreadable, charges = [] }: Facts): readonly Charge[] {
  return unreadable === undefined ? charges : [{ kind: 'unknown', why: unreadable }];
}

async function lineOf(resource: string, charge: Charge, region: string, priceOf: PriceOf): Promise<CostLine> {
  if (charge.kind === 'usage') return { resource, what: 'by usage', price: { kind: 'usage' } };
  if (charge.kind === 'unknown') return { resource, what: '?', price: charge };
  const { what, amount, query } = purchaseOf(charge, region);
  if (!isKnown(query)) return unpriced(resource, what, query.unknown);
  if (!isKnown(amount)) return unpriced(resource, what, amount.unknown);
  const price = await priceOf(query.value);
  if (!isKnown(price)) return unpriced(resource, what, price.unknown);
  // A negative amount would pay for others.
  return { resource, what, price: { kind: 'known', usd: cents(price.value * Math.max(0, amount.value)) } };
}

function unpriced(resource: string, what: string, why: string): CostLine {
  return { resource, what, price: { kind: 'unknown', why } };
}

function cents(usd: number): number {
  return Math.round(usd * 100) / 100;
}
