/** Which events to list: filters and groups. What they mean to the index is in `index/events/selection.ts`. */
import type { ActorKind } from './attribution/attribution.ts';

export interface TrailFilter {
  /** Every word must occur, in any of the texts of an event. */
  readonly text?: string;
  readonly actorKind?: ActorKind;
  /** The name of an actor, or of whom it acted for. */
  readonly actor?: string;
  /** The name of the call: `PutObject`. */
  readonly event?: string;
  /** As CloudTrail writes it: `s3.amazonaws.com`. */
  readonly service?: string;
  readonly errorsOnly?: boolean;
  /** The code of an error: `AccessDenied`. */
  readonly error?: string;
  readonly deploymentId?: string;
  readonly accountId?: string;
  readonly region?: string;
  /** Milliseconds since the epoch, half-open. */
  readonly from?: number;
  readonly to?: number;
  /** These events alone: those of a leak. */
  readonly among?: readonly EventName[];
}

/** What names an event: its id is unique within an account's trail. */
export interface EventName {
  readonly accountId: string;
  readonly eventId: string;
  /** Where it is known: it happened then, both included. It is found faster so. */
  readonly within?: { readonly from: number; readonly to: number };
}

export type GroupBy = 'deployment' | 'actor' | 'day';

export type GroupKey =
  | {
      readonly by: 'deployment' /** Absent: events outside of any deployment. */;
      readonly deploymentId?: string;
    }
  | {
      readonly by: 'actor';
      readonly kind: ActorKind;
      readonly name: string;
      /** Empty when the actor acted for itself. */
      readonly onBehalfOf: string;
      /** The account it is of; empty for a service, and when the record does not say. */
      readonly accountId: string;
    }
  /** A day of the person's own calendar: `2026-03-29`. */
  | { readonly by: 'day'; readonly day: string };

/** By the local calendar, so that a day of 23 or 25 hours is whole. */
export function startOfDay(day: string, daysLater: number): number {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + daysLater).getTime();
}

export function words(text: string | undefined): string[] {
  return (text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
}

/** For LIKE with a backslash to escape. */
export function likePattern(word: string): string {
  return `%${word.replace(/[%_\\]/g, sign => `\\${sign}`)}%`;
}
