/**
 * Columns as bytes: whole numbers as narrow as their largest allows, and what counts up by one as nothing but its length.
 * In this computer's own order of bytes: an index never leaves it. A header of eight bytes says which, so that numbers of
 * eight bytes can begin behind it.
 */
const HEADER = 8;
const UP_BY_ONE = 0;

export type Column = Uint8Array | Uint16Array | Int32Array;

export function unpackColumn(body: Uint8Array): Column {
  const { buffer, byteOffset, byteLength } = aligned(body);
  const bytes = byteLength - HEADER;
  switch (body[0]) {
    case UP_BY_ONE:
      return upByOne(new DataView(buffer, byteOffset).getUint32(4));
    case 1:
      return new Uint8Array(buffer, byteOffset + HEADER, bytes);
    case 2:
      return new Uint16Array(buffer, byteOffset + HEADER, bytes / 2);
    default:
      return new Int32Array(buffer, byteOffset + HEADER, bytes / 4);
  }
}

export function packColumn(column: Column): Uint8Array {
  if (countsUp(column)) return headed(new Uint8Array(0), UP_BY_ONE, column.length);
  const most = largest(column);
  if (most < 2 ** 8) return headed(new Uint8Array(column), 1);
  if (most < 2 ** 16) return headed(new Uint16Array(column), 2);
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
  const offsets = new Int32Array(buffer, byteOffset + HEADER, bytes / 4);
  const times = new Float64Array(offsets.length);
  for (let at = 0; at < times.length; at++) times[at] = first + (offsets[at] ?? 0);
  return times;
}

/** A loop, as elsewhere here: `from` with a function takes ten times as long. */
function upByOne(count: number): Int32Array {
  const numbers = new Int32Array(count);
  for (let at = 0; at < count; at++) numbers[at] = at;
  return numbers;
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

function headed({ buffer, byteOffset, byteLength }: ArrayBufferView, kind: number, count = 0): Uint8Array {
  const body = new Uint8Array(HEADER + byteLength);
  body[0] = kind;
  new DataView(body.buffer).setUint32(4, count);
  body.set(new Uint8Array(buffer, byteOffset, byteLength), HEADER);
  return body;
}

function aligned(body: Uint8Array): Uint8Array {
  return body.byteOffset % HEADER === 0 ? body : new Uint8Array(body);
}
