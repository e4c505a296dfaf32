/** Activity over time: a stacked bar for each hour or day, and the same numbers as a table. */
import { button, element, folded, table } from '../webview/elements.mts';
import { firstColour, isHighContrast } from '../webview/theme.mts';
import { chartKeys } from './chartKeys.mts';
import { axis, Chart, tooltipLook } from './chartLook.mts';
import type { Activity, ActivityBar, Kind } from './messages.ts';
import { barTime, countWords, kindColour, kindWord, number } from './words.mts';

export interface BarChoice {
  readonly from?: number;
  readonly to?: number;
  /** Absent: of all. */
  readonly kind?: Kind;
}

export interface Drawn {
  readonly parts: readonly HTMLElement[];
  destroy(): void;
}

export function drawActivity(activity: Activity, choose: (choice: BarChoice) => void): Drawn {
  if (activity.bars.length === 0)
    return {
      parts: [element('p', 'empty', {}, 'Nothing happened in this period.')],
      destroy: () => undefined,
    };
  const canvas = element('canvas', '', {});
  const said = element('p', 'said', { 'aria-live': 'polite' });
  const chart = barChart(canvas, activity, choose);
  const barOf = (index: number): string => spokenBar(activity, index);
  chartKeys(canvas, {
    label: `Activity over time, ${activity.bars.length} bars. Arrow keys move, Enter shows the events of a bar.`,
    count: activity.bars.length,
    say(index) {
      chart.setActiveElements(activity.kinds.map((_, datasetIndex) => ({ datasetIndex, index })));
      chart.tooltip?.setActiveElements(chart.getActiveElements(), { x: 0, y: 0 });
      chart.update('none');
      said.textContent = barOf(index);
    },
    choose: index => choose(stretchOf(activity, index)),
  });
  const parts = [
    legend(activity, choose),
    element('div', 'chart', {}, canvas),
    said,
    folded('As a table', asTable(activity, choose)),
  ];
  return { parts, destroy: () => chart.destroy() };
}

function barChart(canvas: HTMLCanvasElement, activity: Activity, choose: (choice: BarChoice) => void): Chart {
  const { bars, kinds, step } = activity;
  return new Chart(canvas, {
    type: 'bar',
    data: {
      labels: bars.map(({ from }) => barTime(from, step)),
      datasets: kinds.map(kind => ({
        label: kindWord(kind),
        data: bars.map(({ events }) => events[kind] ?? 0),
        backgroundColor: kindColour(kind),
        borderColor: firstColour('editor-background'),
        // Where colours are few, a line tells one part of a bar from the next.
        borderWidth: isHighContrast() ? 1 : 0,
        minBarLength: 2,
        categoryPercentage: 0.9,
        barPercentage: 1,
        maxBarThickness: 64,
      })),
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      interaction: { mode: 'index', intersect: false },
      scales: {
        x: { ...axis(), stacked: true, grid: { display: false } },
        y: { ...axis(), stacked: true, beginAtZero: true, ticks: { ...axis().ticks, precision: 0 } },
      },
      plugins: {
        tooltip: {
          ...tooltipLook(),
          filter: ({ raw }) => raw !== 0,
          callbacks: {
            label: ({ dataset, raw }) => ` ${dataset.label ?? ''}: ${number(Number(raw))}`,
            footer: ([first]) => failedText(bars[first?.dataIndex ?? -1]),
          },
        },
      },
      onHover: (_event, found) => {
        canvas.style.cursor = found.length > 0 ? 'pointer' : 'default';
      },
      onClick(event, _found, chart) {
        if (!event.native) return;
        const [part] = chart.getElementsAtEventForMode(event.native, 'nearest', { intersect: true }, false);
        const [bar] = chart.getElementsAtEventForMode(event.native, 'index', { intersect: false }, false);
        const kind = part && kinds[part.datasetIndex];
        if (bar) choose({ ...stretchOf(activity, bar.index), ...(kind && { kind }) });
      },
    },
  });
}

/** It says which colour is whose, and each shows all events of its kind. */
function legend({ kinds, bars }: Activity, choose: (choice: BarChoice) => void): HTMLElement {
  const items = kinds.map(kind => {
    const events = bars.reduce((sum, bar) => sum + (bar.events[kind] ?? 0), 0);
    const shown = button('', `Show ${countWords(events)} of ${kindWord(kind)} in the tree`, () =>
      choose({ kind }),
    );
    shown.append(element('span', `swatch kind-${kind}`, { 'aria-hidden': 'true' }), `${kindWord(kind)} `);
    shown.append(element('span', 'number', {}, number(events)));
    return element('li', '', {}, shown);
  });
  return element('ul', 'legend', { 'aria-label': 'Kinds of actors' }, ...items);
}

function asTable(activity: Activity, choose: (choice: BarChoice) => void): HTMLTableElement {
  const { bars, kinds, step } = activity;
  const busy = bars
    .map((bar, index) => ({ bar, stretch: stretchOf(activity, index) }))
    .filter(({ bar }) => totalOf(bar) > 0);
  const rows = busy.toReversed().map(({ bar, stretch }) => [
    barTime(bar.from, step),
    ...kinds.map(kind => {
      const events = bar.events[kind] ?? 0;
      const spoken = `Show ${countWords(events)} of ${kindWord(kind)}, ${barTime(bar.from, step)}, in the tree`;
      return events === 0 ? '' : button(number(events), spoken, () => choose({ ...stretch, kind }));
    }),
    bar.failed === 0 ? '' : number(bar.failed),
  ]);
  const columns = [step > 3_600_000 ? 'Day (UTC)' : 'Hour', ...kinds.map(kindWord), 'failed'];
  return table('Events by time and kind of actor, newest first', columns, rows);
}

function stretchOf({ bars, step }: Activity, index: number): BarChoice {
  const from = bars[index]?.from;
  return from === undefined ? {} : { from, to: from + step };
}

function spokenBar({ bars, kinds, step }: Activity, index: number): string {
  const bar = bars[index];
  if (!bar) return '';
  const counts = kinds
    .filter(kind => (bar.events[kind] ?? 0) > 0)
    .map(kind => `${kindWord(kind)} ${number(bar.events[kind] ?? 0)}`);
  return `${barTime(bar.from, step)}: ${counts.length === 0 ? 'nothing' : counts.join(', ')}${bar.failed > 0 ? `, ${failedText(bar)}` : ''}`;
}

function failedText(bar: ActivityBar | undefined): string {
  return bar && bar.failed > 0 ? `${number(bar.failed)} failed` : '';
}

function totalOf({ events }: ActivityBar): number {
  return Object.values(events).reduce((sum, count) => sum + count, 0);
}
