/**
 * A file in which an agent tool is told the environment of the commands it runs. A format reads the variables and sets or
 * removes some; everything else of the text stays as it was, to the byte.
 */
export type Variables = Readonly<Record<string, string>>;

/** A variable's text, or undefined to take it out. */
export type VariableChanges = Readonly<Record<string, string | undefined>>;

export interface EnvironmentFormat {
  /** The text of a file that says nothing. */
  readonly empty: string;
  /** @throws Unreadable */
  read(text: string): FileEnvironment;
  /**
   * @param prune the table of the variables goes too when none is left in it.
   * @throws Unreadable also when the text cannot be changed without changing what else it says.
   */
  write(text: string, changes: VariableChanges, prune?: boolean): string;
}

export interface FileEnvironment {
  /** As they are for the tool. */
  readonly variables: Variables;
  /** Those whose text a change takes the place of. */
  readonly replaceable: Variables;
  /** Whether the file has the table that the variables stand in. */
  readonly hasTable: boolean;
}

/** Why a file cannot be read, or not be changed. It is never written then. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
  /** From 1. */
  readonly line: number | undefined;

  constructor(reason: string, line?: number) {
    super(reason);
    this.line = line;
  }
}

/** `text` from its second character on where the first is a byte order mark, and that mark. */
export function withoutMark(text: string): { mark: string; rest: string } {
  return text.startsWith('\ufeff') ? { mark: '\ufeff', rest: text.slice(1) } : { mark: '', rest: text };
}

export function lineEnd(text: string): '\r\n' | '\n' {
  return /\r\n/.test(text) ? '\r\n' : '\n';
}

export function changed(before: Variables, changes: VariableChanges): Record<string, string> {
  const all = Object.entries({ ...before, ...changes });
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
