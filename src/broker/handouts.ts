/**
 * What was handed out to whom, durable before the answer is sent: from an access key id in CloudTrail to the process
 * that had it. Requests that arrive together share one write.
 */
import * as v from 'valibot';
import { UserError } from '../base/userError.ts';
import type { Database } from '../store/database.ts';

export interface Handout {
  readonly accessKeyId: string;
  readonly clientId: string;
  /** Of the first time. */
  readonly at: number;
}

export interface Handouts {
  /** @throws UserError `store.unrecorded`: then the session is not handed out. */
  record(accessKeyId: string, clientId: string): Promise<void>;
  isRecorded(accessKeyId: string, clientId: string): boolean;
  ofSession(accessKeyId: string): Handout[];
  ofClient(clientId: string): Handout[];
}

/** Known pairs are kept in memory up to here; a pair that fell out is looked up again. */
const KEPT = 10_000;

export function createHandouts(db: Database, now: () => number): Handouts {
  const known = new Set<string>();
  const insertSoon = createBatch(db, now);
  const many = (where: string, value: string): Handout[] =>
    db
      .all(`SELECT access_key_id, client_id, at FROM handout WHERE ${where} = ? ORDER BY at`, value)
      .map(parse);
  return {
    isRecorded: (accessKeyId, clientId) => known.has(`${accessKeyId} ${clientId}`),
    async record(accessKeyId, clientId) {
      await insertSoon(accessKeyId, clientId);
      if (known.size >= KEPT) known.clear();
      known.add(`${accessKeyId} ${clientId}`);
    },
    ofSession: id => many('access_key_id', id),
    ofClient: id => many('client_id', id),
  };
}

const INSERT = 'INSERT INTO handout (access_key_id, client_id, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING';

function createBatch(
  db: Database,
  now: () => number,
): (accessKeyId: string, clientId: string) => Promise<void> {
  let waiting: [string, string][] = [];
  let written: Promise<void> | undefined;
  const write = async (): Promise<void> => {
    await new Promise(setImmediate);
    const pairs = waiting;
    waiting = [];
    written = undefined;
    try {
      db.transaction(() => {
        for (const [accessKeyId, clientId] of pairs) db.run(INSERT, accessKeyId, clientId, now());
      });
    } catch (error) {
      throw unrecorded(error);
    }
  };
  return (accessKeyId, clientId) => {
    waiting.push([accessKeyId, clientId]);
    written ??= write();
    return written;
  };
}

const HandoutRow = v.pipe(
  v.object({ access_key_id: v.string(), client_id: v.string(), at: v.number() }),
  v.transform(({ access_key_id, client_id, at }) => ({
    accessKeyId: access_key_id,
    clientId: client_id,
    at,
  })),
);

function parse(row: Record<string, unknown>): Handout {
  return v.parse(HandoutRow, row);
}

function unrecorded(cause: unknown): UserError {
  return new UserError(
    'store.unrecorded',
    'The session was not handed out: No Wing cannot record that it was.',
    {
      hint: 'Make room on the disk, or let No Wing write to its database; then try again.',
      cause,
    },
  );
}
