/** The exit codes of the command, which scripts rely on. `exec` gives its command's own. */
import { UserError } from '../base/userError.ts';

export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  /** Refused for safety: asking again does not help. */
  refused: 3,
  nothingSetUp: 4,
  /** A human said no. */
  notApproved: 5,
  /** As shells say it: found, but not to be started; not found. */
  notExecutable: 126,
  notFound: 127,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const BY_CODE: readonly (readonly [RegExp, ExitCode])[] = [
  [/^cli\.usage\b/, EXIT.usage],
  [
    /^cli\.refused\b|^identity\.(revoked|sameIdentity|otherAccount|changed)$|^broker\.(expired|otherUser|otherTerminal|otherIdentity|exposed|scope|longLived)$/,
    EXIT.refused,
  ],
  [/^cli\.nothingSetUp$/, EXIT.nothingSetUp],
  [/^cli\.notExecutable$/, EXIT.notExecutable],
  [/^cli\.notFound$/, EXIT.notFound],
];

export function exitCodeOf(error: unknown): ExitCode {
  const code = error instanceof UserError ? error.code : '';
  return BY_CODE.find(([codes]) => codes.test(code))?.[1] ?? EXIT.failed;
}
