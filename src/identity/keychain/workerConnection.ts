/**
 * At most one keychain worker at a time: started when it is first needed, ended when it is idle, replaced when it
 * crashed, when it did not answer in time, or when its connection to the keyring has gone stale.
 */
import * as v from 'valibot';
import { Cancelled } from '../../base/cancellation.ts';
import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposables.ts';
import { type Answer, type Operation, Reply, type Request } from './protocol.ts';

/** `interrupted`: the worker ended, or lost the keyring, before it answered; whether the call was done is not known. */
export type Attempt =
  | Answer
  | { readonly state: 'interrupted'; readonly message: string }
  | { readonly state: 'timedOut'; readonly limitMs: number };

export interface WorkerConnection extends Disposable {
  /** Never rejects for what the keychain does. @throws Cancelled after `dispose`. */
  attempt(operation: Operation, limitMs: number): Promise<Attempt>;
}

/** A running worker, and what it says. `onEnd` may come more than once. */
export type StartWorker = (events: { onMessage(message: unknown): void; onEnd(how: string): void }) => {
  post(request: Request): void;
  kill(): void;
};

export interface WorkerConnectionInput {
  readonly start: StartWorker;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly idleMs: number;
}

export function connectWorker({ start, clock, idleMs }: WorkerConnectionInput): WorkerConnection {
  let live: LiveWorker | undefined;
  let idle: AbortController | undefined;
  let closed = false;
  const retire = (worker: LiveWorker, why: string): void => {
    if (live === worker) live = undefined;
    worker.end(why);
  };
  const endWhenIdle = (worker: LiveWorker): void => {
    if (worker !== live || worker.busy) return;
    idle?.abort();
    idle = new AbortController();
    clock.sleep(idleMs, idle.signal).then(() => retire(worker, 'it was idle'), ignore);
  };
  return {
    async attempt(operation, limitMs) {
      if (closed) throw new Cancelled();
      idle?.abort();
      if (!live || live.ended) live = new LiveWorker(start);
      const worker = live;
      const attempt = await worker.ask(operation, late => clock.sleep(limitMs, late), limitMs);
      if (needsNewWorker(attempt)) retire(worker, 'it was replaced');
      if (!closed) endWhenIdle(worker);
      return attempt;
    },
    dispose() {
      closed = true;
      idle?.abort();
      live?.end('it is not needed any more');
    },
  };
}

class LiveWorker {
  ended = false;
  #lastId = 0;
  readonly #pending = new Map<number, (attempt: Attempt) => void>();
  readonly #process: ReturnType<StartWorker>;

  constructor(start: StartWorker) {
    this.#process = start({
      onMessage: message => this.#settle(message),
      onEnd: how => this.end(how),
    });
  }

  get busy(): boolean {
    return this.#pending.size > 0;
  }

  async ask(
    operation: Operation,
    sleep: (signal: AbortSignal) => Promise<void>,
    limitMs: number,
  ): Promise<Attempt> {
    const id = ++this.#lastId;
    const { promise, resolve } = Promise.withResolvers<Attempt>();
    const answered = new AbortController();
    this.#pending.set(id, resolve);
    sleep(answered.signal).then(() => resolve({ state: 'timedOut', limitMs }), ignore);
    this.#process.post({ id, operation });
    const attempt = await promise;
    answered.abort();
    this.#pending.delete(id);
    return asInterrupted(attempt);
  }

  /** Whoever still waits for an answer is told that there will be none. */
  end(why: string): void {
    if (this.ended) return;
    this.ended = true;
    this.#process.kill();
    for (const resolve of this.#pending.values()) resolve({ state: 'interrupted', message: why });
  }

  #settle(message: unknown): void {
    const reply = v.safeParse(Reply, message);
    if (reply.success) this.#pending.get(reply.output.id)?.(reply.output.answer);
    else this.end('it said something that is not an answer');
  }
}

/** A process that has spoken with a keyring cannot speak with its successor; libsecret says so in these words. */
const STALE = [
  /The name .* was not provided/,
  /The session wrapping the secret does not exist/,
  /The connection is closed/,
];

function asInterrupted(attempt: Attempt): Attempt {
  const stale = attempt.state === 'failed' && STALE.some(words => words.test(attempt.message));
  return stale ? { state: 'interrupted', message: attempt.message } : attempt;
}

function needsNewWorker({ state }: Attempt): boolean {
  return state === 'interrupted' || state === 'timedOut';
}

function ignore(): void {
  return;
}
