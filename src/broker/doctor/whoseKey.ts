/** Whose an access key id is, as far as this computer knows. Pure. */
import { formatAccount } from '../../base/arn.ts';
import type { Ledger } from '../../identity/ledger.ts';
import { type Profile, who } from '../../identity/profile.ts';

export function whoseKey(
  profiles: readonly Profile[],
  byAccessKey: Ledger['byAccessKey'],
): (accessKeyId: string) => string {
  const accounts = new Set(profiles.map(({ verified }) => verified.accountId));
  return id => {
    const own = profiles.find(({ source }) => source.type === 'keys' && source.accessKeyId === id);
    if (own) return `${who(own)} in account ${formatAccount(own.verified.accountId)}`;
    const minted = byAccessKey(id);
    if (minted) return `${minted.kind} ${minted.profileName} in account ${formatAccount(minted.accountId)}`;
    const account = accountOf(id);
    // An account that is known cannot come out of it by chance.
    if (account !== undefined && accounts.has(account))
      return `an identity in account ${formatAccount(account)} that No Wing does not know`;
    return 'an identity that No Wing does not know';
  };
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The account number stands in ids that AWS has made since 2019: 40 bits after the kind, less one at each end. */
function accountOf(accessKeyId: string): string | undefined {
  const digits = [...accessKeyId.slice(4, 14)].map(letter => BASE32.indexOf(letter));
  if (digits.length < 10 || digits.includes(-1)) return undefined;
  const bits = digits.reduce((soFar, digit) => soFar * 32n + BigInt(digit), 0n);
  // Ten letters are 50 bits; the first 48 are six bytes.
  const number = ((bits >> 2n) & 0x7fffffffff80n) >> 7n;
  return String(number).padStart(12, '0');
}
