/** What a plan would cost, in words: what is not known is said, never counted as nothing. Pure. */
import type { Cost, CostLine } from '../guardrail/guardrailResult.ts';

/** "At least 70.08 USD by the month; 2 are unknown." */
export function costText({ knownUsd, lines }: Cost): string {
  if (lines.length === 0) return 'Nothing in it has a price of its own.';
  const count = (kind: CostLine['price']['kind']): number =>
    lines.filter(({ price }) => price.kind === kind).length;
  const parts = [
    ...(count('known') > 0
      ? [`${count('known') < lines.length ? 'at least ' : ''}${usd(knownUsd)} by the month`]
      : []),
    ...(count('usage') > 0 ? [`${count('usage')} by usage`] : []),
    ...(count('unknown') > 0 ? [`${count('unknown')} of unknown price`] : []),
  ].join('; ');
  return `${parts.charAt(0).toUpperCase()}${parts.slice(1)}.`;
}

export function priceText(price: CostLine['price']): string {
  switch (price.kind) {
    case 'known':
      return usd(price.usd);
    case 'usage':
      return 'by usage';
    case 'unknown':
      return `unknown: ${price.why}`;
  }
}

function usd(amount: number): string {
  return `${amount.toFixed(2)} USD`;
}
