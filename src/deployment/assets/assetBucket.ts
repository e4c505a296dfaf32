/** The bucket that No Wing looks for in an account and Region when nothing else is said. */
export function assetBucket(accountId: string, region: string): string {
  return `no-wing-assets-${accountId}-${region}`;
}
