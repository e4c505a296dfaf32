/** What the view shows, as a `no-wing trail query` for a terminal. Pure. */
import { type GroupKey, startOfDay } from '../trail/trailFilter.ts';
import type { ViewFilter } from './trailView.ts';

/** Of a leak there is no such query: its events are named by `no-wing trail leaks`. */
export function queryCommand(filter: ViewFilter, group?: GroupKey): string {
  if (filter.leak !== undefined) return 'no-wing trail leaks --json';
  // The command filters by whether a call failed; which error it was is found as a word.
  const words = [filter.text, filter.error].filter(word => word !== undefined);
  const options = new Map<string, string>();
  // A group says the same as the filter, or more.
  for (const [name, value] of [...optionsOf(filter), ...groupOptions(group)]) {
    if (UNSAFE.test(value)) words.push(value);
    else options.set(name, value);
  }
  const text = words.join(' ').replaceAll(new RegExp(UNSAFE, 'gu'), ' ').trim();
  if (text !== '') options.set('text', text);
  return ['no-wing trail query', ...[...options].map(optionText)].join(' ');
}

/** Empty: an option that needs no value. */
type Option = readonly [name: string, value: string];

function optionText([name, value]: Option): string {
  if (value === '') return `--${name}`;
  return value.startsWith('-') ? `--${name}=${quoted(value)}` : `--${name} ${quoted(value)}`;
}

function optionsOf(filter: ViewFilter): Option[] {
  const { actorKind, actor, service, event, error, errorsOnly, accountId, region, deploymentId } = filter;
  return [
    ...given('kind', actorKind),
    ...given('actor', actor),
    ...given('service', service),
    ...given('event', event),
    ...(errorsOnly || error !== undefined ? [['error', ''] as const] : []),
    ...given('account', accountId),
    ...given('region', region),
    ...given('deployment', deploymentId),
    ...timeOptions(filter),
  ];
}

function timeOptions({ from, to, lastHours }: ViewFilter): Option[] {
  if (lastHours !== undefined) return [['since', `${lastHours}h`]];
  return [...given('since', iso(from)), ...given('until', iso(to))];
}

function groupOptions(group: GroupKey | undefined): Option[] {
  switch (group?.by) {
    case undefined:
      return [];
    case 'deployment':
      return given('deployment', group.deploymentId);
    case 'actor':
      return [
        ['kind', group.kind],
        ['actor', group.name],
      ];
    case 'day':
      return [
        ...given('since', iso(startOfDay(group.day, 0))),
        ...given('until', iso(startOfDay(group.day, 1))),
      ];
  }
}

function given(name: string, value: string | undefined): Option[] {
  return value === undefined ? [] : [[name, value]];
}

/**
 * A name in a record is the caller's own choice, and shells disagree on how these are quoted: whoever pastes the command
 * into any of them must not run what somebody wrote into a record.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\u2028\u2029'\\"&|<>^%\u2018-\u201b]/u;

function quoted(value: string): string {
  return /^[\w.:/@+-]+$/.test(value) ? value : `'${value}'`;
}

function iso(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString();
}
