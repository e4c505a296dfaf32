/**
 * Deployments in the database: every step is here before it is taken, and every transition is compared and set, so
 * that two windows cannot both make it. The lease says which window works on one; it ends when the window stops beating.
 */
import { SECOND } from '../base/clock.ts';
import type { Database } from '../store/database.ts';
import { parseBody, readableBodies } from '../store/parseRow.ts';
import { Deployment, type State, type Status } from './deployment.ts';
import { ResourceEvent } from './resourceEvents.ts';
import { Source } from './source.ts';

/** A window that has not beaten for so long is gone. Far above the beat, for a laptop that was asleep. */
export const LEASE_MS = 45 * SECOND;

/** What else may change with a state. */
export type Facts = Partial<Pick<Deployment, 'onBehalfOf' | 'createsStack' | 'endedAt' | 'verification'>>;

export interface DeploymentStore {
  insert(deployment: Deployment, source: Source, owner: string, now: number): void;
  get(id: string): Deployment | undefined;
  /** What it was planned from, without secret values. */
  source(id: string): Source | undefined;
  /** By one that says the same more exactly. */
  replaceSource(id: string, source: Source): void;
  /** Newest first. */
  list(): Deployment[];
  /** Those that are not ended and that no living window works on. */
  orphans(now: number): Deployment[];
  /**
   * @param next undefined leaves it as it is.
   * @returns the deployment after it; undefined when it was in none of the states `from`, or `next` said no.
   */
  transition(
    id: string,
    from: readonly Status[],
    next: (before: Deployment) => ({ state: State } & Facts) | undefined,
  ): Deployment | undefined;
  note(id: string, facts: Facts): void;
  /** @returns false when a living window holds it. */
  claim(id: string, owner: string, now: number): boolean;
  holds(id: string, owner: string): boolean;
  beat(owner: string, now: number): void;
  release(owner: string, id?: string): void;
  /** Keeps what is new, in order. @returns the new ones; none when the lease is somebody else's. */
  addEvents(id: string, owner: string, events: readonly ResourceEvent[]): ResourceEvent[];
  events(id: string): ResourceEvent[];
  /** Changes when another window has changed something. */
  version(): number;
}

export function createDeploymentStore(db: Database): DeploymentStore {
  const get = (id: string): Deployment | undefined => {
    const row = db.get('SELECT body FROM deployment WHERE id = ?', id);
    return row && parseBody(Deployment, row);
  };
  return {
    insert: (deployment, source, owner, now) => insert(db, deployment, source, owner, now),
    get,
    source: id => sourceOf(db, id),
    replaceSource: (id, source) => {
      db.run('UPDATE deployment_source SET body = ? WHERE deployment_id = ?', JSON.stringify(source), id);
    },
    list: () => many(db, 'SELECT body FROM deployment ORDER BY started_at DESC, rowid DESC'),
    orphans: now => many(db, `${OPEN} AND ${FREE} ORDER BY started_at`, ...freeAt(now)),
    transition: (id, from, next) =>
      db.transaction(() => {
        const before = get(id);
        const change = before && from.includes(before.state.status) ? next(before) : undefined;
        return before && change && write(db, { ...before, ...change });
      }),
    note: (id, facts) =>
      db.transaction(() => {
        const before = get(id);
        if (before) write(db, { ...before, ...facts });
      }),
    ...leases(db),
    ...eventLog(db),
    version: () => db.version(),
  };
}

const OPEN = `SELECT body FROM deployment WHERE status IN ('planning', 'awaitingApproval', 'executing')`;
/** A heartbeat from the future is one from before the clock was set back. */
const FREE = '(owner IS NULL OR heartbeat < ? OR heartbeat > ?)';
const freeAt = (now: number): [number, number] => [now - LEASE_MS, now + LEASE_MS];

function leases(db: Database): Pick<DeploymentStore, 'claim' | 'holds' | 'beat' | 'release'> {
  return {
    claim: (id, owner, now) =>
      db.run(
        `UPDATE deployment SET owner = ?, heartbeat = ? WHERE id = ? AND (owner = ? OR ${FREE})`,
        ...[owner, now, id, owner, ...freeAt(now)],
      ) === 1,
    holds: (id, owner) =>
      db.get('SELECT 1 FROM deployment WHERE id = ? AND owner = ?', id, owner) !== undefined,
    beat: (owner, now) => {
      db.run('UPDATE deployment SET heartbeat = ? WHERE owner = ?', now, owner);
    },
    release: (owner, id) => {
      db.run(
        'UPDATE deployment SET owner = NULL WHERE owner = ? AND id = coalesce(?, id)',
        owner,
        id ?? null,
      );
    },
  };
}

function eventLog(db: Database): Pick<DeploymentStore, 'addEvents' | 'events'> {
  return {
    addEvents: (id, owner, events) =>
      db.transaction(() =>
        events.filter(
          event =>
            db.run(
              `INSERT OR IGNORE INTO deployment_event (deployment_id, position, event_id, body)
               SELECT ?, (SELECT count(*) FROM deployment_event WHERE deployment_id = ?), ?, ?
               WHERE EXISTS (SELECT 1 FROM deployment WHERE id = ? AND owner = ?)`,
              ...[id, id, event.eventId, JSON.stringify(event), id, owner],
            ) === 1,
        ),
      ),
    events: id =>
      db
        .all('SELECT body FROM deployment_event WHERE deployment_id = ? ORDER BY position', id)
        .map(row => parseBody(ResourceEvent, row)),
  };
}

function insert(db: Database, deployment: Deployment, source: Source, owner: string, now: number): void {
  db.transaction(() => {
    db.run(
      'INSERT INTO deployment (id, status, started_at, owner, heartbeat, body) VALUES (?, ?, ?, ?, ?, ?)',
      ...[
        deployment.id,
        deployment.state.status,
        deployment.startedAt,
        owner,
        now,
        JSON.stringify(deployment),
      ],
    );
    db.run('INSERT INTO deployment_source VALUES (?, ?)', deployment.id, JSON.stringify(source));
  });
}

function write(db: Database, deployment: Deployment): Deployment {
  db.run(
    'UPDATE deployment SET status = ?, body = ? WHERE id = ?',
    ...[deployment.state.status, JSON.stringify(deployment), deployment.id],
  );
  return deployment;
}

function many(db: Database, sql: string, ...params: number[]): Deployment[] {
  return readableBodies(Deployment, db.all(sql, ...params));
}

function sourceOf(db: Database, id: string): Source | undefined {
  const row = db.get('SELECT body FROM deployment_source WHERE deployment_id = ?', id);
  return row && parseBody(Source, row);
}
