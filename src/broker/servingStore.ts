/** Which port the broker of this user has, and which window serves there. `epoch` grows with each change of window. */
import * as v from 'valibot';
import type { Database } from '../store/database.ts';

const Serving = v.object({
  port: v.pipe(v.number(), v.integer(), v.minValue(1024), v.maxValue(65_535)),
  owner: v.nullable(v.string()),
  epoch: v.pipe(v.number(), v.integer()),
  /** When the owner was last known to serve. */
  beat: v.number(),
});
export type Serving = v.InferOutput<typeof Serving>;

export interface ServingStore {
  /** The port that processes were told; a record that says nothing sensible is forgotten. */
  read(): Serving | undefined;
  /** Where there is no port yet. @returns the epoch; undefined when another window was quicker. */
  begin(port: number, owner: string, now: number): number | undefined;
  /** After the window of `epoch`. @returns the new epoch; undefined when another window was quicker. */
  takeOver(epoch: number, port: number, owner: string, now: number): number | undefined;
  /** For those that only look whether a window serves. */
  beat(epoch: number, owner: string, now: number): void;
  /** Nobody serves from here on; the port stays remembered. */
  leave(epoch: number, owner: string): void;
  version(): number;
}

export function createServingStore(db: Database): ServingStore {
  return {
    read() {
      const row = db.get('SELECT port, owner, epoch, beat FROM broker_serving');
      if (row === undefined) return undefined;
      const parsed = v.safeParse(Serving, row);
      if (parsed.success) return parsed.output;
      db.run('DELETE FROM broker_serving');
      return undefined;
    },
    begin: (port, owner, now) => (db.run(BEGIN, port, owner, now) === 1 ? 1 : undefined),
    takeOver: (epoch, port, owner, now) =>
      db.run(TAKE_OVER, port, owner, now, epoch) === 1 ? epoch + 1 : undefined,
    beat: (epoch, owner, now) => void db.run(BEAT, now, epoch, owner),
    leave: (epoch, owner) => void db.run(LEAVE, epoch, owner),
    version: () => db.version(),
  };
}

const BEGIN = `INSERT INTO broker_serving (id, port, owner, epoch, beat) VALUES (1, ?, ?, 1, ?)
  ON CONFLICT DO NOTHING`;
const TAKE_OVER =
  'UPDATE broker_serving SET port = ?, owner = ?, epoch = epoch + 1, beat = ? WHERE epoch = ?';
const BEAT = 'UPDATE broker_serving SET beat = ? WHERE epoch = ? AND owner = ?';
const LEAVE = 'UPDATE broker_serving SET owner = NULL, beat = 0 WHERE epoch = ? AND owner = ?';
