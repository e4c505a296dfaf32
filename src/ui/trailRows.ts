/** The rows of the Audit Trail view. Pure: what a row says, not how the tree asks for it. */

import { formatAccount } from '../base/arn.ts';
import { redact, shortKeyId } from '../base/redact.ts';
import { type ActorKind, type Attribution, actorLabel } from '../trail/attribution/attribution.ts';
import type { StoredEvent } from '../trail/storedEvent.ts';
import type { EventGroup } from '../trail/trailGroups.ts';
import type { Look } from './look.ts';
import { markdownText, oneLine } from './wording.ts';

/** One look per actor, the same in tree, charts and report. */
export const ACTOR_LOOKS: Readonly<Record<ActorKind, Look>> = {
  user: { icon: 'account', colour: 'charts.blue', word: 'user' },
  agent: { icon: 'hubot', colour: 'charts.purple', word: 'agent' },
  service: { icon: 'server-process', colour: 'disabledForeground', word: 'service' },
  root: { icon: 'key', colour: 'charts.red', word: 'root user' },
  external: { icon: 'globe', colour: 'charts.orange', word: 'another account' },
  unknown: { icon: 'question', colour: 'charts.yellow', word: 'unknown' },
};

export interface EventRow {
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  readonly spoken: string;
  readonly look: Look;
  readonly failed: boolean;
}

/** @param by how the rows are grouped: what the group says, a row does not say again. */
export function eventRow(
  event: StoredEvent,
  by: EventGroup['key']['by'] = 'deployment',
  now: number = event.time,
): EventRow {
  const { attribution } = event;
  const look = ACTOR_LOOKS[attribution.actor.kind];
  const who = whoText(attribution);
  const time = timeText(event.time, by === 'day' ? event.time : now);
  const failed = event.error === undefined ? [] : [`failed: ${event.error}`];
  return {
    label: `${event.name}  ${serviceName(event.source)}`,
    description: [...failed, ...(by === 'actor' ? viaText(attribution) : [who]), time].join(' · '),
    tooltip: tooltip(event, who),
    spoken: [event.name, serviceName(event.source), ...failed, `by ${look.word} ${who}`, time].join(', '),
    look,
    failed: event.error !== undefined,
  };
}

/** Of another day, with its date. */
function timeText(at: number, now: number): string {
  const time = new Date(at).toLocaleTimeString([], { timeStyle: 'short' });
  if (new Date(at).toDateString() === new Date(now).toDateString()) return time;
  return `${new Date(at).toLocaleDateString([], { day: 'numeric', month: 'short' })} ${time}`;
}

export interface GroupRow {
  readonly label: string;
  readonly description: string;
  readonly look: Look;
}

/** @param deploymentName what a deployment is called, when it is known here. */
export function groupRow(group: EventGroup, deploymentName: (id: string) => string | undefined): GroupRow {
  const failed = group.errors === 0 ? '' : ` · ${group.errors.toLocaleString()} failed`;
  const description = `${group.count.toLocaleString()} ${group.count === 1 ? 'event' : 'events'}${failed}`;
  const { key } = group;
  switch (key.by) {
    case 'actor':
      return { label: group.label, description, look: ACTOR_LOOKS[key.kind] };
    case 'day':
      return { label: dayName(key.day), description, look: plain('calendar') };
    case 'deployment': {
      const label =
        key.deploymentId === undefined
          ? 'Outside of deployments'
          : (deploymentName(key.deploymentId) ?? group.label);
      return {
        label,
        description,
        look: plain(key.deploymentId === undefined ? 'circle-outline' : 'rocket'),
      };
    }
  }
}

/** `copilot for alice`, with the service that did it for them. */
export function whoText({ actor, onBehalfOf, via }: Attribution): string {
  const who = actorLabel({ name: actor.name, onBehalfOf });
  return oneLine(via === undefined ? who : `${who} via ${via}`);
}

function viaText({ via }: Attribution): string[] {
  return via === undefined ? [] : [`via ${via}`];
}

/** `s3.amazonaws.com` as people call it: `s3`. */
export function serviceName(eventSource: string): string {
  return eventSource.replace(/\.amazonaws\.com$/, '');
}

const STRENGTHS: Readonly<Record<Attribution['strength'], string>> = {
  exact: 'Exact: the ledger knows the access key',
  strong: 'Strong: AWS vouches for it',
  hint: 'Hint: the caller says so itself',
  none: 'Not attributed',
};

function tooltip(event: StoredEvent, who: string): string {
  const lines = [
    `**${markdownText(event.name)}** (${markdownText(event.source)})`,
    `${ACTOR_LOOKS[event.attribution.actor.kind].word}: ${markdownText(who)}`,
    `${STRENGTHS[event.attribution.strength]}`,
    markdownText(event.attribution.reason),
    ...(event.error === undefined ? [] : [`Failed: ${markdownText(event.error)}`]),
    new Date(event.time).toLocaleString(),
    `${formatAccount(event.accountId)} · ${markdownText(event.region)}`,
    ...(event.accessKeyId === undefined ? [] : [`Access key ${shortKeyId(event.accessKeyId)}`]),
  ];
  return redact(lines.join('\n\n'));
}

function dayName(day: string): string {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date).toLocaleDateString([], {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
  });
}

function plain(icon: string): Look {
  return { icon, colour: 'foreground', word: '' };
}
