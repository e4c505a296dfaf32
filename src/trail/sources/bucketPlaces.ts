/** Which accounts and Regions a bucket has events of, found by its folders. What may not be listed is told; the rest goes on. */
import { sideBySide } from '../../base/sideBySide.ts';
import { UserError } from '../../base/userError.ts';
import { type Bucket, type BucketAddress, logsPrefix } from './bucket.ts';
import { type BucketPlace, folderKind } from './trailObject.ts';

export interface PlacesAsk {
  readonly address: BucketAddress;
  /** Only these; all that are there when empty. */
  readonly accountIds: readonly string[];
  readonly regions: readonly string[];
  readonly signal: AbortSignal;
}

export interface BucketFailure {
  readonly prefix: string;
  readonly error: UserError;
}

export interface FoundPlaces {
  readonly places: readonly BucketPlace[];
  /** Folders beside those of events that are known and passed over. */
  readonly passedOver: readonly { readonly prefix: string; readonly kind: 'digests' | 'insights' }[];
  readonly failed: readonly BucketFailure[];
}

/** @throws Cancelled */
export async function findPlaces(bucket: Bucket, ask: PlacesAsk): Promise<FoundPlaces> {
  const root = logsPrefix(ask.address);
  const failed: BucketFailure[] = [];
  const foldersIn = async (prefix: string, instead: readonly string[]): Promise<readonly string[]> => {
    try {
      return await listFolders(bucket, prefix, ask.signal);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      // Who may not look around may still read what is asked for by its name.
      if (instead.length > 0) return instead.map(name => `${prefix}${name}/`);
      failed.push({ prefix, error });
      return [];
    }
  };
  const among = await foldersIn(root, ask.accountIds);
  const organizations = among.filter(folder => /^o-[a-z0-9]{4,40}$/.test(lastName(folder)));
  const inOrganizations = await sideBySide(organizations, AT_ONCE, folder =>
    foldersIn(folder, ask.accountIds),
  );
  const accounts = [...among, ...inOrganizations.flat()].filter(folder =>
    isWanted(folder, ask.accountIds, ACCOUNT),
  );
  const kinds = (await sideBySide(accounts, AT_ONCE, folder => foldersIn(folder, ['CloudTrail']))).flat();
  const events = kinds.filter(folder => folderKind(lastName(folder)) === 'events');
  const regions = (await sideBySide(events, AT_ONCE, folder => foldersIn(folder, ask.regions))).flat();
  return {
    places: regions
      .filter(folder => isWanted(folder, ask.regions, REGION))
      .map(prefix => placeOf(prefix, root)),
    passedOver: kinds.flatMap(prefix => {
      const kind = folderKind(lastName(prefix));
      return kind === 'digests' || kind === 'insights' ? [{ prefix, kind }] : [];
    }),
    failed,
  };
}

const ACCOUNT = /^\d{12}$/;
const REGION = /^[a-z]{2}[a-z0-9-]{3,38}$/;

function isWanted(folder: string, wanted: readonly string[], form: RegExp): boolean {
  const name = lastName(folder);
  return form.test(name) && (wanted.length === 0 || wanted.includes(name));
}

function placeOf(prefix: string, root: string): BucketPlace {
  const folder = `AWSLogs/${prefix.slice(root.length)}`;
  const [accountId = '', , region = ''] = prefix.split('/').slice(-4);
  return { accountId, region, prefix, folder };
}

function lastName(folder: string): string {
  return folder.split('/').at(-2) ?? '';
}

async function listFolders(bucket: Bucket, prefix: string, signal: AbortSignal): Promise<string[]> {
  const folders: string[] = [];
  let token: string | undefined;
  do {
    const listed = await bucket.list(
      { prefix, foldersOnly: true, ...(token === undefined ? {} : { token }) },
      signal,
    );
    folders.push(...listed.folders);
    token = listed.token;
  } while (token !== undefined);
  return folders;
}

/** An organisation has hundreds of accounts: some at a time. */
const AT_ONCE = 8;
