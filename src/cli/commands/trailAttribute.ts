/** `no-wing trail attribute`: verdicts on records from files or a pipe. It needs no set-up, and stores nothing. */
import { randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stdin } from 'node:process';
import { UserError } from '../../base/userError.ts';
import { DATABASE_FILE } from '../../store/dataDirectory.ts';
import { attributeFiles } from '../../trail/attributeFiles.ts';
import type { Known } from '../../trail/attribution/attribution.ts';
import { knownFromLedger } from '../../trail/ledgerFile.ts';
import { type CommandLine, see, wrong } from '../commandLine.ts';
import { EXIT } from '../exitCodes.ts';
import type { Program } from '../run.ts';
import type { Answer } from '../surroundings.ts';
import { recordInputs } from '../trail/recordInputs.ts';
import { storedKnown } from '../trail/storedKnown.ts';

type Door = Pick<Program, 'print' | 'tell'> & { readonly here: Pick<Program['here'], 'directory'> };

/** @throws UserError `cli.usage`, `ledger.unreadable`, `store.*` */
export async function run({ here, print, tell }: Door, line: CommandLine): Promise<Answer> {
  if (line.operands.length === 0) throw wrong('Which files?', see(line.name));
  const missing = new Set<string>();
  const { known, close } = knownTo(here.directory, line.text('ledger'));
  try {
    const problems = await attributeFiles({
      inputs: () => recordInputs(line.operands, stdin, note => missing.add(note)),
      known,
      seed: randomInt(2 ** 31),
      write: print,
      tell: note => tell(`no-wing: ${note}`),
    });
    for (const note of missing) tell(`no-wing: ${note}`);
    const isWhole = problems === 0 && missing.size === 0;
    return { text: '', json: undefined, exitCode: isWhole ? EXIT.ok : EXIT.failed };
  } finally {
    close();
  }
}

interface Opened {
  readonly known: Known;
  close(): void;
}

function knownTo(directory: string, ledger: string | undefined): Opened {
  if (ledger !== undefined) return { known: knownFromLedger(textOf(ledger), ledger), close: nothing };
  const file = join(directory, DATABASE_FILE);
  return existsSync(file) ? storedKnown(file) : { known: NOBODY, close: nothing };
}

const NOBODY: Known = {
  byAccessKey: () => undefined,
  byRoleSessionName: () => [],
  users: [],
  agents: [],
};

function nothing(): void {
  // A file that was read is closed.
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError('ledger.unreadable', `The ledger cannot be read: ${file}.`, {
      hint: 'Give a file with entries of No Wing’s ledger. See: no-wing help trail attribute',
      cause: error,
    });
  }
}
