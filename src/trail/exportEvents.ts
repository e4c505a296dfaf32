/** Events as lines of a file, for other programs: JSON Lines or CSV. Page by page, so that a million need no memory. */
import type { StoredEvent } from './storedEvent.ts';
import type { TrailFilter } from './trailFilter.ts';
import type { Cursor, EventPage, EventsAsk } from './trailQueries.ts';

export const EXPORT_FORMATS = ['jsonl', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportPiece {
  /** Whole lines. */
  readonly text: string;
  readonly events: number;
}

const PAGE = 500;

/** Newest first. @throws what `events` does */
export async function* exportLines(
  events: (ask: EventsAsk) => EventPage | Promise<EventPage>,
  filter: TrailFilter,
  format: ExportFormat,
): AsyncGenerator<ExportPiece> {
  const line = format === 'csv' ? csvLine : jsonLine;
  if (format === 'csv') yield { text: `${COLUMNS.join(',')}${CRLF}`, events: 0 };
  let after: Cursor | undefined;
  do {
    const page = await events({ filter, limit: PAGE, ...(after && { after }) });
    yield { text: page.events.map(line).join(''), events: page.events.length };
    after = page.next;
  } while (after);
}

/** The same keys as `no-wing trail query --json`. */
function jsonLine({ seq: _, time, ...event }: StoredEvent): string {
  return `${JSON.stringify({ ...event, time: new Date(time).toISOString() })}\n`;
}

/** RFC 4180. */
const CRLF = '\r\n';

const COLUMNS = [
  ...['time', 'accountId', 'region', 'eventId', 'source', 'name', 'readOnly', 'error'],
  ...['actorKind', 'actor', 'onBehalfOf', 'via', 'strength', 'reason'],
  ...['accessKeyId', 'sessionName', 'deploymentId', 'resources'],
] as const;
type Column = (typeof COLUMNS)[number];

function csvLine({ time, readOnly, attribution, resources, ...event }: StoredEvent): string {
  const { actor, onBehalfOf, via, strength, reason } = attribution;
  const cells: Readonly<Record<Column, string | undefined>> = {
    ...event,
    time: new Date(time).toISOString(),
    readOnly: readOnly === undefined ? undefined : String(readOnly),
    actorKind: actor.kind,
    actor: actor.name,
    onBehalfOf,
    via,
    strength,
    reason,
    resources: resources.join(' '),
  };
  return `${COLUMNS.map(column => csvCell(cells[column] ?? '')).join(',')}${CRLF}`;
}

/**
 * What is in a record is the caller's own choice, and a spreadsheet takes a cell that begins with such a sign for a
 * formula, which can send the sheet away: an apostrophe makes it text.
 */
function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
