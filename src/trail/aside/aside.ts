/**
 * Questions to the index that may take long, asked aside: in a thread, which is there while it is needed and a while after.
 */
import { Worker } from 'node:worker_threads';
import { Cancelled, throwIfCancelled } from '../../base/cancellation.ts';
import type { Disposable } from '../../base/disposables.ts';
import { revived } from '../import/failure.ts';
import type { Answer, AnsweringData, Answers, Asked, Question } from './messages.ts';

export interface Aside extends Disposable {
  /** @throws Cancelled, UserError `trail.index*` */
  ask<K extends Question['is']>(
    question: Extract<Question, { is: K }>,
    signal?: AbortSignal,
  ): Promise<Answers[K]>;
}

export interface AsideInput extends Omit<AnsweringData, 'role'> {
  /** `dist/trailWorker.cjs` */
  readonly worker: string;
  /** How long the thread stays when nobody asks. In milliseconds. */
  readonly idle?: number;
}

const IDLE = 30_000;
/** The cache of SQLite's is outside of it. */
const LIMITS = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 512 };

export function createAside(input: AsideInput): Aside {
  const aside = new AnsweringThread(input);
  return {
    ask: async <K extends Question['is']>(question: Extract<Question, { is: K }>, signal?: AbortSignal) =>
      (await aside.ask(question, signal)) as Answers[K],
    dispose: () => aside.end(new Cancelled()),
  };
}

interface Waiting {
  resolve(result: Answers[Question['is']]): void;
  reject(error: unknown): void;
}

class AnsweringThread {
  readonly #input: AsideInput;
  readonly #waiting = new Map<number, Waiting>();
  #thread: Worker | undefined;
  #asked = 0;
  #leaving: NodeJS.Timeout | undefined;

  constructor(input: AsideInput) {
    this.#input = input;
  }

  async ask(question: Question, signal: AbortSignal | undefined): Promise<Answers[Question['is']]> {
    if (signal) throwIfCancelled(signal);
    const number = ++this.#asked;
    const cancel = (): void => this.#cancel(number);
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting.set(number, { resolve, reject });
        const asked: Asked = { number, question };
        this.#present().postMessage(asked);
      });
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Who still waits hears why. */
  end(reason: unknown): void {
    clearTimeout(this.#leaving);
    const thread = this.#thread;
    this.#thread = undefined;
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of all) reject(reason);
    void thread?.terminate();
  }

  #present(): Worker {
    clearTimeout(this.#leaving);
    const thread = this.#thread ?? this.#started();
    thread.ref();
    return thread;
  }

  #started(): Worker {
    const { worker, indexFile, ledgerFile } = this.#input;
    const data: AnsweringData = { role: 'answer', indexFile, ledgerFile };
    const thread = new Worker(worker, { workerData: data, resourceLimits: LIMITS });
    this.#thread = thread;
    thread.on('message', (answer: Answer) => this.#hear(answer));
    const failed = (reason: unknown): void => {
      if (this.#thread === thread) this.end(reason);
    };
    thread.on('error', failed);
    thread.on('exit', code => failed(new Error(`The thread that answers ended with ${code}.`)));
    return thread;
  }

  #hear(answer: Answer): void {
    const waiting = this.#waiting.get(answer.number);
    this.#waiting.delete(answer.number);
    if ('error' in answer) waiting?.reject(revived(answer.error));
    else waiting?.resolve(answer.result);
    if (this.#waiting.size === 0) this.#rest();
  }

  /** A question in the works cannot be stopped but with its thread: only when nobody else waits for that. */
  #cancel(number: number): void {
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    waiting?.reject(new Cancelled());
    if (this.#waiting.size === 0) this.end(new Cancelled());
  }

  /** So that a program that has nothing else to do can end. */
  #rest(): void {
    this.#thread?.unref();
    this.#leaving = setTimeout(() => this.end(new Cancelled()), this.#input.idle ?? IDLE).unref();
  }
}
