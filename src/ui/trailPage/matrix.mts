/** Who used which service, how often: a table whose cells are darker the more there is, each a way to its events. */
import { button, element } from '../webview/elements.mts';
import type { ActorName, Matrix, MatrixRow } from './messages.ts';
import { countWords, kindWord, number } from './words.mts';

export interface CellChoice {
  readonly actor: ActorName;
  /** Absent: all of them. */
  readonly service?: string;
  readonly from?: number;
}

export function matrixTable(matrix: Matrix, choose: (choice: CellChoice) => void): HTMLElement[] {
  if (matrix.rows.length === 0) return [element('p', 'empty', {}, 'Nothing happened in this period.')];
  const most = Math.max(...matrix.rows.flatMap(({ cells }) => cells.map(({ events }) => events)));
  const head = element(
    'tr',
    '',
    {},
    element('th', 'corner', { scope: 'col' }, 'Actor'),
    ...matrix.services.map(({ label }) =>
      element('th', '', { scope: 'col' }, element('span', '', {}, label)),
    ),
    element('th', 'total', { scope: 'col' }, 'all'),
  );
  const rows = matrix.rows.map(row => matrixRow(row, matrix, most, choose));
  const grid = element(
    'table',
    'matrix',
    { 'aria-description': 'Arrow keys move from cell to cell, Enter shows its events.' },
    element('caption', '', {}, 'Events by actor and service'),
    element('thead', '', {}, head),
    element('tbody', '', {}, ...rows),
  );
  walkByKeys(grid);
  return [
    element('div', 'scrolling', { tabindex: '-1' }, grid),
    element('p', 'note', {}, hiddenText(matrix)),
  ];
}

function matrixRow(
  row: MatrixRow,
  { services, from }: Matrix,
  most: number,
  choose: (choice: CellChoice) => void,
): HTMLElement {
  const { actor, label, cells, events } = row;
  const since = from === 0 ? {} : { from };
  const word = kindWord(actor.kind);
  const name = element(
    'th',
    '',
    { scope: 'row', title: `${word} ${label}` },
    element('span', `swatch kind-${actor.kind}`, { 'aria-hidden': 'true' }),
    element('span', 'name', {}, label),
    element('span', 'beneath', {}, word),
  );
  const shown = cells.map((cell, index) => {
    const service = services[index];
    if (!service || cell.events === 0) return element('td', '', {});
    const counts = countWords(cell.events, cell.failed);
    const spoken = `${label}, ${service.label}: ${counts}. Show in the tree`;
    const made = element(
      'td',
      `kind-${actor.kind}`,
      {},
      button(number(cell.events), spoken, () => choose({ actor, service: service.source, ...since })),
    );
    if (cell.failed > 0)
      made.firstElementChild?.append(element('span', 'beneath failed', {}, `✗${number(cell.failed)}`));
    made.style.setProperty('--tint', `${tintOf(cell.events, most)}%`);
    return made;
  });
  const spoken = `${label}, all services: ${countWords(events)}. Show in the tree`;
  const all = element(
    'td',
    'total',
    {},
    button(number(events), spoken, () => choose({ actor, ...since })),
  );
  return element('tr', '', {}, name, ...shown, all);
}

/** By the logarithm: a few thousand reads must not make a single change invisible. */
function tintOf(events: number, most: number): number {
  return Math.round(8 + (37 * Math.log(events + 1)) / Math.log(most + 1));
}

function hiddenText({ hiddenActors, hiddenServices }: Matrix): string {
  const hidden = [
    ...(hiddenActors > 0 ? [`${number(hiddenActors)} more actors`] : []),
    ...(hiddenServices > 0 ? [`${number(hiddenServices)} more services`] : []),
  ];
  const how = '✗ counts what failed.';
  return hidden.length === 0 ? how : `${how} Not shown, because rarer: ${hidden.join(' and ')}.`;
}

/** One stop for the Tab key, and arrows within. */
function walkByKeys(grid: HTMLTableElement): void {
  const buttons = [...grid.querySelectorAll('button')];
  for (const [index, one] of buttons.entries()) one.tabIndex = index === 0 ? 0 : -1;
  grid.addEventListener('keydown', event => {
    const cell = event.target instanceof HTMLElement ? event.target.closest('td') : null;
    const next = cell && nextCell(grid, cell, event.key);
    if (!next) return;
    for (const one of buttons) one.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
    event.preventDefault();
  });
}

const STEPS: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Cells without events are passed over. */
function nextCell(
  grid: HTMLTableElement,
  cell: HTMLTableCellElement,
  key: string,
): HTMLButtonElement | undefined {
  const step = STEPS[key];
  const row = cell.parentElement;
  if (!(step && row instanceof HTMLTableRowElement)) return undefined;
  const [down, right] = step;
  let [rowIndex, cellIndex] = [row.rowIndex + down, cell.cellIndex + right];
  for (let at = grid.rows[rowIndex]?.cells[cellIndex]; at; at = grid.rows[rowIndex]?.cells[cellIndex]) {
    const found = at.querySelector('button');
    if (found) return found;
    rowIndex += down;
    cellIndex += right;
  }
  return undefined;
}
