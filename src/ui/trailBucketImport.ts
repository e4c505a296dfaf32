/** Imports the S3 bucket that a trail of the active profiles' accounts delivers to. */
import * as vscode from 'vscode';
import { formatAccount } from '../base/arn.ts';
import { HOUR } from '../base/clock.ts';
import { UserError } from '../base/userError.ts';
import type { TrailSource } from '../trail/refresh.ts';
import type { BucketOutcome } from '../trail/sources/importBucket.ts';
import { addressOf, type FoundTrail, type TrailBuckets } from '../trail/trailBuckets.ts';
import { keepingNow } from './keepingNow.ts';
import { askChoice, BACK } from './quickInput.ts';
import type { TextDocuments } from './textDocuments.ts';
import { bucketProgressText, bucketReport, bucketText, isWhole } from './trailImportText.ts';
import type { Period } from './trailPeriod.ts';
import { askTime } from './trailTimeForm.ts';

export interface BucketImportInput {
  readonly buckets: TrailBuckets;
  /** Where trails are looked for, and as whom. */
  readonly sources: () => readonly TrailSource[];
  readonly documents: TextDocuments;
  readonly showError: (error: unknown) => Promise<unknown>;
  readonly now: () => number;
}

const TITLE = 'Import a Trail’s Bucket';
const REPORT = 'Show Report';

/** @throws UserError, Cancelled; what was imported until then stays, and the next import goes on from there */
export async function importTrailBucket(input: BucketImportInput): Promise<void> {
  const trail = await chooseTrail(input);
  if (!trail) return;
  const chosen = await askTime({ title: TITLE });
  if (chosen === BACK) return;
  const outcome = await withProgress(`Importing ${trail.bucket}`, (signal, say) =>
    input.buckets.import({
      address: addressOf(trail),
      region: trail.homeRegion,
      session: trail.session,
      period: periodOf(chosen, input.now()),
      keeping: keepingNow(input.now()),
      signal,
      onProgress: at => say(bucketProgressText(at)),
    }),
  );
  await tell(outcome, trail.bucket, input.documents);
}

async function chooseTrail({
  buckets,
  sources,
  showError,
}: BucketImportInput): Promise<FoundTrail | undefined> {
  const { trails, failed } = await withProgress('Looking for trails', signal =>
    buckets.find(sources(), signal),
  );
  const [first] = failed;
  if (first && trails.length === 0) throw first.error;
  if (first) void showError(first.error);
  if (trails.length === 0) throw noTrail();
  const choices = trails.map(trail => ({
    value: trail,
    label: trail.name,
    description: `${formatAccount(trail.accountId)} · ${trail.homeRegion}`,
    detail: [trail.bucket, trail.prefix].filter(Boolean).join('/'),
  }));
  const chosen = await askChoice({ title: TITLE }, { placeholder: 'Which trail?', choices });
  return chosen === BACK ? undefined : chosen;
}

function noTrail(): UserError {
  return new UserError('trail.noTrail', 'The accounts of the active profiles have no trail.', {
    hint: 'CloudTrail keeps 90 days without one: refresh the audit trail, or import files that you have.',
  });
}

function periodOf({ from = 0, to, lastHours }: Period, now: number): { from: number; to: number } {
  return { from: lastHours === undefined ? from : now - lastHours * HOUR, to: to ?? now };
}

function withProgress<T>(
  title: string,
  work: (signal: AbortSignal, say: (message: string) => void) => Promise<T>,
): Thenable<T> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, (progress, token) => {
    const stop = new AbortController();
    token.onCancellationRequested(() => stop.abort());
    return work(stop.signal, message => progress.report({ message }));
  });
}

async function tell(outcome: BucketOutcome, bucket: string, documents: TextDocuments): Promise<void> {
  const text = bucketText(outcome, bucket);
  if (isWhole(outcome)) return void vscode.window.showInformationMessage(text);
  if ((await vscode.window.showWarningMessage(text, REPORT)) === REPORT)
    await documents.show('Import.md', bucketReport(outcome, bucket));
}
