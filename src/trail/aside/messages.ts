/** What a window and the thread that answers it say to one another. */
import type { KnownAgent, KnownUser } from '../attribution/attribution.ts';
import type { Failure } from '../import/failure.ts';
import type { Keeping } from '../import/messages.ts';
import type { GroupBy, TrailFilter } from '../trailFilter.ts';
import type { EventGroup } from '../trailGroups.ts';
import type { EventPage, EventsAsk } from '../trailQueries.ts';

export interface AnsweringData {
  readonly role: 'answer';
  readonly indexFile: string;
  /** The database of the ledger. */
  readonly ledgerFile: string;
}

export type Question =
  | { readonly is: 'groups'; readonly by: GroupBy; readonly filter: TrailFilter }
  | { readonly is: 'events'; readonly ask: EventsAsk }
  /** Lets go what is not to be kept. */
  | { readonly is: 'keep'; readonly keeping: Keeping }
  /** Brings all verdicts up to date. */
  | { readonly is: 'judge'; readonly users: readonly KnownUser[]; readonly agents: readonly KnownAgent[] };

export interface Answers {
  readonly groups: EventGroup[];
  readonly events: EventPage;
  /** Whether any events went. */
  readonly keep: boolean;
  /** How many verdicts are others now. */
  readonly judge: number;
}

export interface Asked {
  readonly number: number;
  readonly question: Question;
}

export type Answer = { readonly number: number } & (
  | { readonly result: Answers[Question['is']] }
  | { readonly error: Failure }
);
