/** Variables in an object of a JSON file, with comments or without: `{ "env": { "NAME": "text" } }`. */
import { isDeepStrictEqual } from 'node:util';
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import * as v from 'valibot';
import {
  changed,
  type EnvironmentFormat,
  Unreadable,
  type VariableChanges,
  withoutMark,
} from './environmentFormat.ts';
import { insertProperty, removeProperty, replaceValue } from './jsonEdits.ts';

const Root = v.record(v.string(), v.unknown());
type Root = v.InferOutput<typeof Root>;

/** @param key of the root object. */
export function jsonFormat(key: string): EnvironmentFormat {
  return {
    empty: '{}\n',
    read(text) {
      const found = table(parsed(text), key);
      const strings = Object.entries(found ?? {}).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string',
      );
      const variables = Object.fromEntries(strings);
      return { variables, replaceable: variables, hasTable: found !== undefined };
    },
    write(text, changes, prune = false) {
      const { mark, rest } = withoutMark(text);
      const root = parsed(text);
      const wanted = expected(root, key, changes, prune);
      const written = mark + edited(rest.trim() === '' ? '{}\n' : rest, key, root, wanted, changes);
      if (!isDeepStrictEqual(parsed(written), wanted))
        throw new Unreadable(`"${key}" stands in it more than once`);
      return written;
    },
  };
}

function edited(text: string, key: string, root: Root, wanted: Root, changes: VariableChanges): string {
  const before = table(root, key);
  if (!Object.hasOwn(wanted, key)) return before ? removeProperty(text, [key]) : text;
  if (!before) return insertProperty(text, [], key, changed({}, changes));
  // Each new one is put first, so the last is put there first.
  return Object.entries(changes)
    .toReversed()
    .reduce((soFar, [name, value]) => editedVariable(soFar, [key, name], name in before, value), text);
}

function editedVariable(
  text: string,
  [key, name]: readonly [string, string],
  stands: boolean,
  value: string | undefined,
): string {
  if (value === undefined) return stands ? removeProperty(text, [key, name]) : text;
  return stands ? replaceValue(text, [key, name], value) : insertProperty(text, [key], name, value);
}

/** What the file must say after the change, whatever edits lead there. */
function expected(root: Root, key: string, changes: VariableChanges, prune: boolean): Root {
  const all = Object.entries({ ...table(root, key), ...changes }).filter(([, value]) => value !== undefined);
  const { [key]: _, ...others } = root;
  return prune && all.length === 0 ? others : { ...root, [key]: Object.fromEntries(all) };
}

function table(root: Root, key: string): Root | undefined {
  const found = root[key];
  if (found === undefined) return undefined;
  if (!v.is(Root, found) || Array.isArray(found)) throw new Unreadable(`"${key}" is not an object`);
  return found;
}

function parsed(text: string): Root {
  const { rest } = withoutMark(text);
  if (rest.trim() === '') return {};
  const errors: ParseError[] = [];
  const root: unknown = parse(rest, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error)
    throw new Unreadable(`it is not JSON (${printParseErrorCode(error.error)})`, lineOf(rest, error.offset));
  if (!v.is(Root, root) || Array.isArray(root)) throw new Unreadable('it is not a JSON object');
  return root;
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
