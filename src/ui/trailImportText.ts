/** What is said of an import of CloudTrail files: on the way, at its end, and of files that were damaged. Pure. */
import type { ImportOutcome, ImportProgress } from '../trail/import/importFiles.ts';
import type { FileProblem } from '../trail/index/files.ts';
import type { BucketOutcome, BucketProgress } from '../trail/sources/importBucket.ts';
import { markdownCode, markdownText } from './wording.ts';

export interface Imported extends ImportOutcome {
  readonly problems: readonly FileProblem[];
}

/** Of several places together. */
export function sumOf(all: readonly Imported[]): Imported {
  const sum = (pick: (one: Imported) => number): number => all.reduce((total, one) => total + pick(one), 0);
  return {
    units: sum(({ units }) => units),
    bytes: sum(({ bytes }) => bytes),
    events: sum(({ events }) => events),
    added: sum(({ added }) => added),
    insights: sum(({ insights }) => insights),
    digests: sum(({ digests }) => digests),
    odd: sum(({ odd }) => odd),
    already: sum(({ already }) => already),
    problems: all.flatMap(({ problems }) => problems),
  };
}

/** `34 %: 120,000 events, 30,000 a second, 12 s left` */
export function importProgressText({
  bytes,
  ofBytes,
  events,
  eventsPerSecond,
  left,
}: ImportProgress): string {
  const percent = ofBytes === 0 ? 100 : Math.floor((bytes * 100) / ofBytes);
  return [
    `${percent} %: ${count(events, 'event')}`,
    `${Math.round(eventsPerSecond).toLocaleString()} a second`,
    ...(left === undefined ? [] : [`${secondsText(left)} left`]),
  ].join(', ');
}

export function importedText(imported: Imported, place: string): string {
  const { added, events, units, already, problems, digests, insights } = imported;
  if (units === 0 && already === 0)
    return `There are no CloudTrail files in ${place}: names that end in .json or .json.gz.`;
  const notes = [
    ...(events > added ? [`${count(events - added, 'event')} were there before`] : []),
    ...(already > 0 ? [`${count(already, 'file')} had been read before`] : []),
    ...(digests > 0 ? [`${count(digests, 'digest')} passed over`] : []),
    ...(insights > 0 ? [`${count(insights, 'Insights event')} passed over`] : []),
    ...(problems.length > 0 ? [`${count(problems.length, 'file')} could not be read to the end`] : []),
  ];
  return [`Imported ${count(added, 'new event')} from ${place}`, ...notes].join('; ').concat('.');
}

/** The files that could not be read to their end. */
export function importReport(imported: Imported, place: string): string {
  return [
    '# Import of CloudTrail files',
    '',
    markdownText(importedText(imported, place)),
    '',
    'What could be read of these files is in the audit trail. Get them anew and import again: only what has changed is read.',
    '',
    '| File | What is wrong |',
    '|---|---|',
    ...imported.problems.map(({ name, problem }) => `| ${markdownCode(name)} | ${markdownText(problem)} |`),
  ].join('\n');
}

type Bucket = Pick<BucketOutcome, 'objects' | 'already' | 'added' | 'problems' | 'failed'>;

export function bucketProgressText({ places, placesDone, objects, added }: BucketProgress): string {
  return `${placesDone} of ${count(places, 'place')}: ${count(objects, 'new object')}, ${count(added, 'new event')}`;
}

export function bucketText({ objects, already, added, problems, failed }: Bucket, bucket: string): string {
  const notes = [
    ...(already > 0 ? [`${count(already, 'object')} had been read before`] : []),
    ...(problems.length > 0 ? [`${count(problems.length, 'object')} could not be read to the end`] : []),
    ...(failed.length > 0 ? [`${count(failed.length, 'part')} of the bucket could not be read`] : []),
  ];
  const read = `Imported ${count(added, 'new event')} of ${count(objects, 'object')} from ${bucket}`;
  return [read, ...notes].join('; ').concat('.');
}

export function isWhole({ problems, failed }: Bucket): boolean {
  return problems.length === 0 && failed.length === 0;
}

/** The objects that were damaged, and the parts that were refused. */
export function bucketReport(outcome: Bucket, bucket: string): string {
  return [
    '# Import of a trail’s bucket',
    '',
    markdownText(bucketText(outcome, bucket)),
    '',
    'The rest is in the audit trail. The next import tries these again.',
    '',
    '| Part | What is wrong |',
    '|---|---|',
    ...outcome.failed.map(
      ({ prefix, error }) =>
        `| ${markdownCode(prefix)} | ${markdownText([error.message, error.hint].filter(Boolean).join(' '))} |`,
    ),
    ...outcome.problems.map(({ name, problem }) => `| ${markdownCode(name)} | ${markdownText(problem)} |`),
  ].join('\n');
}

function count(number: number, thing: string): string {
  return `${number.toLocaleString()} ${thing}${number === 1 ? '' : 's'}`;
}

function secondsText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
