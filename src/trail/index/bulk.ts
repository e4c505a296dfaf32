/**
 * Many rows in one statement: what SQLite needs for a row is less than what calling it costs.
 *
 * Say `INSERT OR FAIL`: of a statement for many rows that could be undone alone SQLite copies every page it touches, which
 * takes as long as all else when the rows go all over a table. Here its transaction is undone as a whole.
 */
import type { SQLInputValue } from 'node:sqlite';
import type { Database } from '../../store/database.ts';

const ROWS = 128;

export interface Bulk {
  add(...row: SQLInputValue[]): void;
  flush(): void;
}

/**
 * @param insert - up to and with `VALUES`. @param rest - what follows the rows.
 * @param onRows - called after each statement with how many rows it had and how many it changed.
 */
export function createBulk(
  db: Database,
  { insert, columns, rest = '' }: { insert: string; columns: number; rest?: string },
  onRows?: (rows: number, changed: number) => void,
): Bulk {
  const row = `(${Array(columns).fill('?').join(',')})`;
  const values: SQLInputValue[] = [];
  let filled = 0;
  const full = ROWS * columns;
  const sqlOf = (rows: number): string => `${insert} ${Array(rows).fill(row).join(',')} ${rest}`;
  const sqlOfFull = sqlOf(ROWS);
  const run = (rows: number, own: readonly SQLInputValue[]): void => {
    const changed = db.run(rows === ROWS ? sqlOfFull : sqlOf(rows), ...own);
    onRows?.(rows, changed);
  };
  return {
    add(...added) {
      for (const value of added) values[filled++] = value;
      if (filled < full) return;
      filled = 0;
      run(ROWS, values);
    },
    // In powers of two, so that few statements are prepared.
    flush() {
      let from = 0;
      for (let left = filled / columns; left > 0; ) {
        const rows = 2 ** Math.floor(Math.log2(left));
        run(rows, values.slice(from, from + rows * columns));
        from += rows * columns;
        left -= rows;
      }
      filled = 0;
    },
  };
}
