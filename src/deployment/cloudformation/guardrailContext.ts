/**
 * A resource's properties as a change set tells them: after macros were run and nested stacks opened, which a template
 * does not show. What AWS knows only while it executes, and what is secret, is `Unresolved`.
 */
import {
  isList,
  isProperties,
  type Properties,
  Unresolved,
  type Value,
  valueFrom,
} from '../../guardrail/facts/value.ts';
import { HIDDEN_VALUE } from './parameters.ts';

/** @param after the properties as JSON. @returns undefined when it does not tell them. */
export function contextProperties(after: string | undefined): Properties | undefined {
  if (after === undefined) return undefined;
  const properties = marked(valueFrom(parsed(after)));
  return isProperties(properties) ? properties : undefined;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const LATER = '{{changeSet:KNOWN_AFTER_APPLY}}';

function marked(value: Value): Value {
  if (typeof value === 'string') return markedText(value);
  if (isList(value)) return value.map(marked);
  if (!isProperties(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, marked(item)]));
}

function markedText(text: string): Value {
  if (text.includes(LATER)) return new Unresolved('AWS knows it only while it executes');
  if (text.includes('{{resolve:')) return new Unresolved('it is read from a store of parameters or secrets');
  return text.includes(HIDDEN_VALUE) ? new Unresolved('it is secret') : text;
}
