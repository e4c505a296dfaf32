/**
 * Looks after the clients while this window serves: ends those that have expired or whose process is gone, guards
 * their files, writes down when they were last used, and keeps a way in for the command line.
 */
import { DAY, MINUTE, SECOND } from '../base/clock.ts';
import type { Disposable } from '../base/disposables.ts';
import { describeError } from '../base/log.ts';
import { isStillRunning, type KnownProcess } from '../base/runningProcess.ts';
import type { BrokerInput } from './brokerInput.ts';
import type { Client } from './client.ts';
import { end } from './office.ts';
import type { Recognition } from './recognition.ts';

export interface Caretaker extends Disposable {
  used(client: Client): void;
  care(): Promise<void>;
  /** Tells the listeners when another window changed the clients. */
  noticeOthers(): void;
}

/** Writing at each request would cost more than answering it. */
const FLUSH_MS = 15 * SECOND;
/** A window names the shell of a terminal right after it opened it. */
const UNBOUND_LIMIT = 10 * MINUTE;
const COMMAND_LINE_LIFE = 7 * DAY;

export function createCaretaker(
  input: BrokerInput,
  recognition: Pick<Recognition, 'guardFiles'>,
  isAlive: (shell: KnownProcess) => boolean = isStillRunning,
): Caretaker {
  const { office } = input;
  const { store } = office;
  let uses = new Map<string, number>();
  let flushedAt = performance.now();
  const flush = (): void => {
    flushedAt = performance.now();
    if (uses.size === 0) return;
    const times = uses;
    uses = new Map();
    attempt(input, () => store.used(times));
  };
  let version = input.serving.version();
  let fingerprint = store.fingerprint();
  return {
    used: ({ id }) => void uses.set(id, office.now()),
    async care() {
      attempt(input, () => endThoseThatAreOver(input, isAlive));
      await recognition.guardFiles();
      await keepCommandLine(input).catch((error: unknown) => warn(input, error));
      if (performance.now() - flushedAt >= FLUSH_MS) flush();
    },
    noticeOthers() {
      if (input.serving.version() === version) return;
      version = input.serving.version();
      const now = store.fingerprint();
      if (now !== fingerprint) office.changed.fire();
      fingerprint = now;
    },
    dispose: flush,
  };
}

/** Care that fails (a full disk) is tried again; until then requests are refused by what they meet themselves. */
function attempt(input: BrokerInput, work: () => void): void {
  try {
    work();
  } catch (error) {
    warn(input, error);
  }
}

function warn({ office }: BrokerInput, error: unknown): void {
  office.log.warn(`The broker's care for its clients met trouble: ${describeError(error)}`);
}

function endThoseThatAreOver(input: BrokerInput, isAlive: (shell: KnownProcess) => boolean): void {
  const { office, profiles } = input;
  const now = office.now();
  const kinds = new Map(profiles.list().map(({ id, kind }) => [id, kind]));
  let ended = 0;
  for (const { client } of office.store.inForce()) {
    const because = whyOver(client, now, isAlive, kinds.get(client.profileId));
    if (because !== undefined && end(office, client, because)) ended += 1;
  }
  if (ended > 0) office.changed.fire();
}

/** @returns undefined for a client that goes on. */
export function whyOver(
  client: Client,
  now: number,
  isAlive: (shell: KnownProcess) => boolean,
  profileKind: Client['kind'] | undefined,
): string | undefined {
  if (now >= client.expiresAt) return 'it has expired';
  if (profileKind !== client.kind) return 'its profile was removed';
  const { processId, processStart } = client;
  if (processId !== undefined && !isAlive({ processId, processStart })) return 'its terminal was closed';
  const isUnbound = client.use === 'terminal' && processId === undefined;
  return isUnbound && now - client.createdAt > UNBOUND_LIMIT ? 'its terminal never started' : undefined;
}

/**
 * One for each agent's profile, in a file: with it the command line asks on behalf of who runs it. Not for production:
 * whoever reads the file would have what the command itself gives out only in a terminal that a window opened.
 */
async function keepCommandLine({ clients, profiles, office }: BrokerInput): Promise<void> {
  const now = office.now();
  const held = office.store
    .inForce()
    .map(({ client }) => client)
    .filter(({ use }) => use === 'commandLine');
  const agents = profiles.list().filter(({ kind }) => kind === 'agent');
  for (const { id } of agents.filter(({ environment }) => environment === 'prod')) {
    const open = held.filter(({ profileId }) => profileId === id);
    for (const client of open) clients.revoke(client.id, 'its profile is for production');
  }
  for (const profile of agents.filter(({ environment }) => environment !== 'prod')) {
    const own = held.filter(client => client.profileId === profile.id);
    if (own.some(({ expiresAt }) => expiresAt - now > COMMAND_LINE_LIFE / 2)) continue;
    await clients.create({
      name: `Command line, ${profile.name}`,
      use: 'commandLine',
      profile,
      lifeMs: COMMAND_LINE_LIFE,
      inFile: true,
    });
    for (const { id } of own) clients.revoke(id, 'it was replaced by a new one');
  }
}
