/** Numbers and money as people read them. */
const AMOUNT = new Intl.NumberFormat('en');
const MONEY = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

export function amount(value: number): string {
  return AMOUNT.format(value);
}

/** With its currency: `1,234.50 USD`. */
export function dollars(usd: number): string {
  return `${MONEY.format(usd)} USD`;
}
