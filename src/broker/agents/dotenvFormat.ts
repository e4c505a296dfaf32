/**
 * Variables in a `.env` file, in a marked block at its end: what stands there last wins. Lines that a person wrote stay
 * where they are, also in the block.
 */
import { parseEnv } from 'node:util';
import * as v from 'valibot';
import {
  changed,
  type EnvironmentFormat,
  lineEnd,
  Unreadable,
  type Variables,
  withoutMark,
} from './environmentFormat.ts';

const BEGIN = '# >>> Set up by No Wing';
const END = '# <<< No Wing';

export const dotenvFormat: EnvironmentFormat = {
  empty: '',
  read(text) {
    const ours = block(text);
    return {
      variables: parsed(text),
      replaceable: ours ? parsed(ours.inner) : {},
      hasTable: ours !== undefined,
    };
  },
  write(text, changes) {
    const { mark, rest } = withoutMark(text);
    const ours = block(rest);
    const before = ours === undefined ? {} : parsed(ours.inner);
    const variables = changed({ ...changed({}, changes), ...before }, changes);
    const written = mark + withBlock(rest, ours, variables);
    if (
      Object.entries(changes).some(([name, value]) => value !== undefined && parsed(written)[name] !== value)
    )
      throw new Unreadable('a text in it has no end');
    return written;
  },
};

interface Block {
  readonly before: string;
  readonly inner: string;
  readonly after: string;
}

function block(text: string): Block | undefined {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END, begin);
  if (begin === -1 || end === -1) return undefined;
  const after = text.slice(end + END.length);
  return { before: text.slice(0, begin), inner: text.slice(begin + BEGIN.length, end), after };
}

/** The file ends as it did, with a line end or without. */
function withBlock(text: string, ours: Block | undefined, variables: Variables): string {
  const end = lineEnd(text);
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${quoted(value)}`);
  const all = [BEGIN, ...lines, END].join(end);
  if (!ours) return /(^|\n)$/.test(text) ? `${text}${all}${end}` : `${text}${end}${all}`;
  const { before, after } = ours;
  if (lines.length > 0) return before + all + after;
  return after === '' ? before.replace(/\r?\n$/, '') : before + after.replace(/^\r?\n/, '');
}

/** Single quotes keep everything as it is; dotenv knows no escape for them. */
function quoted(text: string): string {
  const quote = ["'", '"', '`'].find(mark => !text.includes(mark));
  if (quote === undefined || /[\r\n]/.test(text) || (quote !== "'" && text.includes('\\')))
    throw new Unreadable('a path cannot be written in it');
  return quote + text + quote;
}

function parsed(text: string): Variables {
  return v.parse(v.record(v.string(), v.string()), { ...parseEnv(withoutMark(text).rest) });
}
