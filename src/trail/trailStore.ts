/** Events and coverage in the store. A page and what it completes are kept in one transaction, so neither is without the other. */
import type { Database, Row } from '../store/database.ts';
import type { Attribution } from './attribution/attribution.ts';
import { addPeriod, type Period } from './period.ts';
import type { TrailEvent } from './trailEvent.ts';

export interface Place {
  readonly accountId: string;
  readonly region: string;
}

export interface TrailStore {
  /** @returns how many of the events were not there before. */
  keep(
    events: readonly TrailEvent[],
    attribute: (event: TrailEvent) => Attribution,
    covered?: Place & { readonly period: Period },
  ): number;
  coverage(place: Place): Period[];
  /** The whole record as JSON text. */
  record(accountId: string, eventId: string): string | undefined;
  size(): number;
}

export function createTrailStore(db: Database): TrailStore {
  return {
    keep: (events, attribute, covered) =>
      db.transaction(() => {
        const added = events.filter(event => insert(db, event, attribute)).length;
        if (covered) cover(db, covered, covered.period);
        return added;
      }),
    coverage: place => readCoverage(db, place),
    record: (accountId, eventId) => textOf(db.get(RECORD, accountId, eventId)),
    size: () => Number(db.get('SELECT count(*) AS n FROM trail_event')?.['n'] ?? 0),
  };
}

const RECORD = `SELECT body FROM trail_record JOIN trail_event USING (seq) WHERE account_id = ? AND event_id = ?`;

const INSERT = `
  INSERT INTO trail_event (account_id, event_id, time, region, name, source, read_only, error, access_key_id,
    session_name, principal_arn, issuer_arn, resources, search, actor_kind, actor_name, on_behalf_of, deployment_id,
    attribution)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account_id, event_id) DO NOTHING`;

function insert(db: Database, event: TrailEvent, attribute: (event: TrailEvent) => Attribution): boolean {
  // The same event comes again with every overlap: a verdict on it is not needed then.
  if (db.get(SEQ, event.accountId, event.id)) return false;
  const { principal } = event;
  db.run(
    INSERT,
    event.accountId,
    event.id,
    event.time,
    event.region,
    event.name,
    event.source,
    event.readOnly === undefined ? null : Number(event.readOnly),
    event.error ?? null,
    principal.accessKeyId ?? null,
    principal.sessionName ?? null,
    principal.arn ?? null,
    principal.issuerArn ?? null,
    JSON.stringify(event.resources),
    searchText(event),
    ...attributionValues(attribute(event)),
  );
  db.run(
    'INSERT INTO trail_record (seq, body) SELECT seq, ? FROM trail_event WHERE account_id = ? AND event_id = ?',
    event.json,
    event.accountId,
    event.id,
  );
  return true;
}

const SEQ = 'SELECT seq FROM trail_event WHERE account_id = ? AND event_id = ?';

/** In the order of the columns from `actor_kind` on. */
export function attributionValues(attribution: Attribution): [string, string, string, string | null, string] {
  return [
    attribution.actor.kind,
    attribution.actor.name,
    attribution.onBehalfOf ?? '',
    attribution.deploymentId ?? null,
    JSON.stringify(attribution),
  ];
}

function searchText(event: TrailEvent): string {
  const { principal } = event;
  return [
    event.name,
    event.source,
    event.region,
    event.accountId,
    event.error,
    event.sourceIp,
    principal.arn,
    principal.userName,
    principal.accessKeyId,
    principal.sourceIdentity,
    principal.invokedBy,
    event.id,
    ...event.resources,
  ]
    .filter(text => text !== undefined)
    .join('\n')
    .toLowerCase();
}

/** Read and written inside one transaction: another window may be adding its own. */
function cover(db: Database, { accountId, region }: Place, period: Period): void {
  const periods = addPeriod(readCoverage(db, { accountId, region }), period);
  db.run('DELETE FROM trail_coverage WHERE account_id = ? AND region = ?', accountId, region);
  for (const { from, to } of periods)
    db.run('INSERT INTO trail_coverage VALUES (?, ?, ?, ?)', accountId, region, from, to);
}

function readCoverage(db: Database, { accountId, region }: Place): Period[] {
  return db
    .all(
      'SELECT from_ms, to_ms FROM trail_coverage WHERE account_id = ? AND region = ? ORDER BY from_ms',
      accountId,
      region,
    )
    .map(row => ({ from: Number(row['from_ms']), to: Number(row['to_ms']) }));
}

function textOf(row: Row | undefined): string | undefined {
  const body = row?.['body'];
  return typeof body === 'string' ? body : undefined;
}
