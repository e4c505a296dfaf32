/** One command from its arguments to its exit code. Answers go to standard output, everything else to standard error. */
import { isCancelled } from '../base/cancellation.ts';
import { describeError, redactedLog, silentLog } from '../base/log.ts';
import { redact } from '../base/redact.ts';
import { errorMessage, UserError } from '../base/userError.ts';
import { type CommandLine, parseCommandLine } from './commandLine.ts';
import type { CommandName } from './commandTable.ts';
import { type Desk, type OpenFeatures, openDesk } from './desk.ts';
import { EXIT, exitCodeOf } from './exitCodes.ts';
import type { Answer, Surroundings } from './surroundings.ts';

export interface Program {
  readonly here: Omit<Surroundings, 'log'>;
  readonly version: string;
  readonly openFeatures: (workspace: string, here: Surroundings) => ReturnType<OpenFeatures>;
  /** A line for standard output; resolves when it is out. */
  readonly print: (text: string) => Promise<void>;
  readonly tell: (text: string) => void;
}

export type Ending = Pick<Answer, 'signal'> & { readonly exitCode: number };

/** Never rejects. */
export async function runProgram(program: Program, args: readonly string[]): Promise<Ending> {
  const wantsJson = args.slice(0, args.includes('--') ? args.indexOf('--') : undefined).includes('--json');
  try {
    const line = parseCommandLine(args);
    const answer = await answerTo(program, line);
    for (const note of answer.notes ?? []) program.tell(note);
    const text = line.json && answer.json !== undefined ? JSON.stringify(answer.json, null, 2) : answer.text;
    if (text !== '') await program.print(text);
    return { exitCode: answer.exitCode ?? EXIT.ok, ...(answer.signal ? { signal: answer.signal } : {}) };
  } catch (error) {
    await tellError(program, error, wantsJson && !PRINTS_NO_ERROR.has(args[0] ?? ''));
    return { exitCode: exitCodeOf(error) };
  }
}

/** An SDK, or the command itself, reads standard output: an error has nothing to say there. */
const PRINTS_NO_ERROR: ReadonlySet<string> = new Set<CommandName>(['credentials', 'exec']);

async function answerTo(program: Program, line: CommandLine): Promise<Answer> {
  if (line.help) return (await import('./commands/help.ts')).run({ operands: [line.name] });
  switch (line.name) {
    case 'help':
      return (await import('./commands/help.ts')).run(line);
    case 'trail attribute':
      return (await import('./commands/trailAttribute.ts')).run(program, line);
    case 'version':
      return { text: program.version, json: { version: program.version } };
    default:
      return atDesk(program, line, COMMANDS_AT_DESK[line.name]);
  }
}

/** They need nothing of what was set up. */
type Deskless = 'help' | 'version' | 'trail attribute';

type AtDesk = { run(desk: Desk, line: CommandLine): Promise<Answer> };

const COMMANDS_AT_DESK: Readonly<Record<Exclude<CommandName, Deskless>, () => Promise<AtDesk>>> = {
  status: () => import('./commands/status.ts'),
  whoami: () => import('./commands/whoami.ts'),
  profiles: () => import('./commands/profiles.ts'),
  switch: () => import('./commands/switch.ts'),
  credentials: () => import('./commands/credentials.ts'),
  exec: () => import('./commands/exec.ts'),
  serve: () => import('./commands/serve.ts'),
  env: () => import('./commands/env.ts'),
  clients: () => import('./commands/clients.ts'),
  doctor: () => import('./commands/doctor.ts'),
  plan: () => import('./commands/plan.ts'),
  deploy: () => import('./commands/deploy.ts'),
  destroy: () => import('./commands/destroy.ts'),
  rollback: () => import('./commands/rollback.ts'),
  deployments: () => import('./commands/deployments.ts'),
  'trail import': () => import('./commands/trailImport.ts'),
  'trail query': () => import('./commands/trailQuery.ts'),
  'trail leaks': () => import('./commands/trailLeaks.ts'),
};

async function atDesk(program: Program, line: CommandLine, load: () => Promise<AtDesk>): Promise<Answer> {
  const here: Surroundings = { ...program.here, log: line.verbose ? logTo(program.tell) : silentLog };
  const desk = openDesk(here, workspace => program.openFeatures(workspace, here));
  try {
    const { run } = await load();
    return await run(desk, line);
  } catch (error) {
    here.log.debug(describeError(error));
    throw error;
  } finally {
    desk.dispose();
  }
}

function logTo(tell: (text: string) => void) {
  return redactedLog({ debug: tell, info: tell, warn: tell, error: tell });
}

async function tellError({ print, tell }: Program, error: unknown, asJson: boolean): Promise<void> {
  if (isCancelled(error)) return;
  const { code, message, hint } = explained(error);
  tell(`no-wing: ${message}`);
  if (hint !== undefined) tell(`  ${hint}`);
  if (asJson) await print(JSON.stringify({ error: { code, message, hint: hint ?? null } }, null, 2));
}

function explained(error: unknown): Pick<UserError, 'code' | 'message' | 'hint'> {
  if (!(error instanceof UserError)) {
    const message = `It failed: ${clean(errorMessage(error))}`;
    return { code: 'cli.failed', message, hint: 'The same with --verbose says more.' };
  }
  const { code, message, hint } = error;
  return { code, message: clean(message), hint: hint === undefined ? undefined : clean(hint) };
}

/** Parts of a message may come from elsewhere: no secret, and nothing that a terminal would take for a command. */
function clean(text: string): string {
  return redact(text).replace(/(?!\n)\p{Cc}/gu, ' ');
}
