/** The columns of a batch while it grows. */
import type { Batch } from './batch.ts';
import { writeUuid } from './eventId.ts';

type Filled = Omit<Batch, 'fresh' | 'names' | 'sessions' | 'shared'>;

const FIRST_SIZE = 1024;

export class Columns {
  count = 0;
  place = new Int32Array(FIRST_SIZE);
  call = new Int32Array(FIRST_SIZE);
  caller = new Int32Array(FIRST_SIZE);
  origin = new Int32Array(FIRST_SIZE);
  id = new Uint8Array(16 * FIRST_SIZE);
  #time = new Float64Array(FIRST_SIZE);
  #unit = new Int32Array(FIRST_SIZE);
  #position = new Int32Array(FIRST_SIZE);
  #resourceFrom = new Int32Array(FIRST_SIZE + 1);
  #resources = new Int32Array(FIRST_SIZE);
  #resourceCount = 0;
  #oddIds = new Map<number, string>();

  /** @returns the number of a new event, whose other columns are for the caller to fill. */
  next(time: number, unit: number, position: number): number {
    if (this.count === this.#time.length) this.#grow();
    const event = this.count++;
    this.#time[event] = time;
    this.#unit[event] = unit;
    this.#position[event] = position;
    this.#resourceFrom[event + 1] = this.#resourceCount;
    return event;
  }

  /** Of the newest event. */
  addResource(text: number): void {
    if (this.#resourceCount === this.#resources.length) this.#resources = grown(this.#resources, Int32Array);
    this.#resources[this.#resourceCount++] = text;
    this.#resourceFrom[this.count] = this.#resourceCount;
  }

  writeId(event: number, id: string): void {
    const bytes = Buffer.from(id);
    if (!writeUuid(bytes, 0, bytes.length, this.id, event * 16)) this.#oddIds.set(event, id);
  }

  take(): Filled {
    const { count } = this;
    const filled = {
      count,
      time: this.#time.slice(0, count),
      id: this.id.slice(0, count * 16),
      oddIds: this.#oddIds,
      place: this.place.slice(0, count),
      call: this.call.slice(0, count),
      caller: this.caller.slice(0, count),
      origin: this.origin.slice(0, count),
      unit: this.#unit.slice(0, count),
      position: this.#position.slice(0, count),
      resourceFrom: this.#resourceFrom.slice(0, count + 1),
      resources: this.#resources.slice(0, this.#resourceCount),
    };
    this.count = 0;
    this.#resourceCount = 0;
    this.#oddIds = new Map();
    return filled;
  }

  #grow(): void {
    this.#time = grown(this.#time, Float64Array);
    this.#unit = grown(this.#unit, Int32Array);
    this.#position = grown(this.#position, Int32Array);
    this.#resourceFrom = grown(this.#resourceFrom, Int32Array);
    this.place = grown(this.place, Int32Array);
    this.call = grown(this.call, Int32Array);
    this.caller = grown(this.caller, Int32Array);
    this.origin = grown(this.origin, Int32Array);
    this.id = grown(this.id, Uint8Array);
  }
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
