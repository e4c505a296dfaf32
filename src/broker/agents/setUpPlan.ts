/** What setting up a tool changes in its file, and what undoing that changes. Pure. */
import * as v from 'valibot';
import { UserError } from '../../base/userError.ts';
import type { AgentTool, FileWay } from './agentTool.ts';
import { type EnvironmentFormat, Unreadable, type Variables } from './environmentFormat.ts';

/** What undoing needs to know. It names no value of a variable that may hold a secret: those are refused. */
export const UndoRecord = v.object({
  /** Where the file really lies. */
  file: v.string(),
  agent: v.string(),
  /** The file was not there. */
  created: v.boolean(),
  /** The table of the variables was there. */
  hadTable: v.boolean(),
  /** What each variable was before (null: not there), and what was written. */
  variables: v.record(v.string(), v.object({ before: v.nullable(v.string()), written: v.string() })),
});
export type UndoRecord = v.InferOutput<typeof UndoRecord>;

export interface Change {
  /** Undefined: the file goes. */
  readonly text: string | undefined;
}

export interface SetUpChange extends Change {
  readonly text: string;
  readonly undo: UndoRecord;
}

/** Variables that hold a secret, not the way to one. */
const SECRETS =
  /^AWS_(SECRET_ACCESS_KEY|SECRET_KEY|SESSION_TOKEN|SECURITY_TOKEN|CONTAINER_AUTHORIZATION_TOKEN)$/;

export interface ChangeInput {
  readonly tool: Pick<AgentTool, 'name'>;
  readonly way: FileWay;
  readonly file: string;
  readonly text: string | undefined;
  readonly agent: string;
  readonly wanted: Variables;
  /** Of an earlier set-up: what stood there before it is what an undo leads back to. */
  readonly earlier: UndoRecord | undefined;
}

/** @throws UserError `agent.unreadable`, `agent.holdsSecret`, `agent.obstacle` */
export function setUpChange(input: ChangeInput): SetUpChange {
  const { way, wanted, file, agent, earlier } = input;
  return phrased(input, () => {
    const text = input.text ?? way.format.empty;
    const found = way.format.read(text);
    refuseSecrets(input, found.variables);
    const written = way.format.write(text, wanted);
    const obstacle = way.obstacle?.(written, Object.keys(wanted));
    if (obstacle !== undefined) throw refused(input, obstacle);
    const variables = Object.entries(wanted).map(([name, value]) => {
      const before = earlierValue(found.replaceable[name], earlier?.variables[name]);
      return [name, { before, written: value }] as const;
    });
    const created = input.text === undefined || (earlier?.created ?? false);
    const hadTable = earlier?.hadTable ?? found.hasTable;
    const undo = { file, agent, created, hadTable, variables: Object.fromEntries(variables) };
    return { text: written, undo };
  });
}

/** What a person changed since stays. @throws UserError `agent.unreadable` */
export function undoChange(
  input: Pick<ChangeInput, 'tool' | 'way' | 'file'> & { readonly text: string },
  record: UndoRecord,
): Change {
  const { format } = input.way;
  return phrased(input, () => {
    const { variables } = format.read(input.text);
    const changes = Object.entries(record.variables)
      .filter(([name, { written }]) => variables[name] === written)
      .map(([name, { before }]) => [name, before ?? undefined] as const);
    const text = format.write(input.text, Object.fromEntries(changes), !record.hadTable);
    return { text: record.created && saysNothing(format, text) ? undefined : text };
  });
}

export type SetUpState =
  | { readonly state: 'none' }
  | { readonly state: 'setUp'; readonly agent: string }
  /** Somebody changed some of what was written. */
  | { readonly state: 'changed'; readonly agent: string; readonly names: readonly string[] };

/** How the file stands to what was written into it. */
export function setUpState(variables: Variables, record: UndoRecord | undefined): SetUpState {
  if (!record) return { state: 'none' };
  const names = Object.entries(record.variables)
    .filter(([name, { written }]) => variables[name] !== written)
    .map(([name]) => name);
  if (names.length === 0) return { state: 'setUp', agent: record.agent };
  const gone = names.length === Object.keys(record.variables).length;
  return gone ? { state: 'none' } : { state: 'changed', agent: record.agent, names };
}

/** Which of the variables a file that wins over the tool's own sets to something else, or leads to credentials with. */
export function overridden(found: Variables, wanted: Variables): string[] {
  const ours = (name: string): boolean => name in wanted || /^(AWS|NO_WING)_\w+$/.test(name);
  return Object.keys(found).filter(name => ours(name) && found[name] !== wanted[name]);
}

function earlierValue(
  now: string | undefined,
  earlier: UndoRecord['variables'][string] | undefined,
): string | null {
  return earlier && now === earlier.written ? earlier.before : (now ?? null);
}

function saysNothing(format: EnvironmentFormat, text: string): boolean {
  return text.trim() === '' || text.trim() === format.empty.trim();
}

function refuseSecrets({ tool, file }: ChangeInput, variables: Variables): void {
  const names = Object.keys(variables).filter(name => SECRETS.test(name) && variables[name] !== '');
  if (names.length === 0) return;
  throw new UserError(
    'agent.holdsSecret',
    `${file} gives ${tool.name} AWS credentials in plain text: ${names.join(', ')}. Nothing was written.`,
    {
      hint: 'Take them out of the file, and put them into the keychain as a user profile if they are yours.',
    },
  );
}

function refused({ tool, file, agent }: ChangeInput, obstacle: string): UserError {
  return new UserError(
    'agent.obstacle',
    `${tool.name} would not act as agent ${agent} with this change to ${file}. Nothing was written.`,
    { hint: obstacle },
  );
}

function phrased<T>({ tool, file }: Pick<ChangeInput, 'tool' | 'file'>, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const line = error.line === undefined ? '' : `, line ${error.line}`;
    throw new UserError(
      'agent.unreadable',
      `No Wing does not change the settings of ${tool.name}: ${file}${line}: ${error.message}.`,
      { hint: 'Correct the file, and set the agent up again.', cause: error },
    );
  }
}
