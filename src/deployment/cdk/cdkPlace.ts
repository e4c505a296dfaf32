/** Where a synthesized stack goes: its account and Region, and the buckets that its assets are put into. Pure. */
import { errorMessage, UserError } from '../../base/userError.ts';
import type { Asset } from '../assets/publishAsset.ts';
import type { Run } from '../engine.ts';
import { sha256 } from '../plan.ts';
import type { CdkAsset, CdkSource } from '../source.ts';

export type AssetInBucket = Asset & Pick<CdkAsset, 'path' | 'packaging'>;

/** @throws UserError `cdk.wrongPlace` when the app says that the stack belongs elsewhere. */
export function requirePlace(
  { construct, accountId, region }: Pick<CdkSource, 'construct' | 'accountId' | 'region'>,
  inAccount: string,
  { who, region: inRegion }: Pick<Run, 'who' | 'region'>,
): void {
  const wrongAccount = accountId !== undefined && accountId !== inAccount;
  const wrongRegion = region !== undefined && region !== inRegion;
  if (!(wrongAccount || wrongRegion)) return;
  throw new UserError(
    'cdk.wrongPlace',
    `The app says that ${construct} belongs to account ${accountId ?? inAccount}, ${region ?? inRegion}; it cannot be deployed by ${who}.`,
    { hint: 'Choose an agent of that account, or change the "env" of the stack. Nothing was deployed.' },
  );
}

/** With the account and the Region in the names of their buckets. */
export function resolvedAssets(
  { assets }: Pick<CdkSource, 'assets'>,
  accountId: string,
  region: string,
): AssetInBucket[] {
  const place = { accountId, region };
  return assets.map(asset => ({
    ...asset,
    accountId,
    bucket: resolved(asset.bucket, place),
    key: resolved(asset.key, place),
  }));
}

/** Where a template is put that is too large for a request. */
export function templateAsset(
  { stack, templatePlace }: Pick<CdkSource, 'stack' | 'templatePlace'>,
  accountId: string,
  region: string,
): Asset | undefined {
  if (templatePlace === undefined) return undefined;
  const place = { accountId, region };
  const { name, text } = stack.template;
  return {
    name,
    accountId,
    bucket: resolved(templatePlace.bucket, place),
    key: resolved(templatePlace.key, place),
    sha256: sha256(text),
  };
}

/** As `cx-api` of the CDK has them. */
function resolved(text: string, { accountId, region }: { accountId: string; region: string }): string {
  const values = { AccountId: accountId, Region: region, Partition: partitionOf(region) };
  return Object.entries(values).reduce(
    (soFar, [name, value]) => soFar.replaceAll(`\${AWS::${name}}`, value),
    text,
  );
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

const NO_VERSION = /Unable to fetch parameters \[[^\]]*\/cdk-bootstrap\//;

/** @returns undefined for an error that says something else. */
export function notBootstrapped(
  error: unknown,
  { construct }: CdkSource,
  { who, region }: Run,
): UserError | undefined {
  const hasNoBucket = error instanceof UserError && error.code === 'assets.noBucket';
  if (!(hasNoBucket || NO_VERSION.test(errorMessage(error)))) return undefined;
  return new UserError(
    'cdk.notBootstrapped',
    `${who} cannot plan ${construct}: the account is not bootstrapped for the CDK in ${region}. ${errorMessage(error)}`,
    {
      hint: 'Somebody who administers the account runs `cdk bootstrap` once for it. Then plan again.',
      cause: error,
    },
  );
}
