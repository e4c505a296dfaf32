/** A product of AWS's price list, as GetProducts gives it: JSON in a text, offer file format `aws_v1`. */
import * as v from 'valibot';
import type { PriceQuery } from './priceQueries.ts';

const Dimension = v.object({
  unit: v.optional(v.string(), ''),
  pricePerUnit: v.record(v.string(), v.pipe(v.string(), v.transform(Number), v.finite())),
});

const Product = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    terms: v.optional(
      v.object({
        OnDemand: v.optional(
          v.record(v.string(), v.object({ priceDimensions: v.record(v.string(), Dimension) })),
          {},
        ),
      }),
      {},
    ),
  }),
);

export const ProductsAnswer = v.object({
  PriceList: v.optional(
    v.array(v.union([v.string(), v.pipe(v.custom<object>(isObject), v.transform(String))])),
    [],
  ),
  NextToken: v.optional(v.string()),
});

/** The highest in US dollars: of several that match, none is then too low. Undefined when there is none. */
export function highestPrice(products: readonly string[], unit: PriceQuery['unit']): number | undefined {
  const prices = products.flatMap(text =>
    Object.values(v.parse(Product, text).terms.OnDemand)
      .flatMap(term => Object.values(term.priceDimensions))
      .filter(dimension => dimension.unit.toLowerCase() === unit.toLowerCase())
      .flatMap(({ pricePerUnit }) => pricePerUnit['USD'] ?? [])
      .filter(usd => usd > 0),
  );
  return prices.length === 0 ? undefined : Math.max(...prices);
}

/** The SDK's lazy JSON is an object that is a text. */
function isObject(value: unknown): boolean {
  return value instanceof String;
}
