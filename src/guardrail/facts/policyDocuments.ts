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
  return Object.entries(properties).flatMap(([name, value]) => search(name, value, DEPTH));
}

function search(name: string, value: Value, depth: number): PolicyDocument[] {
  if (depth === 0) return [{ name, document: new Unresolved('it is nested too deeply') }];
  if (value instanceof Unresolved) return HOLDER.test(name) ? [{ name, document: value }] : [];
  if (typeof value === 'string') return inText(name, value);
  if (isList(value)) return value.flatMap(item => search(name, item, depth - 1));
  if (!isProperties(value)) return [];
  if (hasStatement(value)) return [{ name, document: value }];
  return Object.entries(value).flatMap(([inner, item]) => search(inner, item, depth - 1));
}

function hasStatement(value: Properties): boolean {
  return Object.keys(value).some(key => key.toLowerCase() === 'statement');
}

function inText(name: string, text: string): PolicyDocument[] {
  if (!/^\s*\{/.test(text) || !/"statement"/i.test(text)) return [];
  const read = jsonOf(text);
  if (read instanceof Unresolved) return [{ name, document: read }];
  return isProperties(read) && hasStatement(read) ? [{ name, document: read }] : [];
}

function jsonOf(text: string): Value {
  try {
    return valueFrom(JSON.parse(text));
  } catch {
    return new Unresolved('its policy is not JSON');
  }
}
