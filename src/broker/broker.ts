/**
 * The broker of this window: serves, or stands by while another window of this user does. It is the one way in which
 * processes get sessions.
 */
import { randomUUID } from 'node:crypto';
import { SECOND } from '../base/clock.ts';
import { type Disposable, Disposables } from '../base/disposables.ts';
import { Emitter, type Listen } from '../base/emitter.ts';
import { describeError } from '../base/log.ts';
import { UserError } from '../base/userError.ts';
import type { BrokerInput } from './brokerInput.ts';
import { credentialsUri } from './environment.ts';
import type { Trouble } from './office.ts';
import type { Shift } from './shift.ts';

export type BrokerState =
  | { readonly state: 'off' }
  | { readonly state: 'starting' }
  | { readonly state: 'serving' | 'standby'; readonly port: number }
  | { readonly state: 'failed'; readonly error: UserError };

export interface Broker extends Disposable {
  /** Begins; again is nothing, unless it failed: then it tries again at once. */
  start(): void;
  current(): BrokerState;
  readonly onChange: Listen<BrokerState>;
  /** A client's session could not be had, or its key lay open: for the person; the process got its answer. */
  readonly onTrouble: Listen<Trouble>;
  /** Where processes ask; the same in every window. Undefined until a window serves. */
  credentialsUri(): string | undefined;
  /**
   * For a process that has no window and starts none: where the broker answers now, after it has shown that it is ours.
   * @throws UserError `keychain.*`
   */
  find(): Promise<string | undefined>;
}

const TURN_MS = SECOND / 2;
const RETRY_MS = 10 * SECOND;

export function createBroker(input: BrokerInput): Broker {
  const ended = new Disposables();
  const closing = new AbortController();
  const changed = ended.add(new Emitter<BrokerState>());
  let state: BrokerState = { state: 'off' };
  let shift: Shift | undefined;
  let isAsked = false;
  const become = (next: BrokerState): void => {
    if (JSON.stringify(next) === JSON.stringify(state)) return;
    state = next;
    changed.fire(next);
  };
  const pause = (): Promise<void> => input.clock.sleep(TURN_MS, closing.signal);
  const work = async (): Promise<void> => {
    shift = await beginShift(input);
    for (; !closing.signal.aborted; await pause()) become(await shift.turn());
  };
  /** Until something may have changed: the keychain was unlocked, time has passed, or a person asks for it. */
  const recover = async (error: UserError): Promise<void> => {
    const mayTry = retryRule(input, error);
    isAsked = false;
    while (!isAsked && !mayTry()) await pause();
  };
  const run = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      try {
        await work();
      } catch (error) {
        shift?.dispose();
        shift = undefined;
        if (closing.signal.aborted) return;
        const explained = failure(input, error);
        become({ state: 'failed', error: explained });
        await recover(explained).catch(() => undefined);
      }
    }
  };
  return {
    start() {
      isAsked = true;
      if (state.state !== 'off' || closing.signal.aborted) return;
      become({ state: 'starting' });
      void run();
    },
    current: () => state,
    onChange: changed.listen,
    onTrouble: input.office.trouble.listen,
    credentialsUri: () => ('port' in state ? credentialsUri(state.port) : undefined),
    find: () => find(input),
    dispose() {
      closing.abort();
      shift?.dispose();
      ended.dispose();
    },
  };
}

/** Asking a locked keychain again and again would show its dialog again and again: another use of it unlocks it. */
function retryRule({ office }: BrokerInput, { code }: UserError): () => boolean {
  const since = performance.now();
  if (code.startsWith('keychain.')) return () => office.key.loaded() !== undefined;
  return () => performance.now() - since > RETRY_MS;
}

async function find({ office, serving }: BrokerInput): Promise<string | undefined> {
  const port = serving.read()?.port;
  if (port === undefined) return undefined;
  const { proveBroker } = await import('./proveBroker.ts');
  return (await proveBroker(await office.key.get(), port)) === 'broker' ? credentialsUri(port) : undefined;
}

/** The key first: without it nobody can be recognised, so there is nothing to serve. */
async function beginShift(input: BrokerInput): Promise<Shift> {
  const key = await input.office.key.get();
  const { createShift } = await import('./shift.ts');
  return createShift(input, key, randomUUID());
}

function failure({ office }: BrokerInput, error: unknown): UserError {
  office.log.error(`The broker stopped: ${describeError(error)}`);
  if (error instanceof UserError) return error;
  return new UserError('broker.failed', 'No Wing cannot hand sessions to processes: its broker stopped.', {
    hint: 'Terminals and tools of the agent get no credentials until it runs again. The log of No Wing says more.',
    cause: error,
  });
}
