// Rows as a table for people.
import { meetsTarget, type Row, type Target } from './row.ts';

export function formatTable(rows: readonly Row[]): string {
  const lines = [['', 'value', 'reference', 'ratio', 'target', ''], ...rows.map(cells)];
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map(line => line[column]?.length ?? 0)),
  );
  return lines
    .map(line => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .join('\n');
}

function cells(row: Row): string[] {
  const reference = row.reference ? `${round(row.referenceValue)} ${row.unit} ${row.reference}` : '';
  const ratio = row.ratio === undefined ? '' : `${round(row.ratio)}×`;
  return [
    row.name,
    `${round(row.value)} ${row.unit}`,
    reference,
    ratio,
    targetText(row.target),
    verdict(row),
  ];
}

function targetText(target: Target | undefined): string {
  if (!target) return '';
  const of = target.of === 'difference' ? ' above' : target.of === 'ratio' ? '×' : '';
  return target.atMost === undefined ? `≥ ${target.atLeast}${of}` : `≤ ${target.atMost}${of}`;
}

function verdict(row: Row): string {
  const met = meetsTarget(row);
  return met === undefined ? '' : met ? 'ok' : 'MISSED';
}

function round(value: number | undefined): string {
  if (value === undefined) return '';
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Math.round(value * 100) / 100);
}
