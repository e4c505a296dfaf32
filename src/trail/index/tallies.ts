/**
 * Counts by a number, in columns: a transaction has almost as many as events, and an object for each would cost more than
 * everything else that is done with it.
 */
export class Tallies {
  size = 0;
  #keys = new Float64Array(FIRST);
  #events = new Int32Array(FIRST);
  #latest = new Float64Array(FIRST);
  #isError = new Uint8Array(FIRST);
  /** An entry's number, from 1. */
  #slots = new Int32Array(2 * FIRST);

  add(key: number, events: number, latest: number, isError: boolean): void {
    const mask = this.#slots.length - 1;
    let slot = mix(key) & mask;
    for (; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] ?? 0;
      if (entry === 0) break;
      if (this.#keys[entry - 1] !== key) continue;
      this.#events[entry - 1] = (this.#events[entry - 1] ?? 0) + events;
      if (latest > (this.#latest[entry - 1] ?? 0)) this.#latest[entry - 1] = latest;
      return;
    }
    if (this.size === this.#keys.length) {
      this.#grow();
      this.add(key, events, latest, isError);
      return;
    }
    const at = this.size++;
    this.#keys[at] = key;
    this.#events[at] = events;
    this.#latest[at] = latest;
    this.#isError[at] = Number(isError);
    this.#slots[slot] = at + 1;
  }

  /** In the order of their keys: what is written in order is written fastest. */
  each(take: (key: number, events: number, latest: number, isError: boolean) => void): void {
    for (const key of this.#keys.slice(0, this.size).sort()) {
      const at = this.#find(key);
      take(key, this.#events[at] ?? 0, this.#latest[at] ?? 0, this.#isError[at] === 1);
    }
  }

  #find(key: number): number {
    const mask = this.#slots.length - 1;
    let slot = mix(key) & mask;
    while (this.#keys[(this.#slots[slot] ?? 0) - 1] !== key) slot = (slot + 1) & mask;
    return (this.#slots[slot] ?? 0) - 1;
  }

  #grow(): void {
    this.#keys = grown(this.#keys, Float64Array);
    this.#events = grown(this.#events, Int32Array);
    this.#latest = grown(this.#latest, Float64Array);
    this.#isError = grown(this.#isError, Uint8Array);
    this.#slots = new Int32Array(this.#slots.length * 2);
    const mask = this.#slots.length - 1;
    for (let at = 0; at < this.size; at++) {
      let slot = mix(this.#keys[at] ?? 0) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = at + 1;
    }
  }
}

const FIRST = 1 << 10;
const HIGH = 2 ** 32;

function mix(key: number): number {
  const hash = Math.imul(key | 0, 0x9e3779b1) ^ Math.imul((key / HIGH) | 0, 0x85ebca77);
  return hash ^ (hash >>> 15);
}

interface Growing<T> {
  readonly length: number;
  set(other: T): void;
}

function grown<T extends Growing<T>>(array: T, make: new (length: number) => T): T {
  const larger = new make(array.length * 2);
  larger.set(array);
  return larger;
}
