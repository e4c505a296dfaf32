/**
 * Where sessions are while they are in memory: each sealed (`Secret`), none of them for longer than it is used. What is
 * over, unused for half an hour, or purged (lock, sign-out) is destroyed: whoever still holds it can read it no more.
 */
import { MINUTE } from '../base/clock.ts';
import type { Disposable } from '../base/disposables.ts';
import { elapsed, type Instant, type Now } from './instant.ts';
import type { Session } from './session.ts';

/** A session and when it was asked for: how long it lives is counted from there. */
export interface Held {
  readonly session: Session;
  readonly since: Instant;
}

/** Room for the session of one stream. */
export interface Place {
  /** Counts as use. */
  take(): Held | undefined;
  /** What was there stays until its own end, for calls that are under way. */
  keep(held: Held): void;
}

export interface Vault extends Disposable {
  place(profileId: string): Place;
  /** What is held for a profile, the newest of each place. Not a use. */
  look(profileId: string): Session[];
  /** Its places hold nothing more, whatever is still being minted for them; callers keep what they have. */
  forget(profileId: string): void;
  /** As `forget`, for one profile or all, and nobody can read what was there. */
  purge(profileId?: string): void;
}

/** Does `work` again and again, without keeping the process alive. */
export type Every = (ms: number, work: () => void) => Disposable;

export const every: Every = (ms, work) => {
  const timer = setInterval(work, ms).unref();
  return { dispose: () => clearInterval(timer) };
};

const LONGEST_IDLE_MS = 30 * MINUTE;
const SWEEP_MS = MINUTE;

/** Milliseconds of its life that are left; infinite for keys that do not expire. */
export function left({ session, since }: Held, now: Instant): number {
  return lifetime({ session, since }) - elapsed(since, now);
}

/** Milliseconds from when it was asked for to its end. */
export function lifetime({ session, since }: Held): number {
  return (session.credentials.expiresAt ?? Number.POSITIVE_INFINITY) - since.wall;
}

export function createVault(now: Now, repeat: Every = every): Vault {
  const rooms = new Set<Room>();
  const of = (profileId: string | undefined): Room[] =>
    [...rooms].filter(room => profileId === undefined || room.profileId === profileId);
  const sweep = (): void => {
    for (const room of rooms) room.sweep();
  };
  const sweeping = repeat(SWEEP_MS, sweep);
  const purge = (profileId?: string): void => {
    for (const room of of(profileId)) {
      room.end();
      rooms.delete(room);
    }
  };
  return {
    place(profileId) {
      const room = new Room(profileId, now);
      rooms.add(room);
      return room;
    },
    look: profileId => of(profileId).flatMap(room => room.newest() ?? []),
    forget(profileId) {
      for (const room of of(profileId)) {
        room.close();
        rooms.delete(room);
      }
    },
    purge,
    dispose() {
      sweeping.dispose();
      purge();
    },
  };
}

class Room implements Place {
  readonly profileId: string;
  readonly #now: Now;
  #held: Held[] = [];
  #usedAt: Instant;
  #closed = false;

  constructor(profileId: string, now: Now) {
    this.profileId = profileId;
    this.#now = now;
    this.#usedAt = now();
  }

  take(): Held | undefined {
    this.sweep();
    this.#usedAt = this.#now();
    return this.#held[0];
  }

  keep(held: Held): void {
    if (this.#closed) return;
    this.#usedAt = this.#now();
    this.#held = [held, ...this.#held];
  }

  newest(): Session | undefined {
    this.sweep();
    return this.#held[0]?.session;
  }

  /** Time is looked at here as well as by the timer, which a sleeping computer does not run. */
  sweep(): void {
    const now = this.#now();
    const idle = elapsed(this.#usedAt, now) >= LONGEST_IDLE_MS;
    const isOver = (held: Held): boolean => idle || left(held, now) <= 0;
    for (const held of this.#held.filter(isOver)) destroy(held);
    this.#held = this.#held.filter(held => !isOver(held));
  }

  close(): void {
    this.#closed = true;
    this.#held = [];
  }

  end(): void {
    for (const held of this.#held) destroy(held);
    this.close();
  }
}

function destroy({ session: { credentials } }: Held): void {
  credentials.secretAccessKey.destroy();
  credentials.sessionToken?.destroy();
}
