/**
 * `no-wing serve`: an agent's sessions for a container or another machine, through a socket file in a folder of their
 * own. What is in there is all that the other side gets: the socket, an API key for this one agent, two AWS files.
 */
import { chmodSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../../base/userError.ts';
import { userPrincipals } from '../../broker/brokerInput.ts';
import { type Environment, identityEnvironment } from '../../broker/environment.ts';
import { createHandouts } from '../../broker/handouts.ts';
import { identityFilesIn, keepIdentityFiles, privateFolder } from '../../broker/identityFiles.ts';
import { openPrivateBroker, type PrivateBroker } from '../../broker/privateBroker.ts';
import { createTokenFile } from '../../broker/tokenFiles.ts';
import { type CommandLine, usage, wrong } from '../commandLine.ts';
import type { Desk } from '../desk.ts';
import { relaySignals } from '../exec/relaySignals.ts';
import type { AgentProfile } from '../permitted.ts';
import type { Answer } from '../surroundings.ts';

/** Where the other side sees the folder. */
const SEEN_AS = '/run/no-wing';
const PORT = 7411;

/** Resolves when a signal ended it. @throws UserError `cli.serve.folder`, `cli.refused.*`, `broker.tokenFile` */
export async function run(desk: Desk, line: CommandLine): Promise<Answer> {
  const folder = resolve(line.text('folder') ?? join(desk.here.directory, 'container'));
  const profile = desk.agent(line.text('as'));
  desk.requireTerminalFor(profile);
  const port = portOf(line);
  const socket = openFolder(folder);
  const signals = relaySignals(false);
  const broker = await open(desk, profile, { folder, socket, port });
  try {
    chmodSync(socket, 0o600);
    const { configFile, emptyFile } = identityFilesIn(SEEN_AS);
    const environment = identityEnvironment({
      profile,
      clientId: broker.client.id,
      credentialsUri: broker.credentialsUri,
      tokenFile: join(SEEN_AS, 'token'),
      configFile,
      emptyFile,
    });
    desk.here.announce(started(profile, folder, environment));
    await new Promise<void>(ended => signals.attach(signal => ENDS.has(signal) && ended()));
    return { text: '', json: undefined };
  } finally {
    broker.dispose();
    signals.dispose();
    rmSync(socket, { force: true });
  }
}

const ENDS: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP']);

interface Where {
  readonly folder: string;
  readonly socket: string;
  readonly port: number;
}

function open({ store, here, session }: Desk, profile: AgentProfile, where: Where): Promise<PrivateBroker> {
  return openPrivateBroker({
    profile,
    workspace: store.workspace,
    place: where,
    session: session(profile),
    handouts: createHandouts(store.db, here.now),
    userPrincipals: () => userPrincipals(store.profiles()),
    files: createTokenFile(where.folder, here.platform),
    now: here.now,
    log: here.log,
  });
}

function portOf(line: CommandLine): number {
  const port = Number(line.text('port') ?? PORT);
  if (Number.isInteger(port) && port >= 1024 && port <= 65_535) return port;
  throw wrong('The port is a number from 1024 to 65535.', usage('serve'));
}

/** @returns where the socket will be. What a server that was killed left there is removed. */
function openFolder(folder: string): string {
  try {
    requireOurs(folder);
    privateFolder(folder);
    keepIdentityFiles(folder);
    const socket = join(folder, SOCKET);
    rmSync(socket, { force: true });
    return socket;
  } catch (cause) {
    throw new UserError('cli.serve.folder', `The folder cannot be used: ${folder}`, {
      hint: 'Choose one that is empty or not there yet: the container gets all that is in it.',
      cause,
    });
  }
}

const SOCKET = 'broker.sock';
/** Written first: `~/.aws` has a `config` too, which must not be taken for ours. */
const FIRST = 'empty';
/** Also what a server that was killed did not come to rename. */
const OURS = /^(?:empty|config|token|broker\.sock)(?:\.[\w-]+)?$/;

/** A folder that is there for something else is not closed to others, and nothing in it is written over. @throws */
function requireOurs(folder: string): void {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  if (names.length === 0) return;
  if (!names.includes(FIRST) || !names.every(name => OURS.test(name)))
    throw new Error(`${folder} has files of something else`);
}

function started({ name }: AgentProfile, folder: string, environment: Environment): string {
  const variables = Object.entries(environment).filter(([, text]) => text !== null);
  return [
    `Handing sessions of agent ${name} to whoever has the folder ${folder}. Ctrl+C ends it.`,
    `Where the container sees that folder as ${SEEN_AS}, its environment is:`,
    ...variables.map(([variable, text]) => `  ${variable}=${text}`),
  ].join('\n');
}
