/**
 * The keychain of the operating system, through the worker. A call that was interrupted is done again only when that
 * is safe: a read always; a write after looking whether it was done, because a keyring that was too slow does it later.
 */
import type { Clock } from '../../base/clock.ts';
import { SECOND } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposables.ts';
import type { Operation } from './protocol.ts';
import { KeychainFailure, type KeychainTrouble, type RawKeychain } from './rawKeychain.ts';
import { troubleFrom, unloadable } from './trouble.ts';
import { type Attempt, connectWorker, type StartWorker } from './workerConnection.ts';

export interface OsKeychain extends RawKeychain, Disposable {
  /** Asks for something that is never stored. @returns undefined when the keychain answered. */
  probe(): Promise<KeychainTrouble | undefined>;
}

export interface OsKeychainInput {
  readonly start: StartWorker;
  readonly clock: Pick<Clock, 'sleep'>;
  /** What makes asking pointless or harmful, such as a missing session bus. Looked at before every call. */
  readonly obstacle: () => KeychainTrouble | undefined;
  readonly platform: NodeJS.Platform;
  readonly limitMs?: number;
  readonly probeLimitMs?: number;
  readonly idleMs?: number;
}

const PROBE_KEY = 'probe';

export function osKeychain(input: OsKeychainInput): OsKeychain {
  const { start, clock, obstacle, platform, limitMs = 10 * SECOND, probeLimitMs = 3 * SECOND } = input;
  const worker = connectWorker({ start, clock, idleMs: input.idleMs ?? 60 * SECOND });
  const call = async (operation: Operation, limit = limitMs): Promise<string | boolean | null> => {
    const trouble = obstacle();
    if (trouble) throw new KeychainFailure(trouble);
    return valueFrom(await settle(operation, next => worker.attempt(next, limit)), platform);
  };
  return {
    get: async key => textOf(await call({ op: 'get', key })),
    set: async (key, value) => void (await call({ op: 'set', key, value })),
    delete: async key => (await call({ op: 'delete', key })) === true,
    probe: () => troubleOf(call({ op: 'get', key: PROBE_KEY }, probeLimitMs)),
    dispose: () => worker.dispose(),
  };
}

async function settle(
  operation: Operation,
  attempt: (operation: Operation) => Promise<Attempt>,
): Promise<Attempt> {
  const first = await attempt(operation);
  if (!isOpen(first)) return first;
  if (operation.op === 'get') return first.state === 'timedOut' ? first : attempt(operation);
  // The worker that was interrupted is dead by now, so what this read finds is final.
  const found = await attempt({ op: 'get', key: operation.key });
  if (found.state !== 'answered') return first.state === 'timedOut' ? first : found;
  return isDone(operation, found.value) ? { state: 'answered', value: null } : attempt(operation);
}

function isOpen({ state }: Attempt): boolean {
  return state === 'interrupted' || state === 'timedOut';
}

/** A deleted entry and a locked keyring look the same, so a `delete` counts as done without counting as confirmed. */
function isDone(operation: Operation, found: string | boolean | null): boolean {
  return operation.op === 'set' ? found === operation.value : found === null;
}

/** @throws KeychainFailure */
function valueFrom(attempt: Attempt, platform: NodeJS.Platform): string | boolean | null {
  switch (attempt.state) {
    case 'answered':
      return attempt.value;
    case 'timedOut':
      throw new KeychainFailure({ kind: 'timedOut', limitMs: attempt.limitMs });
    case 'unloadable':
      throw new KeychainFailure(unloadable(attempt.message, platform), new Error(attempt.message));
    case 'failed':
      throw new KeychainFailure(troubleFrom(attempt.message), new Error(attempt.message));
    case 'interrupted':
      throw new KeychainFailure(interrupted(attempt.message), new Error(attempt.message));
  }
}

function interrupted(message: string): KeychainTrouble {
  const trouble = troubleFrom(message);
  const remedy = 'Try again. The log of No Wing has what the worker said.';
  return 'remedy' in trouble
    ? trouble
    : { kind: 'unavailable', reason: `the process that asks it failed: ${message}`, remedy };
}

function textOf(value: string | boolean | null): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

async function troubleOf(call: Promise<unknown>): Promise<KeychainTrouble | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (error instanceof KeychainFailure) return error.trouble;
    throw error;
  }
}
