// What one stage of the test run found. A stage is a process; it leaves this as JSON in the file it is told.
import { readFileSync, writeFileSync } from 'node:fs';

export interface StageResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly string[];
}

export const resultVariable = 'NO_WING_STAGE_RESULT';

/** Leaves the result for the run, if this stage is part of one, and sets the exit code. */
export function reportStage(result: StageResult): void {
  const file = process.env[resultVariable];
  if (file) writeFileSync(file, JSON.stringify(result));
  else console.log(countsLine(result));
  process.exitCode = result.failed > 0 ? 1 : 0;
}

/** @returns undefined when the stage ended without a result. */
export function readStage(file: string): StageResult | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

export function countsLine({ passed, failed }: StageResult): string {
  return `${passed} passed, ${failed} failed`;
}
