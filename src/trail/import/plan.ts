/** What an import has to read, in the pieces in which readers get it. */
import type { IndexFiles } from '../index/files.ts';
import type { Unit } from '../sources/source.ts';
import type { NumberedUnit } from './messages.ts';

/** What a reader gets at once. */
const MOST_UNITS = 1000;
const WORK_BYTES = 1 << 20;
/** Units have some events at least. */
const EVENTS_OF_UNIT = 20;

export interface PlanInput {
  readonly files: Pick<IndexFiles, 'isDone'>;
  /** Older events are not wanted. */
  readonly since: () => number;
  /** Somebody else has written since it began, who may be importing the same. */
  readonly hasCompany: () => boolean;
  /** How many events a transaction takes in. */
  readonly transaction: number;
}

export class Plan {
  readonly units: Unit[] = [];
  bytes = 0;
  /** Units that were in the index before. */
  already = 0;
  readonly #input: PlanInput;
  readonly #most: number;
  #next = 0;

  constructor(input: PlanInput) {
    this.#input = input;
    this.#most = Math.min(MOST_UNITS, Math.ceil(input.transaction / EVENTS_OF_UNIT));
  }

  add(unit: Unit): void {
    if (this.#isDone(unit)) {
      this.already++;
      return;
    }
    this.units.push(unit);
    this.bytes += unit.size;
  }

  /** A whole piece is there. */
  get hasPiece(): boolean {
    return this.units.length - this.#next >= this.#most;
  }

  /** @returns the next piece; nothing when all was given out. */
  take(): NumberedUnit[] {
    const piece: NumberedUnit[] = [];
    const hasCompany = this.#input.hasCompany();
    for (let bytes = 0; piece.length < this.#most && bytes < WORK_BYTES; ) {
      const number = this.#next;
      const unit = this.units[number];
      if (unit === undefined) break;
      this.#next++;
      if (hasCompany && this.#isDone(unit)) continue;
      piece.push({ number, unit });
      bytes += unit.size;
    }
    return piece;
  }

  #isDone(unit: Unit): boolean {
    return this.#input.files.isDone(unit, this.#input.since());
  }
}
