/**
 * One window of this user serves, on a port that is remembered, because processes that were told it live longer than
 * windows. The others stand by: they try to take the port, and get it when the one that serves is gone. Whoever got
 * hold of the port meanwhile may have been sent keys; so each change of window changes them.
 */
import { randomInt } from 'node:crypto';
import { type Clock, SECOND } from '../base/clock.ts';
import type { Disposable } from '../base/disposables.ts';
import type { Log } from '../base/log.ts';
import { errorName } from '../base/userError.ts';
import type { Listening } from './httpServer.ts';
import type { Listener } from './proveBroker.ts';
import type { Serving, ServingStore } from './servingStore.ts';

export interface ServingInput {
  readonly store: ServingStore;
  readonly owner: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** Opens the port; what comes is held back until `arrive` is done. @throws `EADDRINUSE`, `EACCES` */
  readonly open: (port: number) => Promise<Listening>;
  readonly whoListens: (port: number) => Promise<Listener>;
  /** The first thing after the port is ours: makes void what others may have caught. */
  readonly arrive: (arrival: Arrival) => Promise<void>;
  /** Milliseconds that only go forward. */
  readonly elapsed: () => number;
}

export type Arrival = 'samePort' | 'newPort';

export type Place =
  | { readonly state: 'serving' | 'standby'; readonly port: number }
  | { readonly state: 'starting' };

export interface Server extends Disposable {
  /** One look at how things are, and what follows. @throws what keeps this window from serving */
  turn(): Promise<Place>;
}

const LOOK_MS = SECOND;
/** Each beat waits for the disk. */
const BEAT_MS = 10 * SECOND;
/** A window may be busy; one that says nothing for so long is not one of ours, or does not serve any more. */
const SILENCE_MS = 30 * SECOND;

interface Served {
  readonly listening: Listening;
  readonly epoch: number;
  lookedAt: number;
  beatAt: number;
}

export function createServer(input: ServingInput): Server {
  let served: Served | undefined;
  let closed = false;
  const outlook = createOutlook(input);
  const leave = (): void => {
    served?.listening.dispose();
    served = undefined;
  };
  const serve = async (listening: Listening, epoch: number, arrival: Arrival): Promise<Place> => {
    served = { listening, epoch, lookedAt: input.elapsed(), beatAt: input.elapsed() };
    if (closed) leave();
    else await input.arrive(arrival);
    return { state: 'serving', port: listening.port };
  };
  /** @returns undefined when another window was quicker */
  const claimed = async (listening: Listening, before: Serving | undefined): Promise<Place | undefined> => {
    const epoch = closed ? undefined : claimOrClose(input, listening, before);
    if (epoch === undefined) {
      listening.dispose();
      return undefined;
    }
    return serve(listening, epoch, before && before.port !== listening.port ? 'newPort' : 'samePort');
  };
  const attempt = async (): Promise<Place> => {
    const before = input.store.read();
    const place = before ? { state: 'standby' as const, port: before.port } : STARTING;
    if (!before) return (await claimed(await openAnywhere(input), undefined)) ?? place;
    const listening = await openThere(input, before.port);
    if (listening) return (await claimed(listening, before)) ?? place;
    if (!(await outlook.isLost(before))) return place;
    input.log.warn(`Another program has port ${before.port} of the broker: No Wing takes a new one.`);
    return (await claimed(await openAnywhere(input), before)) ?? place;
  };
  return {
    async turn() {
      if (!served) return attempt();
      if (isOurs(input, served)) return { state: 'serving', port: served.listening.port };
      input.log.warn('Another window serves as the broker now.');
      leave();
      return attempt();
    },
    dispose() {
      closed = true;
      if (served) sayGone(input, served);
      leave();
    },
  };
}

const STARTING: Place = { state: 'starting' };

/** @returns the epoch; undefined when another window was quicker. */
function claimOrClose(
  { store, owner, clock }: ServingInput,
  listening: Listening,
  before: Serving | undefined,
): number | undefined {
  const { port } = listening;
  try {
    const now = clock.now();
    return before ? store.takeOver(before.epoch, port, owner, now) : store.begin(port, owner, now);
  } catch (error) {
    listening.dispose();
    throw error;
  }
}

/** A store that cannot be read just now is no sign of another window. */
function isOurs(input: ServingInput, served: Served): boolean {
  const { store, owner, elapsed, clock, log } = input;
  if (elapsed() - served.lookedAt < LOOK_MS) return true;
  served.lookedAt = elapsed();
  try {
    const now = store.read();
    if (now?.owner !== owner || now.epoch !== served.epoch) return false;
    if (elapsed() - served.beatAt >= BEAT_MS) {
      served.beatAt = elapsed();
      store.beat(served.epoch, owner, clock.now());
    }
  } catch (error) {
    log.warn(`The broker could not see, or say, that it still serves: ${errorName(error)}`);
  }
  return true;
}

/** A store that is full keeps the last beat, which grows old by itself. */
function sayGone({ store, owner, log }: ServingInput, { epoch }: Served): void {
  try {
    store.leave(epoch, owner);
  } catch (error) {
    log.warn(`The broker could not say that it has stopped: ${errorName(error)}`);
  }
}

/** @returns undefined when somebody has the port, or this user may not have it. */
async function openThere({ open }: ServingInput, port: number): Promise<Listening | undefined> {
  try {
    return await open(port);
  } catch (error) {
    if (isTaken(error)) return undefined;
    throw error;
  }
}

function isTaken(error: unknown): boolean {
  return ['EADDRINUSE', 'EACCES'].includes(errorName(error));
}

/**
 * Below the ports that systems give to outgoing connections (Linux: from 32768, others: from 49152): there, nobody
 * stumbles on ours while it is free, and a process that tries to reach it cannot end up connected to itself.
 */
const PORTS = [20_000, 32_768] as const;
const ATTEMPTS = 30;

async function openAnywhere(input: ServingInput): Promise<Listening> {
  for (let attempt = 1; attempt < ATTEMPTS; attempt++) {
    const listening = await openThere(input, randomInt(...PORTS));
    if (listening) return listening;
  }
  return input.open(0);
}

const TRUST_MS = 2 * SECOND;

interface Outlook {
  /** Is the port somebody else's for good? */
  isLost(serving: Serving): Promise<boolean>;
}

function createOutlook({ whoListens, elapsed }: ServingInput): Outlook {
  let provenAt = Number.NEGATIVE_INFINITY;
  let silentSince: number | undefined;
  return {
    async isLost({ port }) {
      if (elapsed() - provenAt < TRUST_MS) return false;
      const listener = await whoListens(port);
      if (listener === 'stranger') return true;
      if (listener === 'broker') {
        provenAt = elapsed();
        silentSince = undefined;
        return false;
      }
      silentSince ??= elapsed();
      return elapsed() - silentSince > SILENCE_MS;
    },
  };
}
