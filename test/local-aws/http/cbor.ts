/** Just enough CBOR (RFC 8949) to answer an error: a map of text to text. */
export function cborTexts(texts: Readonly<Record<string, string>>): Buffer {
  const pairs = Object.entries(texts).flatMap(([name, value]) => [text(name), text(value)]);
  return Buffer.concat([head(5, Object.keys(texts).length), ...pairs]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([head(3, bytes.length), bytes]);
}

function head(major: number, count: number): Buffer {
  if (count < 24) return Buffer.from([(major << 5) | count]);
  if (count < 256) return Buffer.from([(major << 5) | 24, count]);
  return Buffer.from([(major << 5) | 25, count >> 8, count & 255]);
}
