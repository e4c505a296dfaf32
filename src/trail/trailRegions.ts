/** Where a Region's calls are recorded: global services (IAM, STS, CloudFront ...) write into one Region per partition. */
const GLOBAL: readonly (readonly [prefix: string, region: string])[] = [
  ['cn-', 'cn-north-1'],
  ['us-gov-', 'us-gov-west-1'],
  ['us-iso-', 'us-iso-east-1'],
  ['us-isob-', 'us-isob-east-1'],
  ['', 'us-east-1'],
];

/** The Regions to read so that what was done in `regions` is complete. */
export function trailRegions(regions: readonly string[]): string[] {
  return [...new Set(regions.flatMap(region => [region, globalRegion(region)]))];
}

function globalRegion(region: string): string {
  return GLOBAL.find(([prefix]) => region.startsWith(prefix))?.[1] ?? region;
}
