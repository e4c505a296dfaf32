/** One whole record out of the file it was imported from. The index only says where it stood: the file may have changed. */
import { formatAccount } from '../../base/arn.ts';
import { UserError } from '../../base/userError.ts';
import { DocumentScanner } from '../scan/documentScanner.ts';
import { endOfValue, jsonIn, parseSpan } from '../scan/jsonBytes.ts';
import { openSource } from '../sources/files.ts';
import type { SourceAddress } from '../sources/source.ts';
import { withoutSessionToken } from '../trailEvent.ts';
import { scanUnit } from './readUnit.ts';

export interface RecordPlace {
  readonly source: SourceAddress;
  readonly name: string;
  readonly position: number;
  /** Of the file, when it was imported. */
  readonly size: number;
  readonly accountId: string;
  readonly eventId: string;
}

/** @throws UserError `trail.recordGone` when it is not in that file any more. */
export async function readRecord(place: RecordPlace): Promise<string> {
  const found: { json?: string } = {};
  const scanner = new DocumentScanner((bytes, from, end, position) => {
    const to = endOfValue(jsonIn(bytes).words, from, end);
    if (position === place.position && isEvent(parseSpan(bytes, from, to), place.eventId))
      found.json = bytes.toString('utf8', from, to);
    return to;
  });
  const problem = await scanUnit(openSource(place.source), { name: place.name, size: place.size }, scanner);
  if (found.json !== undefined) return withoutSessionToken(found.json);
  throw new UserError(
    'trail.recordGone',
    `The record of event ${place.eventId} in account ${formatAccount(place.accountId)} is not in ${place.name} any more.`,
    {
      hint: 'The file was moved, changed or removed since it was imported. Import the folder again.',
      ...(problem === undefined ? {} : { cause: new Error(problem) }),
    },
  );
}

function isEvent(record: unknown, eventId: string): boolean {
  if (typeof record !== 'object' || record === null) return false;
  const own = 'eventID' in record ? record.eventID : undefined;
  // A record without an id was given one made of its text.
  return own === eventId || typeof own !== 'string' || own === '';
}
