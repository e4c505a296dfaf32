/** Many rows in one statement: what SQLite needs for a row is less than what calling it costs. */
import type { SQLInputValue } from 'node:sqlite';
import type { Database } from '../../store/database.ts';

const ROWS = 40;

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
  const sqlOf = (rows: number): string => `${insert} ${Array(rows).fill(row).join(',')} ${rest}`;
  const full = sqlOf(ROWS);
  let values: SQLInputValue[] = [];
  const run = (sql: string): void => {
    const rows = values.length / columns;
    const changed = db.run(sql, ...values);
    values = [];
    onRows?.(rows, changed);
  };
  return {
    add(...added) {
      for (const value of added) values.push(value);
      if (values.length === ROWS * columns) run(full);
    },
    flush() {
      for (let rows = values.length / columns; rows > 0; rows = values.length / columns) runPart(rows);
    },
  };

  /** In powers of two, so that few statements are prepared. */
  function runPart(rows: number): void {
    const part = 2 ** Math.floor(Math.log2(rows));
    const rest = values.slice(part * columns);
    values = values.slice(0, part * columns);
    run(sqlOf(part));
    values = rest;
  }
}
