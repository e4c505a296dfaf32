/** Reads the log of an apply as it grows, and what can be told from it. */
import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { errorName } from '../../base/userError.ts';
import type { Output } from '../deployment.ts';
import type { DraftedTerraform } from '../plan.ts';
import type { ResourceEvent } from '../resourceEvents.ts';
import { type Diagnostic, type Line, linesOf } from './toolLog.ts';

export interface NumberedLine {
  readonly number: number;
  readonly line: Line;
}

/** @returns a function that gives what is new since it was called before. */
export function createLogReader(path: string): () => NumberedLine[] {
  const decoder = new StringDecoder('utf8');
  let offset = 0;
  let before = 0;
  let rest = '';
  return () => {
    const bytes = bytesFrom(path, offset);
    offset += bytes.length;
    const text = rest + decoder.write(bytes);
    const end = text.lastIndexOf('\n') + 1;
    rest = text.slice(end);
    const found = linesOf(text.slice(0, end)).map(({ number, line }) => ({ number: before + number, line }));
    before += text.slice(0, end).split('\n').length - 1;
    return found;
  };
}

function bytesFrom(path: string, offset: number): Buffer {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if (errorName(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
  try {
    const chunks: Buffer[] = [];
    for (let at = offset; ; ) {
      const chunk = Buffer.alloc(64 * 1024);
      const read = readSync(file, chunk, 0, chunk.length, at);
      if (read === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, read));
      at += read;
    }
  } finally {
    closeSync(file);
  }
}

const STATUSES = { apply_start: 'IN_PROGRESS', apply_complete: 'COMPLETE', apply_errored: 'FAILED' } as const;

export function resourceEvents(deploymentId: string, lines: readonly NumberedLine[]): ResourceEvent[] {
  return lines.flatMap(({ number, line }) => {
    if (!('hook' in line) || line.hook.action === 'read') return [];
    const { resource, action = 'apply' } = line.hook;
    return [
      {
        eventId: `${deploymentId}-${number}`,
        at: Date.parse(line['@timestamp']) || 0,
        address: resource.addr,
        type: resource.resource_type,
        status: `${action.toUpperCase()}_${STATUSES[line.type]}`,
        isStack: false,
      },
    ];
  });
}

export interface ApplyEnd {
  readonly isComplete: boolean;
  readonly errors: readonly Diagnostic[];
  readonly outputs: readonly Output[];
}

export function applyEnd(lines: readonly NumberedLine[]): ApplyEnd {
  const errors = lines.flatMap(({ line }) =>
    line.type === 'diagnostic' && line.diagnostic.severity === 'error' ? [line.diagnostic] : [],
  );
  const outputs = lines.flatMap(({ line }) => (line.type === 'outputs' ? Object.entries(line.outputs) : []));
  return {
    // Told after the state was written; what fails later is an error.
    isComplete: errors.length === 0 && lines.some(({ line }) => isSummary(line)),
    errors,
    outputs: outputs.map(([key, { sensitive, value }]) => ({
      key,
      value: sensitive ? '****' : asText(value),
    })),
  };
}

function isSummary(line: Line): boolean {
  return line.type === 'change_summary' && /^(?:apply|destroy)$/.test(line.changes.operation);
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

/** How many of the plan's changes are done. */
export function doneOf(
  { changes }: Pick<DraftedTerraform, 'changes'>,
  events: readonly ResourceEvent[],
): number {
  const latest = new Map(events.map(({ address, status }) => [address, status]));
  return changes.filter(({ address }) => latest.get(address)?.endsWith('_COMPLETE')).length;
}
