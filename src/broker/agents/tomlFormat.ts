/**
 * Variables in a table of a TOML file: `[shell_environment_policy.set]`. A table of their own is added as a block of lines;
 * where the file has one already, in whatever notation, a patch of the syntax tree does it. Both are held against what
 * the file must say afterwards.
 */
import { isDeepStrictEqual } from 'node:util';
import { parse, patch, TomlFormat } from '@decimalturn/toml-patch';
import * as v from 'valibot';
import {
  changed,
  type EnvironmentFormat,
  lineEnd,
  Unreadable,
  type VariableChanges,
  type Variables,
  withoutMark,
} from './environmentFormat.ts';

const Table = v.record(v.string(), v.unknown());
type Table = v.InferOutput<typeof Table>;

/** @param path of the table: `['shell_environment_policy', 'set']`. */
export function tomlFormat(path: readonly [string, string]): EnvironmentFormat {
  return {
    empty: '',
    read(text) {
      const found = tableAt(parsed(text), path);
      const variables = strings(found ?? {});
      return { variables, replaceable: variables, hasTable: found !== undefined };
    },
    write(text, changes, prune = false) {
      const { mark, rest } = withoutMark(text);
      const root = parsed(text);
      const before = tableAt(root, path);
      const wanted = expected(root, path, changes, prune);
      const ways = [
        () => (before ? cut(rest, path, strings(before), changes) : append(rest, path, changes)),
        () => patch(rest, wanted, oneLine(rest)),
      ];
      return mark + firstThatSays(ways, wanted);
    },
  };
}

function firstThatSays(ways: readonly (() => string | undefined)[], wanted: Table): string {
  for (const way of ways) {
    const text = attempt(way);
    if (
      text !== undefined &&
      saysTheSame(
        attempt(() => parsed(text)),
        wanted,
      )
    )
      return text;
  }
  throw new Unreadable('it could not be changed without changing more');
}

/** The parser's tables have no prototype; a copy is a plain object. */
function saysTheSame(found: unknown, wanted: Table): boolean {
  return isDeepStrictEqual(structuredClone(found), structuredClone(wanted));
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** The table as lines of its own at the end, after an empty one; the file ends as it did, with a line end or without. */
function append(text: string, path: readonly string[], changes: VariableChanges): string {
  const end = lineEnd(text);
  const block = lines(path, changed({}, changes)).join(end);
  if (text.trim() === '') return `${text}${block}${end}`;
  return /\n$/.test(text) ? `${text}${end}${block}${end}` : `${text}${end}${end}${block}`;
}

/** Takes the block out again when it still stands as it was added, and all of it goes. */
function cut(
  text: string,
  path: readonly string[],
  before: Variables,
  changes: VariableChanges,
): string | undefined {
  if (Object.values(changes).some(value => value !== undefined)) return undefined;
  const end = lineEnd(text);
  const gone = Object.fromEntries(Object.entries(before).filter(([name]) => name in changes));
  const block = lines(path, gone).join(end);
  const last = `${end}${end}${block}`;
  if (text.endsWith(last)) return text.slice(0, -last.length);
  const found = [`${end}${block}${end}`, `${block}${end}`].find(part => text.includes(part));
  return found === undefined ? undefined : text.replace(found, () => '');
}

function lines(path: readonly string[], variables: Variables): string[] {
  return [
    `[${path.join('.')}]`,
    ...Object.entries(variables).map(([name, text]) => `${name} = ${quoted(text)}`),
  ];
}

/** TOML specification, "String": what a basic string escapes. JSON escapes the same, and DEL is added. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', '\\u007f');
}

/** An inline table stays on its line, without the trailing comma that TOML has only since 1.1. */
function oneLine(text: string): TomlFormat {
  const format = TomlFormat.autoDetectFormat(text);
  format.trailingComma = false;
  return format;
}

function expected(
  root: Table,
  [outer, inner]: readonly [string, string],
  changes: VariableChanges,
  prune: boolean,
): Table {
  const policy = subtable(root, outer) ?? {};
  const all = Object.entries({ ...subtable(policy, inner), ...changes }).filter(
    ([, value]) => value !== undefined,
  );
  if (!prune || all.length > 0) return { ...root, [outer]: { ...policy, [inner]: Object.fromEntries(all) } };
  const { [inner]: _, ...rest } = policy;
  const { [outer]: __, ...others } = root;
  return Object.keys(rest).length > 0 ? { ...root, [outer]: rest } : others;
}

function tableAt(root: Table, [outer, inner]: readonly [string, string]): Table | undefined {
  const policy = subtable(root, outer);
  return policy && subtable(policy, inner);
}

function subtable(table: Table, name: string): Table | undefined {
  const found = table[name];
  if (found === undefined) return undefined;
  if (!v.is(Table, found) || Array.isArray(found)) throw new Unreadable(`${name} is not a table`);
  return found;
}

function strings(table: Table): Variables {
  return Object.fromEntries(
    Object.entries(table).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

const Position = v.object({ line: v.number() });

function parsed(text: string): Table {
  try {
    return v.parse(Table, parse(withoutMark(text).rest));
  } catch (error) {
    throw new Unreadable('it is not TOML', v.is(Position, error) ? error.line : undefined);
  }
}
