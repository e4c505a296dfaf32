/** Event ids: a UUID is kept as its sixteen bytes, every other text as it is. */

const NIBBLES = new Int8Array(256).fill(-1);
for (const [value, digit] of [...'0123456789abcdef'].entries()) NIBBLES[digit.charCodeAt(0)] = value;

const LENGTH = 36;
const HYPHENS = new Set([8, 13, 18, 23]);
/** Where each byte's two digits stand in the text. */
const PLACES = Uint8Array.from(
  Array.from({ length: LENGTH }, (_, place) => place)
    .filter(place => !HYPHENS.has(place))
    .filter((_, index) => index % 2 === 0),
);

/** Writes the UUID that stands in `bytes` into `ids` at `to`. @returns false when there is none, in small letters. */
export function writeUuid(
  bytes: Uint8Array,
  from: number,
  end: number,
  ids: Uint8Array,
  to: number,
): boolean {
  if (end - from !== LENGTH) return false;
  for (const hyphen of [8, 13, 18, 23]) if (bytes[from + hyphen] !== 0x2d) return false;
  let wrong = 0;
  for (let index = 0; index < 16; index++) {
    const place = from + (PLACES[index] ?? 0);
    const high = NIBBLES[bytes[place] ?? 0] ?? -1;
    const low = NIBBLES[bytes[place + 1] ?? 0] ?? -1;
    wrong |= high | low;
    ids[to + index] = (high << 4) | low;
  }
  return wrong >= 0;
}

/** As the database keeps it. */
export function packEventId(id: string): Uint8Array | string {
  const packed = new Uint8Array(16);
  return writeUuid(Buffer.from(id), 0, Buffer.byteLength(id), packed, 0) ? packed : id;
}

export function unpackEventId(packed: Uint8Array | string): string {
  if (typeof packed === 'string') return packed;
  const hex = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
