/** Finds the policy documents in a resource's properties, as maps or as JSON in a text, whatever they are called. */
import { isList, isProperties, type Properties, Unresolved, type Value, valueFrom } from './value.ts';

export interface PolicyDocument {
  /** The property that holds it. */
  readonly name: string;
  readonly document: Properties | Unresolved;
}

/** Deeper than any documented property. */
const DEPTH = 12;
/** What holds a policy by its name: when such a one cannot be resolved, neither can what it allows. */
const HOLDER = /(?:Policy|PolicyDocument|PolicyText|Policies|Statement|InlinePolicy)$/i;

export function documentsOf(properties: Properties): PolicyDocument[] {
  const found: PolicyDocument[] = [];
  for (const [name, value] of Object.entries(properties)) search(name, value, DEPTH, found);
  return found;
}

function search(name: string, value: Value, depth: number, found: PolicyDocument[]): void {
  if (typeof value === 'string') found.push(...inText(name, value));
  else if (typeof value === 'object' && value !== null) searchWithin(name, value, depth, found);
}

function searchWithin(
  name: string,
  value: Extract<Value, object>,
  depth: number,
  found: PolicyDocument[],
): void {
  if (value instanceof Unresolved) {
    if (HOLDER.test(name)) found.push({ name, document: value });
    return;
  }
  if (depth === 0) found.push({ name, document: new Unresolved('it is nested too deeply') });
  else if (isList(value)) for (const item of value) search(name, item, depth - 1, found);
  else if (isProperties(value)) searchMap(name, value, depth, found);
}

function searchMap(name: string, value: Properties, depth: number, found: PolicyDocument[]): void {
  if (hasStatement(value)) found.push({ name, document: value });
  else for (const [inner, item] of Object.entries(value)) search(inner, item, depth - 1, found);
}

function hasStatement(value: Properties): boolean {
  return Object.keys(value).some(key => key.toLowerCase() === 'statement');
}

const NONE: readonly PolicyDocument[] = [];

function inText(name: string, text: string): readonly PolicyDocument[] {
  if (!/^\s*\{/.test(text)) return NONE;
  const read = jsonOf(text);
  // JSON may write a key with escapes, so only what is read tells; what cannot be read may be any text.
  if (read instanceof Unresolved)
    return HOLDER.test(name) || /statement/i.test(text) ? [{ name, document: read }] : NONE;
  return isProperties(read) && hasStatement(read) ? [{ name, document: read }] : [];
}

function jsonOf(text: string): Value {
  try {
    return valueFrom(JSON.parse(text));
  } catch {
    return new Unresolved('its policy is not JSON');
  }
}
