/** What a person does in the Audit Trail view: refresh, load more, filter, group, open a record. */
import * as vscode from 'vscode';
import { DAY } from '../base/clock.ts';
import type { Profile } from '../identity/profile.ts';
import { ACTOR_KINDS } from '../trail/attribution/attribution.ts';
import { emptyReason } from '../trail/emptyReason.ts';
import type { ReadOutcome, TrailSource } from '../trail/refresh.ts';
import type { SessionOf } from '../trail/regionReader.ts';
import type { Trail } from '../trail/trail.ts';
import type { GroupBy, TrailFilter } from '../trail/trailFilter.ts';
import { trailSources } from '../trail/trailSources.ts';
import type { TrailEmpty } from './contributions.ts';
import { askChoice, askText, BACK } from './quickInput.ts';
import { setting } from './settings.ts';
import type { ShowError } from './showError.ts';
import { ACTOR_LOOKS } from './trailRows.ts';
import { GROUP_WORDS, type TrailTree } from './trailTree.ts';

export interface TrailActionsInput {
  readonly trail: Pick<Trail, 'refresh' | 'loadMore'>;
  readonly tree: () => TrailTree;
  readonly activeProfiles: () => readonly Profile[];
  readonly session: (profile: Profile) => SessionOf;
  readonly showError: ShowError;
  /** When No Wing last changed something in AWS: its events may still be on their way. */
  readonly lastActivityAt: () => number | undefined;
  readonly now: () => number;
}

export interface TrailActions {
  refresh(): Promise<void>;
  loadMore(node: unknown): Promise<void>;
  filter(): Promise<void>;
  clearFilter(): void;
  groupBy(): Promise<void>;
  /** Why the view is empty, when it is. */
  empty(): TrailEmpty;
}

type Outcome = (ReadOutcome & { exhausted?: boolean }) | undefined;

export function createTrailActions(input: TrailActionsInput): TrailActions {
  let last: Outcome;
  const sources = (): TrailSource[] =>
    trailSources(input.activeProfiles(), setting('trail.regions'), input.session);
  const read = async (
    title: string,
    work: (signal: AbortSignal, say: (text: string) => void) => Promise<Outcome>,
  ): Promise<void> => {
    last = await withProgress(title, work);
    input.tree().refresh();
    if (last) await tellFailures(last, input.showError);
  };
  return {
    refresh: () =>
      read('Reading CloudTrail', (signal, say) => {
        const since = input.now() - setting('trail.days') * DAY;
        return input.trail.refresh({
          sources: sources(),
          since,
          signal,
          onProgress: at => say(progressText(at)),
        });
      }),
    async loadMore(node) {
      if (node !== undefined) return input.tree().more(node);
      await read('Reading earlier events', (signal, say) =>
        input.trail.loadMore({ sources: sources(), signal, onProgress: at => say(progressText(at)) }),
      );
      input.tree().say(last?.exhausted ? 'This is all that CloudTrail keeps: 90 days.' : undefined);
    },
    filter: () => askFilter(input.tree()),
    clearFilter: () => input.tree().show(input.tree().groupBy(), {}),
    groupBy: () => askGroup(input.tree()),
    empty: () => whyEmpty(input, last),
  };
}

function withProgress(
  title: string,
  work: (signal: AbortSignal, say: (text: string) => void) => Promise<Outcome>,
): Thenable<Outcome> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, (progress, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    return work(controller.signal, message => progress.report({ message }));
  });
}

function progressText({
  region,
  stored,
  backTo,
}: {
  region: string;
  stored: number;
  backTo: number;
}): string {
  return `${region}: ${stored} new events, back to ${new Date(backTo).toLocaleString()}`;
}

/** One message for all Regions that could not be read; the others are shown. */
async function tellFailures({ failed }: ReadOutcome, showError: ShowError): Promise<void> {
  const [first] = failed;
  if (first) await showError(first.error);
}

function whyEmpty(input: TrailActionsInput, last: Outcome): TrailEmpty {
  if (Object.keys(input.tree().filter()).length > 0) return 'filtered';
  const hasProfile = input.activeProfiles().length > 0;
  if (hasProfile && last === undefined) return 'notRead';
  const now = input.now();
  const lastActivityAt = input.lastActivityAt();
  return emptyReason({
    hasProfile,
    signedIn: !last || last.failed.length === 0 || last.stored > 0,
    from: now - setting('trail.days') * DAY,
    to: now,
    now,
    ...(lastActivityAt === undefined ? {} : { lastActivityAt }),
  });
}

async function askGroup(tree: TrailTree): Promise<void> {
  const choices = (Object.keys(GROUP_WORDS) as GroupBy[]).map(value => ({
    value,
    label: `Group ${GROUP_WORDS[value]}`,
  }));
  const by = await askChoice(
    { title: 'Group Audit Trail' },
    { placeholder: 'How are events grouped?', choices, active: tree.groupBy() },
  );
  if (by !== BACK) tree.show(by, tree.filter());
}

type FilterPart = 'text' | 'actor' | 'errors' | 'clear';

async function askFilter(tree: TrailTree): Promise<void> {
  const place = { title: 'Filter Audit Trail' };
  const filter = tree.filter();
  const part = await askChoice<FilterPart>(place, {
    placeholder: 'Show only events …',
    choices: filterChoices(filter),
  });
  const next = part === BACK ? undefined : await FILTERS[part](filter, place.title);
  if (next) tree.show(tree.groupBy(), next);
}

function filterChoices(filter: TrailFilter): { value: FilterPart; label: string; description?: string }[] {
  const set = Object.keys(filter).length > 0;
  return [
    { value: 'text', label: '$(search) with a text', description: 'event, service, resource, actor' },
    { value: 'actor', label: '$(account) of one kind of actor' },
    { value: 'errors', label: filter.errorsOnly ? '$(check) that failed, or not' : '$(error) that failed' },
    ...(set ? [{ value: 'clear' as const, label: '$(clear-all) Clear the filter' }] : []),
  ];
}

const FILTERS: Readonly<
  Record<FilterPart, (filter: TrailFilter, title: string) => Promise<TrailFilter | undefined>>
> = {
  async text({ text: _, ...rest }, title) {
    const text = await askText(
      { title },
      { prompt: 'Every word must occur. Empty: no text filter.', value: _ ?? '' },
    );
    return text === BACK ? undefined : { ...rest, ...(text === '' ? {} : { text }) };
  },
  async actor({ actorKind: _, ...rest }, title) {
    const choices = ACTOR_KINDS.map(value => ({
      value,
      label: `$(${ACTOR_LOOKS[value].icon}) ${ACTOR_LOOKS[value].word}`,
    }));
    const actorKind = await askChoice({ title }, { placeholder: 'Whose events?', choices });
    return actorKind === BACK ? undefined : { ...rest, actorKind };
  },
  errors: async ({ errorsOnly, ...rest }) => (errorsOnly ? rest : { ...rest, errorsOnly: true }),
  clear: async () => ({}),
};
