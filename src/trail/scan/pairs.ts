/** Pairs of numbers, numbered from 1 in the order they were first seen, each with a value made then. */
export class Pairs<T> {
  readonly #values: T[] = [];
  #firsts = new Int32Array(1 << 8);
  #seconds = new Int32Array(1 << 8);
  #slots = new Int32Array(1 << 9);
  #sent = 0;

  /** @returns its number; 0 when it is new. */
  find(first: number, second: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = mix(first, second) & mask; ; slot = (slot + 1) & mask) {
      const number = this.#slots[slot] ?? 0;
      if (number === 0) return 0;
      if (this.#firsts[number] === first && this.#seconds[number] === second) return number;
    }
  }

  /** The number that the next new pair gets. */
  get next(): number {
    return this.#values.length + 1;
  }

  /** A new pair. @returns its number. */
  add(first: number, second: number, value: T): number {
    const number = this.next;
    if (number === this.#firsts.length) this.#grow();
    this.#firsts[number] = first;
    this.#seconds[number] = second;
    this.#place(number);
    this.#values.push(value);
    return number;
  }

  value(number: number): T | undefined {
    return this.#values[number - 1];
  }

  get count(): number {
    return this.#values.length;
  }

  /** The values that are new since it was last called. */
  take(): T[] {
    const added = this.#values.slice(this.#sent);
    this.#sent = this.#values.length;
    return added;
  }

  #grow(): void {
    const [firsts, seconds] = [this.#firsts, this.#seconds];
    this.#firsts = new Int32Array(firsts.length * 2);
    this.#firsts.set(firsts);
    this.#seconds = new Int32Array(seconds.length * 2);
    this.#seconds.set(seconds);
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let number = 1; number < firsts.length; number++) this.#place(number);
  }

  #place(number: number): void {
    const mask = this.#slots.length - 1;
    let slot = mix(this.#firsts[number] ?? 0, this.#seconds[number] ?? 0) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = number;
  }
}

function mix(first: number, second: number): number {
  const hash = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca77);
  return hash ^ (hash >>> 15);
}
