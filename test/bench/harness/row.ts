// One line of the benchmark table, and what a file of test/bench exports to make some.
import type { Need } from '../../setup/install/ensure.ts';

export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it is compared with, measured in the same run. */
  readonly reference?: string;
  readonly referenceValue?: number;
  /** The value by the reference's. */
  readonly ratio?: number;
  readonly target?: Target;
}

/** What we promise; `of` says of which figure, the value itself if absent. */
export interface Target {
  readonly of?: 'value' | 'ratio' | 'difference';
  readonly atMost?: number;
  readonly atLeast?: number;
}

export interface Bench {
  /** Every row it can make, for `--only`. */
  readonly names: readonly string[];
  readonly needs?: readonly Need[];
  run(): Promise<readonly Row[]>;
}

/** @returns undefined for a row without a target. */
export function meetsTarget(row: Row): boolean | undefined {
  if (!row.target) return undefined;
  const figure = figureOf(row);
  const { atMost = Number.POSITIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY } = row.target;
  return figure <= atMost && figure >= atLeast;
}

function figureOf({ value, referenceValue = 0, ratio = Number.NaN, target }: Row): number {
  if (target?.of === 'ratio') return ratio;
  return target?.of === 'difference' ? value - referenceValue : value;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
