/** `no-wing trail query`: events of the audit trail, as this computer has them. It asks nothing of AWS. */
import { actorLabel } from '../../trail/attribution/attribution.ts';
import type { StoredEvent } from '../../trail/storedEvent.ts';
import type { Trail } from '../../trail/trail.ts';
import type { TrailFilter } from '../../trail/trailFilter.ts';
import type { Cursor } from '../../trail/trailQueries.ts';
import { aligned } from '../aligned.ts';
import type { CommandLine } from '../commandLine.ts';
import type { Desk } from '../desk.ts';
import type { Answer } from '../surroundings.ts';
import { limitIn, queryFilter } from '../trail/queryFilter.ts';

/** @throws UserError `cli.usage`, `trail.*` */
export async function run(desk: Desk, line: CommandLine): Promise<Answer> {
  const filter = queryFilter(line, desk.here.now());
  const limit = limitIn(line);
  const { trail } = await desk.features();
  await trail.upToDate();
  const { events, isMore } = eventsOf(trail, filter, limit);
  return {
    text: aligned(events.map(cells)).join('\n'),
    json: { events: events.map(eventData), more: isMore },
    notes: [
      ...(events.length === 0 ? ['No event of the audit trail is like that.'] : []),
      ...(isMore ? [`There are more: these are the newest ${limit}. --limit shows others.`] : []),
    ],
  };
}

const PAGE = 500;

function eventsOf(trail: Trail, filter: TrailFilter, limit: number) {
  const events: StoredEvent[] = [];
  let after: Cursor | undefined;
  // One more than is shown tells whether there are more.
  while (events.length <= limit) {
    const page = trail.events({
      filter,
      limit: Math.min(PAGE, limit + 1 - events.length),
      ...(after && { after }),
    });
    events.push(...page.events);
    after = page.next;
    if (!after) break;
  }
  return { events: events.slice(0, limit), isMore: events.length > limit };
}

/** A name in a record is the caller's own choice: nothing of it is a command to the terminal. */
function cells({ time, source, name, error, region, attribution }: StoredEvent): string[] {
  const { actor, onBehalfOf, via, strength } = attribution;
  return [
    iso(time),
    `${actor.kind} ${actorLabel({ name: actor.name, onBehalfOf })}${via ? ` via ${via}` : ''}`,
    strength,
    `${name} ${source.replace('.amazonaws.com', '')}`,
    region,
    error ?? '',
  ].map(cell => cell.replace(/\p{Cc}/gu, ' '));
}

function eventData({ seq: _, time, attribution, ...event }: StoredEvent) {
  return { ...event, time: iso(time), attribution };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
