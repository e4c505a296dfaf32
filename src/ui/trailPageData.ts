/** What the page of charts shows, out of what the trail counts. Pure. */
import { formatAccount } from '../base/arn.ts';
import { DAY, HOUR } from '../base/clock.ts';
import { ACTOR_KINDS, actorLabel } from '../trail/attribution/attribution.ts';
import type { StoredEvent } from '../trail/storedEvent.ts';
import type { MatrixCell, Timeline } from '../trail/trailCharts.ts';
import {
  type Activity,
  type ActivityBar,
  type Days,
  type Matrix,
  type MatrixRow,
  PERIODS,
  type TimelineEvent,
} from './trailPage/messages.ts';
import { serviceName, whoText } from './trailRows.ts';
import { oneLine } from './wording.ts';

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Before there was CloudTrail there is nothing to count. */
const EPOCH = Date.UTC(2013, 0, 1);

export function stretchOf(days: Days, now: number): Stretch {
  const to = Math.ceil((now + 1) / HOUR) * HOUR;
  return { from: days === 0 ? EPOCH : to - days * DAY, to };
}

/** The shortest period that has something to show, so that a page never begins empty when there is something. */
export function firstPeriod(hasEvents: (days: Days) => boolean): Days {
  return PERIODS.find(days => days === 0 || hasEvents(days)) ?? 0;
}

/** With bars for hours and days in which nothing happened, between the first and the last that have something. */
export function activityOf({ step, bars }: Timeline): Activity {
  const filled = new Map<number, ActivityBar>();
  for (const { time, kind, events, errors } of bars) {
    const bar = filled.get(time) ?? { from: time, events: {}, failed: 0 };
    filled.set(time, { from: time, events: { ...bar.events, [kind]: events }, failed: bar.failed + errors });
  }
  const [first, last] = [bars[0]?.time ?? 0, bars.at(-1)?.time ?? -1];
  const count = Math.floor((last - first) / step) + 1;
  const kinds = ACTOR_KINDS.filter(kind => bars.some(bar => bar.kind === kind));
  return {
    step,
    kinds,
    bars: Array.from({ length: Math.max(0, count) }, (_, index) => {
      const from = first + index * step;
      return filled.get(from) ?? { from, events: {}, failed: 0 };
    }),
  };
}

const MOST_ACTORS = 30;
const MOST_SERVICES = 20;

/** The most active actors and the most used services; the rest is counted. */
export function matrixOf(cells: readonly MatrixCell[], from: number): Matrix {
  const services = ranked(cells, ({ source }) => source);
  const shown = services.slice(0, MOST_SERVICES);
  const actors = ranked(cells, ({ actor }) => actorName(actor));
  const labels = labelsOf(actors.map(([, [{ actor }]]) => actor));
  return {
    services: shown.map(([source]) => ({ source, label: oneLine(serviceName(source)) })),
    rows: actors.slice(0, MOST_ACTORS).map(([name, own]) =>
      rowOf(
        own,
        shown.map(([source]) => source),
        labels.get(name) ?? name,
      ),
    ),
    hiddenActors: Math.max(0, actors.length - MOST_ACTORS),
    hiddenServices: Math.max(0, services.length - MOST_SERVICES),
    from,
  };
}

type Cells = readonly [MatrixCell, ...MatrixCell[]];

/** The most events first. */
function ranked(cells: readonly MatrixCell[], keyOf: (cell: MatrixCell) => string): [string, Cells][] {
  const groups = new Map<string, [MatrixCell, ...MatrixCell[]]>();
  for (const cell of cells) {
    const known = groups.get(keyOf(cell));
    if (known) known.push(cell);
    else groups.set(keyOf(cell), [cell]);
  }
  return [...groups].toSorted(([, a], [, b]) => eventsIn(b) - eventsIn(a));
}

function rowOf(cells: Cells, services: readonly string[], label: string): MatrixRow {
  const sums = new Map<string, { events: number; failed: number }>();
  for (const { source, events, errors } of cells) {
    const sum = sums.get(source) ?? { events: 0, failed: 0 };
    sums.set(source, { events: sum.events + events, failed: sum.failed + errors });
  }
  return {
    actor: cells[0].actor,
    label,
    cells: services.map(source => sums.get(source) ?? { events: 0, failed: 0 }),
    events: eventsIn(cells),
  };
}

function eventsIn(cells: readonly MatrixCell[]): number {
  return cells.reduce((sum, { events }) => sum + events, 0);
}

function actorName({ kind, name, onBehalfOf, accountId }: MatrixCell['actor']): string {
  return JSON.stringify([kind, name, onBehalfOf, accountId]);
}

/** Where two actors have one name, their accounts stand with it. */
function labelsOf(actors: readonly MatrixCell['actor'][]): Map<string, string> {
  const times = new Map<string, number>();
  for (const actor of actors) {
    const label = actorLabel(actor);
    times.set(label, (times.get(label) ?? 0) + 1);
  }
  return new Map(
    actors.map(actor => {
      const label = actorLabel(actor);
      const isTwice = (times.get(label) ?? 0) > 1 && actor.accountId !== '';
      return [actorName(actor), oneLine(isTwice ? `${label} (${formatAccount(actor.accountId)})` : label)];
    }),
  );
}

/** Oldest first. */
export function timelineEvents(newestFirst: readonly StoredEvent[]): TimelineEvent[] {
  return newestFirst.toReversed().map(({ time, name, source, attribution, error, accountId, eventId }) => ({
    time,
    name: oneLine(name),
    service: oneLine(serviceName(source)),
    kind: attribution.actor.kind,
    who: whoText(attribution),
    error: error === undefined ? undefined : oneLine(error),
    accountId,
    eventId,
  }));
}
