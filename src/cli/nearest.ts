/** Of known words, the one that was meant: the nearest by letters added, left out, changed or swapped. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const within = Math.max(1, Math.floor(word.length / 3));
  const ranked = known
    .map(candidate => ({ candidate, apart: distance(word.toLowerCase(), candidate) }))
    .filter(({ candidate, apart }) => apart <= within || (word.length >= 3 && candidate.startsWith(word)))
    .sort((a, b) => a.apart - b.apart);
  return ranked[0]?.candidate;
}

/** Optimal string alignment distance. */
function distance(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > 3) return Number.POSITIVE_INFINITY;
  let before: number[] = [];
  let last = [...Array(other.length + 1).keys()];
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const cost = one[i - 1] === other[j - 1] ? 0 : 1;
      const swapped = one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const steps = [at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + cost];
      row.push(Math.min(...steps, ...(swapped ? [at(before, j - 2) + 1] : [])));
    }
    before = last;
    last = row;
  }
  return at(last, other.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
