/**
 * The doctor: what an agent in this editor could reach beside what it was given. It looks and changes nothing. What it
 * could not look at it says; that is never taken for "fine".
 */
import { isCancelled, throwIfCancelled } from '../../base/cancellation.ts';
import { describeError, type Log } from '../../base/log.ts';
import { redact } from '../../base/redact.ts';
import { errorMessage } from '../../base/userError.ts';
import { type Check, type Fine, type Outcome, type Report, SEVERITIES, type Unchecked } from './report.ts';

export interface DoctorInput {
  readonly checks: readonly Check[];
  readonly now: () => number;
  readonly log: Pick<Log, 'debug'>;
}

export interface Doctor {
  /** @throws Cancelled; nothing else, because a check that fails is told as one that could not be made. */
  examine(signal: AbortSignal): Promise<Report>;
}

export function createDoctor({ checks, now, log }: DoctorInput): Doctor {
  return {
    async examine(signal) {
      const at = now();
      const results = await Promise.all(checks.map(check => result(check, signal, log)));
      throwIfCancelled(signal);
      return {
        at,
        tookMs: now() - at,
        findings: results.flatMap(({ findings }) => findings).sort(bySeverity),
        fine: results.flatMap(({ fine }) => fine),
        unchecked: results.flatMap(({ unchecked }) => unchecked),
      };
    },
  };
}

type Result = Pick<Report, 'findings' | 'fine' | 'unchecked'>;

async function result(check: Check, signal: AbortSignal, log: Pick<Log, 'debug'>): Promise<Result> {
  try {
    throwIfCancelled(signal);
    return told(check, await check.look(signal));
  } catch (error) {
    if (signal.aborted || isCancelled(error)) return { findings: [], fine: [], unchecked: [] };
    log.debug(`Doctor, ${check.about}: ${describeError(error)}`);
    const why = `This check failed: ${redact(errorMessage(error))}`;
    return { findings: [], fine: [], unchecked: [{ about: check.about, why }] };
  }
}

function told({ about, fine }: Check, outcome: Outcome): Result {
  const { findings, unchecked = [], fine: text = fine } = outcome;
  const notChecked: Unchecked[] = unchecked.map(why => ({ about, why }));
  const isFine = findings.length === 0 && notChecked.length === 0;
  return { findings, unchecked: notChecked, fine: isFine ? [{ about, text } satisfies Fine] : [] };
}

function bySeverity(a: { severity: Report['findings'][number]['severity'] }, b: typeof a): number {
  return SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);
}
