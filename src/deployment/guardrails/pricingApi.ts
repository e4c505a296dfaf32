/** AWS Price List Query API, asked as the agent. An adapter: it translates shapes and lets AWS's errors through. */
import { GetProductsCommand, PricingClient } from '@aws-sdk/client-pricing';
import * as v from 'valibot';
import type { AwsEndpoint } from '../../identity/awsEndpoint.ts';
import { sdkAccess } from '../../identity/sdkAccessApi.ts';
import { highestPrice, ProductsAnswer } from './priceAnswer.ts';
import type { AskPrice } from './prices.ts';

/** The service is in a few Regions only, and answers for all of them. */
const REGION = 'us-east-1';
/** What matches a query is a handful of products. */
const MOST_PAGES = 5;

export function askPricing(endpoint: AwsEndpoint): AskPrice {
  return async ({ service, match, unit }, { session, signal }) => {
    const client = new PricingClient({
      region: REGION,
      ...sdkAccess(session.credentials),
      maxAttempts: 2,
      ...endpoint(),
    });
    const Filters = Object.entries(match).map(([Field, Value]) => ({
      Type: 'TERM_MATCH' as const,
      Field,
      Value,
    }));
    try {
      const products: string[] = [];
      let NextToken: string | undefined;
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const command = new GetProductsCommand({
          ServiceCode: service,
          FormatVersion: 'aws_v1',
          Filters,
          NextToken,
        });
        const answer = v.parse(ProductsAnswer, await client.send(command, { abortSignal: signal }));
        products.push(...answer.PriceList);
        NextToken = answer.NextToken;
        if (NextToken === undefined) break;
      }
      return highestPrice(products, unit);
    } finally {
      client.destroy();
    }
  };
}
