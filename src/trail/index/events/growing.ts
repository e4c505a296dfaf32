/** Columns of events while they grow. */
import { EACH, type EachColumn, orderOf } from './columns.ts';
import type { EventColumns } from './segments.ts';

const FIRST_SIZE = 1024;

/** In the index's numbers. */
export interface NewEvent extends Readonly<Record<EachColumn, number>> {
  readonly seq: number;
  readonly time: number;
  /** Its id is the sixteen bytes that begin at `idAt`: a view of them for each event would cost more than the copy. */
  readonly ids: Uint8Array;
  readonly idAt: number;
  /** An id of another form. */
  readonly oddId: string | undefined;
}

export class Growing {
  count = 0;
  seqs = new Float64Array(FIRST_SIZE);
  ids = new Uint8Array(FIRST_SIZE * 16);
  resourceFrom = new Int32Array(FIRST_SIZE + 1);
  columns = newColumns(FIRST_SIZE);
  #time = new Float64Array(FIRST_SIZE);

  /** @returns its place. */
  add(event: NewEvent): number {
    if (this.count === this.seqs.length) this.#grow();
    const at = this.count++;
    const { columns } = this;
    this.seqs[at] = event.seq;
    this.#time[at] = event.time;
    for (let byte = 0; byte < 16; byte++) this.ids[at * 16 + byte] = event.ids[event.idAt + byte] ?? 0;
    columns.place[at] = event.place;
    columns.call[at] = event.call;
    columns.caller[at] = event.caller;
    columns.origin[at] = event.origin;
    columns.file[at] = event.file;
    columns.position[at] = event.position;
    return at;
  }

  whole(resources: readonly number[], oddIds: ReadonlyMap<number, string>): EventColumns {
    const { count, seqs, columns } = this;
    const firstSeq = seqs[0] ?? 0;
    const time = this.#time.slice(0, count);
    const each = (name: EachColumn): Int32Array => columns[name].slice(0, count);
    return {
      ...{ firstSeq, time, oddIds, order: orderOf(time) },
      offset: offsetsOf(seqs.subarray(0, count), firstSeq),
      id: this.ids.slice(0, count * 16),
      ...{ place: each('place'), call: each('call'), caller: each('caller') },
      ...{ origin: each('origin'), file: each('file'), position: each('position') },
      resourceFrom: this.resourceFrom.slice(0, count + 1),
      resources: Int32Array.from(resources),
    };
  }

  #grow(): void {
    this.seqs = grown(this.seqs, new Float64Array(this.seqs.length * 2));
    this.#time = grown(this.#time, new Float64Array(this.#time.length * 2));
    this.ids = grown(this.ids, new Uint8Array(this.ids.length * 2));
    this.resourceFrom = grown(this.resourceFrom, new Int32Array(this.seqs.length + 1));
    const larger = newColumns(this.seqs.length);
    for (const name of EACH) larger[name].set(this.columns[name]);
    this.columns = larger;
  }
}

function offsetsOf(seqs: Float64Array, firstSeq: number): Int32Array {
  const offsets = new Int32Array(seqs.length);
  for (let at = 0; at < offsets.length; at++) offsets[at] = (seqs[at] ?? 0) - firstSeq;
  return offsets;
}

function newColumns(size: number): Record<EachColumn, Int32Array> {
  const column = (): Int32Array => new Int32Array(size);
  const [place, call, caller] = [column(), column(), column()];
  return { place, call, caller, origin: column(), file: column(), position: column() };
}

function grown<T extends { set(other: T): void }>(array: T, larger: T): T {
  larger.set(array);
  return larger;
}
