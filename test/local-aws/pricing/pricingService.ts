/** AWS Price List Query API: GetProducts over a handful of products, in AWS's format (`aws_v1`, a JSON text for each). */
import { AwsFault, notImplemented } from '../http/awsFault.ts';
import type { OwnService } from '../perform.ts';
import { dig, fieldsOf, listOf, textOf } from '../values.ts';
import { PRODUCTS, type Product } from './products.ts';

export const pricingService: OwnService = ({ call }) => {
  if (call.operation !== 'GetProducts') throw notImplemented(call.operation);
  const serviceCode = textOf(call.parameters['ServiceCode']);
  if (serviceCode === undefined)
    throw new AwsFault('InvalidParameterException', 'ServiceCode is required', 400);
  const filters = listOf(call.parameters['Filters']).map(filter => ({
    field: textOf(dig(filter, 'Field')) ?? '',
    value: textOf(dig(filter, 'Value')) ?? '',
  }));
  const found = PRODUCTS.filter(
    product => product.serviceCode === serviceCode && filters.every(filter => matches(product, filter)),
  );
  return { result: { FormatVersion: 'aws_v1', PriceList: found.map(priceListEntry) } };
};

/** TERM_MATCH: the whole value, whatever its case. */
function matches(product: Product, { field, value }: { field: string; value: string }): boolean {
  const own = field === 'productFamily' ? product.productFamily : textOf(fieldsOf(product.attributes)[field]);
  return own?.toLowerCase() === value.toLowerCase();
}

/** The code of the on-demand term, and of a rate by the unit: the same for all products. */
const ON_DEMAND = 'JRTCKXETXF';
const RATE = '6YS6EN2CT7';

function priceListEntry({ sku, serviceCode, productFamily, attributes, unit, usd }: Product): string {
  const rateCode = `${sku}.${ON_DEMAND}.${RATE}`;
  const term = {
    priceDimensions: {
      [rateCode]: {
        unit,
        endRange: 'Inf',
        description: `$${usd} per ${unit}`,
        appliesTo: [],
        rateCode,
        beginRange: '0',
        pricePerUnit: { USD: usd },
      },
    },
    sku,
    effectiveDate: '2026-01-01T00:00:00Z',
    offerTermCode: ON_DEMAND,
    termAttributes: {},
  };
  return JSON.stringify({
    product: { productFamily, attributes: { ...attributes, servicecode: serviceCode }, sku },
    serviceCode,
    terms: { OnDemand: { [`${sku}.${ON_DEMAND}`]: term } },
    version: '20260101000000',
    publicationDate: '2026-01-01T00:00:00Z',
  });
}
