/** A plan's changes for a person: what happens to each resource, its values before and after without secrets. Pure. */
import type { PlannedChange } from '../plan.ts';
import type { ResourceChange, ShownPlan } from './shownPlan.ts';

const HIDDEN = '****';
const LATER = '(known after apply)';

export function plannedChanges({ resource_changes }: Pick<ShownPlan, 'resource_changes'>): PlannedChange[] {
  return resource_changes.filter(isChange).map(plannedChange);
}

/** Data sources are read and change nothing; a move changes the state alone and is a change for a person. */
export function isChange({ mode, change, previous_address }: ResourceChange): boolean {
  if (mode !== 'managed') return false;
  const still = change.actions.every(action => action === 'no-op' || action === 'read');
  return !still || previous_address !== undefined || change.importing !== undefined;
}

export function isReplaced({ change: { actions } }: ResourceChange): boolean {
  return actions.includes('delete') && actions.includes('create');
}

export function actionOf(resource: ResourceChange): PlannedChange['action'] {
  const { actions, importing } = resource.change;
  if (isReplaced(resource)) return 'modify';
  if (actions.includes('create')) return 'add';
  if (actions.includes('delete')) return 'remove';
  return importing === undefined ? 'modify' : 'import';
}

function plannedChange(resource: ResourceChange): PlannedChange {
  const { address, type, change } = resource;
  const id = idOf(change.before);
  const before = shown(masked(change.before, change.before_sensitive, undefined));
  const after = shown(masked(change.after, change.after_sensitive, change.after_unknown));
  return {
    address,
    ...(id === undefined ? {} : { physicalId: id }),
    type,
    action: actionOf(resource),
    replacement: isReplaced(resource) ? 'yes' : 'no',
    detail: detailOf(resource),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

function detailOf(resource: ResourceChange): string {
  const { change, previous_address, action_reason } = resource;
  const forced = change.replace_paths?.map(path => path.join('.')).join(', ');
  const parts = [
    ...(previous_address === undefined ? [] : [`moved from ${previous_address}`]),
    ...(change.actions.includes('forget') ? ['is no longer managed; it stays as it is'] : []),
    ...(change.actions[0] === 'create' && isReplaced(resource) ? ['the new one is made first'] : []),
    ...(forced ? [`replaced because of ${forced}`] : []),
    ...(change.actions.length === 1 && change.actions[0] === 'update' ? [changedNames(change)] : []),
    ...(action_reason === undefined ? [] : [action_reason.replaceAll('_', ' ')]),
  ];
  return parts.filter(part => part !== '').join('; ');
}

function changedNames({ before, after, after_unknown }: ResourceChange['change']): string {
  const [old, now, unknown] = [fieldsOf(before), fieldsOf(after), fieldsOf(after_unknown)];
  const names = new Set([...Object.keys(old), ...Object.keys(now), ...Object.keys(unknown)]);
  return [...names]
    .filter(name => unknown[name] === true || JSON.stringify(old[name]) !== JSON.stringify(now[name]))
    .join(', ');
}

export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function idOf(before: unknown): string | undefined {
  const { id } = fieldsOf(before);
  return typeof id === 'string' ? id : undefined;
}

/** The marks of sensitive and unknown values have the shape of the value, with `true` where one begins. */
export function masked(value: unknown, sensitive: unknown, unknown: unknown): unknown {
  if (sensitive === true) return HIDDEN;
  if (unknown === true) return LATER;
  if (Array.isArray(value) || Array.isArray(unknown)) return maskedList(value, sensitive, unknown);
  if (typeof value !== 'object' || value === null) {
    return Object.keys(fieldsOf(unknown)).length > 0 ? maskedFields({}, sensitive, unknown) : value;
  }
  return maskedFields(fieldsOf(value), sensitive, unknown);
}

function maskedList(value: unknown, sensitive: unknown, unknown: unknown): unknown[] {
  const [items, marks, later] = [value, sensitive, unknown].map(list =>
    Array.isArray(list) ? (list as readonly unknown[]) : [],
  ) as [readonly unknown[], readonly unknown[], readonly unknown[]];
  const length = Math.max(items.length, later.length);
  return Array.from({ length }, (_, index) => masked(items[index], marks[index], later[index]));
}

function maskedFields(
  value: Readonly<Record<string, unknown>>,
  sensitive: unknown,
  unknown: unknown,
): Record<string, unknown> {
  const [marks, later] = [fieldsOf(sensitive), fieldsOf(unknown)];
  const names = [...new Set([...Object.keys(value), ...Object.keys(later)])];
  return Object.fromEntries(
    names
      .map(name => [name, masked(value[name], marks[name], later[name])] as const)
      .filter(([name, item]) => item !== undefined || Object.hasOwn(value, name)),
  );
}

function shown(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : JSON.stringify(value);
}

export function outputsOf({ output_changes }: Pick<ShownPlan, 'output_changes'>): {
  name: string;
  value?: string;
}[] {
  return Object.entries(output_changes)
    .filter(([, { actions }]) => !actions.includes('delete'))
    .map(([name, change]) => {
      const value = masked(change.after, change.after_sensitive, change.after_unknown);
      if (value === LATER) return { name };
      return { name, value: typeof value === 'string' ? value : JSON.stringify(value ?? null) };
    });
}
