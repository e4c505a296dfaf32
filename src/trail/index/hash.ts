/** Hashes of 52 bits, which a database and JavaScript both keep as a whole number. Salted: see `openIndex`. */

const HIGH = 0x100000;

export type Hash = (text: string) => number;

export function createHash(salt: number): Hash {
  return text => {
    let one = salt | 0;
    let two = (salt ^ 0x5bd1e995) | 0;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      one = Math.imul(one ^ unit, 0x9e3779b1);
      two = Math.imul(two ^ unit, 0x85ebca77);
      one ^= one >>> 15;
      two ^= two >>> 13;
    }
    return join(one, two);
  };
}

/** The key of an event whose id is the UUID at `at`. @param account - the hash of the account's id. */
export function uuidKey(ids: Uint8Array, at: number, account: number): number {
  let one = account | 0;
  let two = (account / HIGH) | 0;
  for (let index = at; index < at + 16; index += 4) {
    const word =
      (ids[index] ?? 0) |
      ((ids[index + 1] ?? 0) << 8) |
      ((ids[index + 2] ?? 0) << 16) |
      ((ids[index + 3] ?? 0) << 24);
    one = Math.imul(one ^ word, 0x9e3779b1);
    two = Math.imul(two ^ word, 0x85ebca77);
    one ^= one >>> 15;
    two ^= two >>> 13;
  }
  return join(one, two);
}

function join(one: number, two: number): number {
  const high = Math.imul(one ^ (two >>> 16), 0xc2b2ae35) >>> 12;
  const low = Math.imul(two ^ (one >>> 15), 0x27d4eb2f) >>> 0;
  return high * 0x100000000 + low;
}
