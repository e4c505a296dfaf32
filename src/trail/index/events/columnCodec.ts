/**
 * Columns as bytes: whole numbers as narrow as their largest allows, and what counts up by one as nothing at all. In this
 * computer's own order of bytes: an index never leaves it. A header of eight bytes says which; numbers of eight bytes
 * can begin behind it.
 */
const HEADER = 8;
const UP_BY_ONE = 0;

export type Column = Uint8Array | Uint16Array | Int32Array;

/** @param count - how many numbers, for a column that counts up. */
export function unpackColumn(body: Uint8Array, count: number): Column {
  const { buffer, byteOffset, byteLength } = aligned(body);
  const bytes = byteLength - HEADER;
  switch (body[0]) {
    case UP_BY_ONE:
      return Int32Array.from({ length: count }, (_, at) => at);
    case 1:
      return new Uint8Array(buffer, byteOffset + HEADER, bytes);
    case 2:
      return new Uint16Array(buffer, byteOffset + HEADER, bytes / 2);
    default:
      return new Int32Array(buffer, byteOffset + HEADER, bytes / 4);
  }
}

export function packColumn(column: Column): Uint8Array {
  if (countsUp(column)) return headed(new Uint8Array(0), UP_BY_ONE);
  const most = largest(column);
  if (most < 2 ** 8) return headed(Uint8Array.from(column), 1);
  if (most < 2 ** 16) return headed(Uint16Array.from(column), 2);
  return headed(column, 4);
}

/** Times as what is to be added to the first, in four bytes where that is enough: three weeks. */
export function packTimes(times: Float64Array, first: number, last: number): Uint8Array {
  return last - first < 2 ** 31
    ? headed(
        Int32Array.from(times, time => time - first),
        4,
      )
    : headed(times, 8);
}

export function unpackTimes(body: Uint8Array, first: number): Float64Array {
  const { buffer, byteOffset, byteLength } = aligned(body);
  const bytes = byteLength - HEADER;
  if (body[0] === 8) return new Float64Array(buffer, byteOffset + HEADER, bytes / 8);
  return Float64Array.from(new Int32Array(buffer, byteOffset + HEADER, bytes / 4), time => first + time);
}

function largest(column: Column): number {
  let most = 0;
  for (const each of column) if (each > most || each < 0) most = each < 0 ? Number.POSITIVE_INFINITY : each;
  return most;
}

function countsUp(column: Column): boolean {
  for (let at = 0; at < column.length; at++) if (column[at] !== at) return false;
  return true;
}

function headed({ buffer, byteOffset, byteLength }: ArrayBufferView, kind: number): Uint8Array {
  const body = new Uint8Array(HEADER + byteLength);
  body[0] = kind;
  body.set(new Uint8Array(buffer, byteOffset, byteLength), HEADER);
  return body;
}

function aligned(body: Uint8Array): Uint8Array {
  return body.byteOffset % HEADER === 0 ? body : new Uint8Array(body);
}
