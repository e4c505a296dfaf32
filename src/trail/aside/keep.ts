/** What is to be kept is kept to between imports as well: in a thread, since it can be more than some milliseconds' work. */
import type { Keeping } from '../import/messages.ts';
import { isImportUnderWay } from '../import/underWay.ts';
import type { TrailIndex } from '../index/openIndex.ts';
import { dropOlder, oldDays, tidy, transaction } from '../index/retention.ts';

/** @returns whether any events went. */
export function keepTo(index: Pick<TrailIndex, 'db' | 'segments'>, { since, maxBytes }: Keeping): boolean {
  const { db } = index;
  const old = transaction(index, () => dropOlder(index, oldDays(since)));
  // An import remembers numbers of names.
  const large = tidy(index, maxBytes, () => (isImportUnderWay(db) ? undefined : []));
  return old > 0 || large;
}
