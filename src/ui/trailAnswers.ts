/** What the trail answers to one grouping and filter: groups and pages of events. Its questions end with it. Pure. */
import { throwIfCancelled } from '../base/cancellation.ts';
import { createInTurn } from '../base/inTurn.ts';
import type { Leak } from '../trail/leaks/leakStore.ts';
import type { GroupBy, TrailFilter } from '../trail/trailFilter.ts';
import type { EventGroup } from '../trail/trailGroups.ts';
import { createPages, type Pages } from './trailPages.ts';
import type { TrailQuestions } from './trailQuestions.ts';
import type { ViewFilter } from './trailView.ts';

export interface AnswersInput extends TrailQuestions {
  /** All of them, also those that somebody said are fine. */
  readonly leaks: () => readonly Leak[];
  /** What the person's filter means now. */
  readonly resolve: (filter: ViewFilter) => TrailFilter;
}

export interface Answers {
  readonly by: GroupBy;
  readonly filter: ViewFilter;
  /** Read once, and again only when something changed. @throws Cancelled when it has ended, and what the questions do */
  top(): Promise<Top>;
  readonly pages: Pages;
  /** Something changed. What is being asked goes on first: news may come faster than an answer. */
  renew(): void;
  end(): void;
}

export interface Top {
  readonly groups: readonly EventGroup[];
  readonly leaks: readonly Leak[];
}

export function createAnswers(input: AnswersInput, by: GroupBy, filter: ViewFilter): Answers {
  const ended = new AbortController();
  const { signal } = ended;
  const inTurn = createInTurn();
  let resolved: TrailFilter = {};
  let changes = 0;
  let known: (Top & { readonly asOf: number }) | undefined;
  /** What is answered after the end, or fails then, is cancelled all the same. */
  const asked = async <T>(question: () => T | Promise<T>): Promise<T> => {
    throwIfCancelled(signal);
    try {
      return await question();
    } finally {
      throwIfCancelled(signal);
    }
  };
  const pages = createPages(ask => asked(() => input.events({ ...ask, filter: resolved }, signal)));
  const upToDate = async (): Promise<Top> => {
    if (known?.asOf === changes) return known;
    const asOf = changes;
    resolved = input.resolve(filter);
    const groups = await asked(() => input.groups(by, resolved, signal));
    known = { groups: deploymentsFirst(groups), leaks: input.leaks(), asOf };
    return known;
  };
  return {
    by,
    filter,
    top: () => inTurn(upToDate),
    pages,
    renew() {
      changes++;
      pages.renew();
    },
    end: () => ended.abort(),
  };
}

/** What belongs to no deployment comes last, however new it is. */
function deploymentsFirst(groups: readonly EventGroup[]): EventGroup[] {
  const isOutside = ({ key }: EventGroup): boolean =>
    key.by === 'deployment' && key.deploymentId === undefined;
  return [...groups.filter(group => !isOutside(group)), ...groups.filter(isOutside)];
}
