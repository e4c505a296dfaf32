/** Rows are parsed at the edge like everything from outside: another version, or another program, may have written them. */
import * as v from 'valibot';
import { UserError } from '../base/userError.ts';

/** Parses the JSON text in a row's `body` column. @throws UserError `store.row` */
export function parseBody<const S extends v.GenericSchema>(
  schema: S,
  row: Record<string, unknown>,
): v.InferOutput<S> {
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), row['body']);
  if (result.success) return result.output;
  throw new UserError('store.row', 'No Wing found a record in its database that it cannot read.', {
    hint: 'The log names the record. Removing and adding it again repairs it.',
    cause: new Error(v.summarize(result.issues)),
  });
}

/** Of many rows those that can be read: one that another program has damaged does not hide the others; it stays. */
export function readableBodies<const S extends v.GenericSchema>(
  schema: S,
  rows: readonly Record<string, unknown>[],
): v.InferOutput<S>[] {
  const body = v.pipe(v.string(), v.parseJson(), schema);
  return rows.flatMap(row => {
    const result = v.safeParse(body, row['body']);
    return result.success ? [result.output] : [];
  });
}
