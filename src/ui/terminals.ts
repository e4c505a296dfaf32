/**
 * The terminals that act as an identity: each is a client of the broker, which begins with the terminal and is revoked
 * when it is closed. A terminal that comes back with its window keeps its client: it is known by its shell's process.
 */
import * as vscode from 'vscode';
import { DAY } from '../base/clock.ts';
import { type Disposable, Disposables } from '../base/disposables.ts';
import { describeError, type Log } from '../base/log.ts';
import { UserError } from '../base/userError.ts';
import type { Client } from '../broker/client.ts';
import type { Clients } from '../broker/clients.ts';
import { shellFiles } from '../broker/shellFiles.ts';
import { type Profile, who } from '../identity/profile.ts';
import { terminalOptions } from './terminalLaunch.ts';

export interface IdentityTerminalsInput {
  readonly clients: Pick<Clients, 'list' | 'get' | 'create' | 'revoke' | 'bindProcess'>;
  /** Waits until the broker serves. @throws UserError */
  readonly credentialsUri: () => Promise<string>;
  readonly directory: string;
  readonly workspace: () => string;
  readonly log: Log;
}

export interface IdentityTerminals extends Disposable {
  /** For a terminal of its own client; the client is this terminal's alone. @throws UserError */
  prepare(profile: Profile, cwd?: vscode.Uri | string): Promise<vscode.TerminalOptions>;
  /** Opens one and shows it. @throws UserError */
  open(profile: Profile, cwd?: vscode.Uri | string): Promise<vscode.Terminal>;
  /** The open ones of this window whose client is in force. */
  list(): IdentityTerminal[];
}

export interface IdentityTerminal {
  readonly terminal: vscode.Terminal;
  readonly client: Client;
}

/** So long a terminal may stay open; then it must be opened again. */
const LIFE_MS = 7 * DAY;

export function createIdentityTerminals(input: IdentityTerminalsInput): IdentityTerminals {
  const { clients, log } = input;
  const known = new Map<vscode.Terminal, string>();
  /** Made in this window, their shells not started yet: only these are bound, whatever a terminal says of itself. */
  const awaited = new Set<string>();
  const ended = new Disposables();
  const meet = (terminal: vscode.Terminal): Promise<void> =>
    introduce(clients, awaited, terminal).then(
      id => void (id !== undefined && known.set(terminal, id)),
      (error: unknown) => log.warn(`A terminal is not known: ${describeError(error)}`),
    );
  const prepare: IdentityTerminals['prepare'] = async (profile, cwd) => {
    const { id, options } = await prepareTerminal(input, profile, cwd);
    awaited.add(id);
    return options;
  };
  ended.add(vscode.window.onDidOpenTerminal(terminal => void meet(terminal)));
  ended.add(
    vscode.window.onDidCloseTerminal(terminal => {
      const id = known.get(terminal) ?? markOf(terminal, awaited);
      known.delete(terminal);
      // The window goes and comes back, or another one takes the terminal over: the shell lives on.
      if (terminal.exitStatus?.reason === vscode.TerminalExitReason.Shutdown || id === undefined) return;
      endClient(input, id, 'its terminal was closed');
    }),
  );
  for (const terminal of vscode.window.terminals) void meet(terminal);
  shellFiles(input.directory).sweep(id => isKept(clients, id));
  return {
    prepare,
    async open(profile, cwd) {
      return vscode.window.createTerminal(await prepare(profile, cwd));
    },
    list: () =>
      [...known].flatMap(([terminal, id]) => {
        const client = clients.get(id);
        return client && client.revokedAt === undefined ? [{ terminal, client }] : [];
      }),
    dispose: () => ended.dispose(),
  };
}

async function prepareTerminal(
  input: IdentityTerminalsInput,
  profile: Profile,
  cwd: vscode.Uri | string | undefined,
): Promise<{ id: string; options: vscode.TerminalOptions }> {
  if (!vscode.workspace.isTrusted) throw untrusted(profile);
  const credentialsUri = await input.credentialsUri();
  const order = {
    use: 'terminal',
    profile,
    workspace: input.workspace(),
    lifeMs: LIFE_MS,
    inFile: true,
  } as const;
  const { client } = await input.clients.create({ name: `Terminal ${profile.name}`, ...order });
  const { id, tokenFile } = client;
  try {
    if (tokenFile === undefined) throw new Error('A terminal client without a token file');
    const { directory } = input;
    return {
      id,
      options: terminalOptions({ profile, client: { ...client, tokenFile }, credentialsUri, directory }, cwd),
    };
  } catch (error) {
    endClient(input, id, 'its terminal could not be opened');
    throw error;
  }
}

/** @returns the id of the client whose terminal it is. */
async function introduce(
  clients: IdentityTerminalsInput['clients'],
  awaited: Set<string>,
  terminal: vscode.Terminal,
): Promise<string | undefined> {
  const marked = markOf(terminal, awaited);
  // VS Code leaves the panel closed for a terminal of a contributed profile.
  if (marked !== undefined) terminal.show();
  const processId = await terminal.processId;
  if (marked !== undefined) {
    awaited.delete(marked);
    if (processId !== undefined) clients.bindProcess(marked, processId);
    return marked;
  }
  return clients.list().find(client => isTerminalOf(client) && client.processId === processId)?.id;
}

function markOf({ creationOptions }: vscode.Terminal, awaited: ReadonlySet<string>): string | undefined {
  const mark = 'env' in creationOptions ? creationOptions.env?.['NO_WING_CLIENT'] : undefined;
  return mark && awaited.has(mark) ? mark : undefined;
}

function isTerminalOf(client: Client): boolean {
  return client.use === 'terminal' && client.revokedAt === undefined;
}

function endClient({ clients, directory }: IdentityTerminalsInput, id: string, because: string): void {
  clients.revoke(id, because);
  shellFiles(directory).remove(id);
}

function untrusted(profile: Profile): UserError {
  return new UserError(
    'workspace.untrusted',
    `No terminal was opened as ${who(profile)}: this workspace is not trusted.`,
    {
      hint: 'Trust the workspace first.',
      action: { title: 'Manage Trust', command: 'workbench.trust.manage' },
    },
  );
}

/** What is not a client's (VS Code's agent has a folder there) is not ours to remove. */
function isKept(clients: IdentityTerminalsInput['clients'], id: string): boolean {
  const client = clients.get(id);
  return !client || client.revokedAt === undefined;
}
