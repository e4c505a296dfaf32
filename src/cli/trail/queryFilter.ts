/** What was asked of `no-wing trail query`, as the trail's own filter. */
import * as v from 'valibot';
import { DAY, HOUR, MINUTE } from '../../base/clock.ts';
import { ACTOR_KINDS } from '../../trail/attribution/attribution.ts';
import type { TrailFilter } from '../../trail/trailFilter.ts';
import { type CommandLine, see, wrong } from '../commandLine.ts';

/** @throws UserError `cli.usage` */
export function queryFilter(line: CommandLine, now: number): TrailFilter {
  const kind = line.text('kind');
  return {
    ...given('text', line.text('text')),
    ...given('actor', line.text('actor')),
    ...given('actorKind', kind === undefined ? undefined : v.parse(v.picklist(ACTOR_KINDS), kind)),
    ...given('service', serviceIn(line.text('service'))),
    ...given('event', line.text('event')),
    ...given('errorsOnly', line.has('error') || undefined),
    ...given('accountId', line.text('account')?.replaceAll('-', '')),
    ...given('region', line.text('region')),
    ...given('from', timeIn(line, 'since', now)),
    ...given('to', timeIn(line, 'until', now)),
    ...given('deploymentId', line.text('deployment')),
  };
}

const MOST = 100_000;

/** @throws UserError `cli.usage` */
export function limitIn(line: CommandLine): number {
  const text = line.text('limit') ?? '100';
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST) return limit;
  throw wrong(`--limit is a whole number, 1 to ${MOST}; not ${JSON.stringify(text)}.`, see(line.name));
}

function given<const K extends string, T>(key: K, value: T | undefined): { [key in K]?: T } {
  const pair: { [key in K]?: T } = {};
  if (value !== undefined) pair[key] = value;
  return pair;
}

function serviceIn(name: string | undefined): string | undefined {
  return name === undefined || name.includes('.') ? name : `${name}.amazonaws.com`;
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ['m', MINUTE],
  ['h', HOUR],
  ['d', DAY],
]);

function timeIn(line: CommandLine, option: string, now: number): number | undefined {
  const text = line.text(option);
  if (text === undefined) return undefined;
  const [, count = '', unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const ago = UNITS.get(unit);
  const time = ago === undefined ? Date.parse(text) : now - Number(count) * ago;
  if (!Number.isNaN(time)) return time;
  throw wrong(
    `--${option} is a time such as 2026-03-29, 2026-03-29T10:00Z or 24h; not ${JSON.stringify(text)}.`,
    see(line.name),
  );
}
