/** Who holds the lock of a state, as Terraform tells it in an error. Pure. */
export interface StateLock {
  readonly id: string;
  /** `root@vm` */
  readonly who: string;
  readonly operation: string;
  /** As it was written: a time with its zone. */
  readonly created: string;
}

/** @returns undefined when the text tells of no lock. */
export function stateLockIn(text: string): StateLock | undefined {
  if (!/acquiring the state lock|state is locked|Lock Info:/i.test(text)) return undefined;
  const field = (name: string): string =>
    new RegExp(`^[\\s│]*${name}:[ \\t]*(.*?)[ \\t]*$`, 'm').exec(text)?.[1] ?? '';
  const [id, who, created] = [field('ID'), field('Who'), field('Created')];
  if (id === '' && who === '') return undefined;
  return { id, who, operation: OPERATIONS[field('Operation')] ?? field('Operation'), created };
}

const OPERATIONS: Readonly<Record<string, string>> = {
  OperationTypePlan: 'plan',
  OperationTypeApply: 'apply',
  OperationTypeRefresh: 'refresh',
};

/** "root@vm since 2026-11-22T11:16:48.000Z (apply, lock 15535450-…)" */
export function lockText({ id, who, operation, created }: StateLock): string {
  const what = operation === '' ? '' : `${operation}, `;
  return `${who || 'somebody'} since ${isoTime(created)} (${what}lock ${id})`;
}

/** Go writes `2026-11-22 11:16:48.587957309 +0000 UTC`. */
function isoTime(created: string): string {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)/.exec(created) ?? [];
  return day === undefined ? created || 'an unknown time' : `${day}T${time}Z`;
}
