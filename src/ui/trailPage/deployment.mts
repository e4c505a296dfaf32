/** What CloudTrail shows of one deployment: a point for each event, by service and time, and the same as a table. */
import { button, element, folded, table } from '../webview/elements.mts';
import { firstColour } from '../webview/theme.mts';
import type { Drawn } from './activity.mts';
import { chartKeys } from './chartKeys.mts';
import { axis, Chart, tooltipLook } from './chartLook.mts';
import { type DeploymentTimeline, KINDS, type Kind, type TimelineEvent } from './messages.ts';
import { clockTime, countWords, kindColour, kindPoint, kindWord } from './words.mts';

export interface EventActions {
  readonly open: (event: TimelineEvent) => void;
  readonly showAll: () => void;
}

export function drawDeployment({ events, hasMore }: DeploymentTimeline, actions: EventActions): Drawn {
  if (events.length === 0)
    return {
      parts: [element('p', 'empty', {}, 'CloudTrail shows nothing of this deployment yet.')],
      destroy: () => undefined,
    };
  const services = [...new Set(events.map(({ service }) => service))];
  const canvas = element('canvas', '', {});
  const said = element('p', 'said', { 'aria-live': 'polite' });
  const chart = pointChart(canvas, events, services, actions.open);
  chartKeys(canvas, {
    label: `Events of the deployment over time, ${countWords(events.length)}. Arrow keys move, Enter opens a record.`,
    count: events.length,
    say: index => {
      said.textContent = sentence(events[index]);
    },
    choose: index => open(events[index], actions),
  });
  const frame = element('div', 'chart', {}, canvas);
  // Each service has its line.
  frame.style.height = `${Math.max(120, services.length * 26 + 60)}px`;
  const more = hasMore ? `The newest ${countWords(events.length)}. ` : `${countWords(events.length)}. `;
  const show = button('Show in the tree', 'Show the events of the deployment in the tree', actions.showAll);
  const parts = [
    element('p', 'note', {}, more, show),
    pointLegend(events),
    frame,
    said,
    folded('As a table', asTable(events, actions)),
  ];
  return { parts, destroy: () => chart.destroy() };
}

interface Point {
  readonly x: number;
  readonly y: string;
  readonly event: TimelineEvent;
}

function pointChart(
  canvas: HTMLCanvasElement,
  events: readonly TimelineEvent[],
  services: readonly string[],
  open: (event: TimelineEvent) => void,
): Chart {
  const sets = seriesOf(events);
  const at = (dataset: number, index: number): TimelineEvent | undefined =>
    sets[dataset]?.points[index]?.event;
  return new Chart(canvas, {
    type: 'scatter',
    data: {
      datasets: sets.map(({ kind, failed, points }) => ({
        label: failed ? `${kindWord(kind)}, failed` : kindWord(kind),
        // The scale takes a service's name; the types know numbers alone.
        data: points.map(({ x, y }) => ({ x, y: services.indexOf(y) })),
        pointStyle: failed ? 'crossRot' : kindPoint(kind),
        backgroundColor: kindColour(kind),
        borderColor: failed ? firstColour('errorForeground', 'charts-red') : kindColour(kind),
        borderWidth: failed ? 3 : 1,
        radius: sizesOf(points),
        hoverRadius: sizesOf(points),
        hoverBorderWidth: 3,
      })),
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      // All that lie upon each other: CloudTrail tells whole seconds.
      interaction: { mode: 'point', intersect: true },
      scales: {
        x: {
          ...axis(),
          ticks: { ...axis().ticks, maxTicksLimit: 6, callback: value => timeTick(Number(value)) },
        },
        y: {
          ...axis(),
          ...{ min: -0.5, max: services.length - 0.5, reverse: true },
          ticks: {
            ...axis().ticks,
            stepSize: 1,
            autoSkip: false,
            callback: value => services[Number(value)] ?? '',
          },
          afterBuildTicks: scale => {
            scale.ticks = services.map((_, value) => ({ value }));
          },
        },
      },
      plugins: {
        tooltip: {
          ...tooltipLook(),
          callbacks: { label: ({ datasetIndex, dataIndex }) => ` ${sentence(at(datasetIndex, dataIndex))}` },
        },
      },
      onHover: (_event, found) => {
        canvas.style.cursor = found.length > 0 ? 'pointer' : 'default';
      },
      onClick(_event, [found]) {
        const event = found && at(found.datasetIndex, found.index);
        if (event) open(event);
      },
    },
  });
}

/** The more lie upon each other, the larger. */
function sizesOf(points: readonly Point[]): number[] {
  const together = Map.groupBy(points, ({ x, y }) => `${x} ${y}`);
  return points.map(({ x, y }) => 5 + Math.min(6, together.get(`${x} ${y}`)?.length ?? 1));
}

interface Series {
  readonly kind: Kind;
  readonly failed: boolean;
  readonly points: readonly Point[];
}

function seriesOf(events: readonly TimelineEvent[]): Series[] {
  return KINDS.flatMap(kind => [false, true].map(failed => ({ kind, failed })))
    .map(({ kind, failed }) => ({
      kind,
      failed,
      points: events
        .filter(event => event.kind === kind && (event.error !== undefined) === failed)
        .map(event => ({ x: event.time, y: event.service, event })),
    }))
    .filter(({ points }) => points.length > 0);
}

function pointLegend(events: readonly TimelineEvent[]): HTMLElement {
  const kinds = KINDS.filter(kind => events.some(event => event.kind === kind));
  const items = kinds.map(kind =>
    element(
      'li',
      '',
      {},
      element('span', `swatch point-${kindPoint(kind)} kind-${kind}`, { 'aria-hidden': 'true' }),
      kindWord(kind),
    ),
  );
  const failed = events.some(({ error }) => error !== undefined)
    ? [element('li', 'failed', {}, '✗ failed')]
    : [];
  return element('ul', 'legend', { 'aria-label': 'Kinds of actors' }, ...items, ...failed);
}

function asTable(events: readonly TimelineEvent[], actions: EventActions): HTMLTableElement {
  const rows = events.map(event => [
    clockTime(event.time),
    button(event.name, `Open the record of ${event.name}`, () => open(event, actions)),
    event.service,
    `${kindWord(event.kind)} ${event.who}`,
    event.error === undefined ? '' : `✗ ${event.error}`,
  ]);
  return table('Events of the deployment, oldest first', ['Time', 'Call', 'Service', 'Actor', 'Error'], rows);
}

function open(event: TimelineEvent | undefined, actions: EventActions): void {
  if (event) actions.open(event);
}

function sentence(event: TimelineEvent | undefined): string {
  if (!event) return '';
  const failed = event.error === undefined ? '' : `, failed: ${event.error}`;
  return `${event.name} ${event.service}, ${kindWord(event.kind)} ${event.who}, ${clockTime(event.time)}${failed}`;
}

function timeTick(at: number): string {
  return new Date(at).toLocaleTimeString([], { timeStyle: 'medium' });
}
