/** What kinds of change a plan has, and in which order a person has to look at them: what is lost comes first. Pure. */
import type { Plan, PlannedChange } from '../deployment/plan.ts';

export type ChangeKind = 'replace' | 'remove' | 'change' | 'add' | 'import';

export const CHANGE_WORDS: Readonly<Record<ChangeKind, string>> = {
  replace: 'replace',
  remove: 'delete',
  change: 'change',
  add: 'add',
  import: 'import',
};

const KINDS = Object.keys(CHANGE_WORDS) as ChangeKind[];

export function changeKind({ action, replacement }: PlannedChange): ChangeKind {
  switch (action) {
    case 'add':
    case 'remove':
    case 'import':
      return action;
    case 'modify':
    case 'decidedLater':
      return replacement === 'no' ? 'change' : 'replace';
    case 'sync':
      return 'change';
  }
}

export function groupedChanges(
  changes: readonly PlannedChange[],
): { readonly kind: ChangeKind; readonly changes: readonly PlannedChange[] }[] {
  const byKind = Map.groupBy(changes, changeKind);
  return KINDS.map(kind => ({ kind, changes: byKind.get(kind) ?? [] })).filter(
    group => group.changes.length > 0,
  );
}

/** `1 to replace, 3 to add` */
export function countsText({ changes }: Pick<Plan, 'changes'>): string {
  const parts = groupedChanges(changes).map(
    group => `${group.changes.length} to ${CHANGE_WORDS[group.kind]}`,
  );
  return parts.join(', ') || 'nothing to change';
}
