// Keychain workers without a process: all of them share one keyring, and each request meets the next behaviour.
import type { Operation, Request } from '../../../../src/identity/keychain/protocol.ts';
import type { StartWorker } from '../../../../src/identity/keychain/workerConnection.ts';

export type Behaviour =
  | 'answer'
  | 'silence'
  | 'crash'
  | 'doneThenCrash'
  | 'doneInSilence'
  | 'unloadable'
  | 'nonsense'
  | 'wrongId'
  | { readonly says: string }
  | { readonly after: number };

export interface FakeWorkers {
  readonly start: StartWorker;
  readonly entries: Map<string, string>;
  /** What was asked of all of them, in order. */
  readonly requests: string[];
  started: number;
  running: number;
}

/** After the last of `meets`, everything is answered. */
export function fakeWorkers(meets: readonly Behaviour[], entries: readonly [string, string][]): FakeWorkers {
  const next = [...meets];
  const fake: FakeWorkers = {
    start: events => startOne(fake, () => next.shift() ?? 'answer', events),
    entries: new Map(entries),
    requests: [],
    started: 0,
    running: 0,
  };
  return fake;
}

function startOne(fake: FakeWorkers, next: () => Behaviour, events: Parameters<StartWorker>[0]) {
  let alive = true;
  fake.started += 1;
  fake.running += 1;
  const end = (how: string) => {
    if (alive) fake.running -= 1;
    alive = false;
    events.onEnd(how);
  };
  const say = (message: unknown) => queueMicrotask(() => alive && events.onMessage(message));
  return {
    kill: () => end('SIGKILL'),
    post(request: Request) {
      fake.requests.push(request.operation.op);
      const meet = next();
      if (typeof meet === 'string') return meets[meet]({ ...request, fake, say, end });
      if ('says' in meet) return say({ id: request.id, answer: { state: 'failed', message: meet.says } });
      setTimeout(() => meets.answer({ ...request, fake, say, end }), meet.after).unref();
    },
  };
}

interface Meeting extends Request {
  readonly fake: FakeWorkers;
  say(message: unknown): void;
  end(how: string): void;
}

const meets: Record<Extract<Behaviour, string>, (meeting: Meeting) => void> = {
  answer: ({ id, operation, fake, say }) => {
    say({ id, answer: { state: 'answered', value: perform(fake, operation) } });
  },
  silence: () => undefined,
  doneInSilence: ({ operation, fake }) => void perform(fake, operation),
  crash: ({ end }) => queueMicrotask(() => end('SIGSEGV')),
  doneThenCrash: ({ operation, fake, end }) => {
    perform(fake, operation);
    queueMicrotask(() => end('SIGSEGV'));
  },
  unloadable: ({ id, say }) => say({ id, answer: { state: 'unloadable', message: 'libsecret-1.so.0' } }),
  nonsense: ({ id, say }) => say({ id, answer: 42 }),
  wrongId: ({ id, say }) => say({ id: id + 1000, answer: { state: 'answered', value: 'not yours' } }),
};

function perform({ entries }: FakeWorkers, operation: Operation): string | boolean | null {
  if (operation.op === 'get') return entries.get(operation.key) ?? null;
  if (operation.op === 'delete') return entries.delete(operation.key);
  entries.set(operation.key, operation.value);
  return null;
}
