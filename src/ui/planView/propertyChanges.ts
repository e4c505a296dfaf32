/** Which properties of a resource differ before and after, from the JSON that engines give. Pure. */
import type { PlannedChange } from '../../deployment/plan.ts';

export interface PropertyChange {
  readonly name: string;
  /** As text; undefined where it is not. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** A page of one property's value is enough to recognise it. */
const LONGEST = 2000;

/** Top-level properties that differ; for something new or gone, those that it has. */
export function propertyChanges({
  before,
  after,
}: Pick<PlannedChange, 'before' | 'after'>): PropertyChange[] {
  const [was, becomes] = [propertiesOf(before), propertiesOf(after)];
  const names = [...new Set([...was.keys(), ...becomes.keys()])].sort();
  return names
    .map(name => ({ name, before: was.get(name), after: becomes.get(name) }))
    .filter(change => change.before !== change.after);
}

/** The engine's JSON; what is none is shown as one text. */
function propertiesOf(json: string | undefined): ReadonlyMap<string, string> {
  if (json === undefined || json === '') return new Map();
  const value = parsed(json);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return new Map([['(all)', shortened(json)]]);
  const { Properties } = value as { readonly Properties?: unknown };
  const properties = typeof Properties === 'object' && Properties !== null ? Properties : value;
  return new Map(Object.entries(properties).map(([name, item]) => [name, shortened(textOf(item))]));
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, 1);
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)} … (${text.length} characters)` : text;
}
