/**
 * AWS keys in text of any kind, by their exact shapes: an access key id with a secret near it. An id alone opens
 * nothing, and is not one. Formats: IAM User Guide, "IAM identifiers" (AKIA long-lived, ASIA temporary). Pure.
 */
export interface PlainKey {
  readonly accessKeyId: string;
  /** Of the id; from 1. */
  readonly line: number;
  readonly temporary: boolean;
}

/** In files that hold both, they stand side by side or in neighbouring lines. */
const NEAR_LINES = 5;

export function plainKeys(text: string): PlainKey[] {
  // Most files end here, and there may be many.
  if (!/A[KS]IA/.test(text)) return [];
  const lines = text.split('\n');
  const secretLines = lines.flatMap((line, index) => (hasSecret(line) ? [index + 1] : []));
  if (secretLines.length === 0) return [];
  const found = new Map<string, PlainKey>();
  for (const [index, line] of lines.entries()) {
    const isNear = secretLines.some(secret => Math.abs(secret - (index + 1)) <= NEAR_LINES);
    for (const accessKeyId of isNear ? idsIn(line) : []) {
      if (found.has(accessKeyId)) continue;
      found.set(accessKeyId, { accessKeyId, line: index + 1, temporary: accessKeyId.startsWith('ASIA') });
    }
  }
  return [...found.values()];
}

/** The access key ids of a line, without those of AWS's documentation. */
export function idsIn(line: string): string[] {
  return [...line.matchAll(ACCESS_KEY_ID)].map(([id]) => id).filter(id => !id.endsWith('EXAMPLE'));
}

const ACCESS_KEY_ID = /(?<![A-Za-z0-9])A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9])/g;
const SECRET = /(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/g;

/** 40 characters of base64 with every kind of them: a hash in hex has no upper case. */
function hasSecret(line: string): boolean {
  return [...line.matchAll(SECRET)].some(
    ([text]) => /[A-Z]/.test(text) && /[a-z]/.test(text) && /\d/.test(text),
  );
}
