/** What a person does in the Audit Trail view: refresh, load more, filter, group. */
import * as vscode from 'vscode';
import { DAY } from '../base/clock.ts';
import type { Profile } from '../identity/profile.ts';
import { emptyReason } from '../trail/emptyReason.ts';
import type { ReadOutcome, TrailSource } from '../trail/refresh.ts';
import type { SessionOf } from '../trail/regionReader.ts';
import type { Trail, TrailEnd } from '../trail/trail.ts';
import type { GroupBy, TrailFilter } from '../trail/trailFilter.ts';
import { trailSources } from '../trail/trailSources.ts';
import type { TrailEmpty } from './contributions.ts';
import { keepingNow } from './keepingNow.ts';
import { askChoice, askText, BACK } from './quickInput.ts';
import { setting } from './settings.ts';
import type { ShowError } from './showError.ts';
import { askFilter, type FilterFormInput } from './trailFilterForm.ts';
import { likenesses } from './trailLikeThis.ts';
import { eventOf } from './trailNodes.ts';
import { forgetFilter, savedFilters, saveFilter } from './trailSavedFilters.ts';
import type { TrailTree } from './trailTree.ts';
import { GROUP_WORDS, isFiltered, type ViewFilter } from './trailView.ts';

export interface TrailActionsInput {
  readonly trail: Pick<Trail, 'refresh' | 'loadMore'>;
  readonly tree: () => TrailTree;
  readonly resolve: (filter: ViewFilter) => TrailFilter;
  /** What there is to filter by. */
  readonly filterBy: Omit<FilterFormInput, 'saved'>;
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
  filterLikeThis(node: unknown): Promise<void>;
  clearFilter(): void;
  groupBy(): Promise<void>;
  /** Where CloudTrail is read, and as whom. */
  sources(): TrailSource[];
  /** What the view's filter means now. */
  filterNow(): TrailFilter;
  /** Why the view is empty, when it is. */
  empty(): TrailEmpty;
}

type Outcome = (ReadOutcome & { end?: TrailEnd }) | undefined;

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
    sources,
    refresh: () =>
      read('Reading CloudTrail', (signal, say) => {
        const since = input.now() - setting('trail.days') * DAY;
        return input.trail.refresh({
          sources: sources(),
          since,
          keeping: keepingNow(input.now()),
          signal,
          onProgress: at => say(progressText(at)),
        });
      }),
    async loadMore(node) {
      if (node !== undefined) return input.tree().more(node);
      await read('Reading earlier events', (signal, say) =>
        input.trail.loadMore({
          sources: sources(),
          keeping: keepingNow(input.now()),
          signal,
          onProgress: at => say(progressText(at)),
        }),
      );
      input.tree().say(last?.end && END[last.end]);
    },
    filter: () => changeFilter(input),
    filterLikeThis: node => likeThis(input.tree(), node),
    clearFilter: () => input.tree().show(input.tree().groupBy(), {}),
    groupBy: () => askGroup(input.tree()),
    filterNow: () => input.resolve(input.tree().filter()),
    empty: () => whyEmpty(input, last),
  };
}

const END: Readonly<Record<TrailEnd, string>> = {
  'not in CloudTrail': 'This is all that CloudTrail keeps: 90 days.',
  'not kept': 'Older events are not kept: see the settings noWing.trail.keepDays and noWing.trail.maxSizeMB.',
};

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
  if (isFiltered(input.tree().filter())) return 'filtered';
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

async function changeFilter({ tree, filterBy }: TrailActionsInput): Promise<void> {
  const filter = tree().filter();
  const answer = await askFilter(filter, { ...filterBy, saved: savedFilters() });
  if (answer.is === 'show') tree().show(tree().groupBy(), answer.filter);
  else if (answer.is === 'forget') await forgetFilter(answer.name);
  else {
    const name = await askText(
      { title: 'Save Filter' },
      {
        prompt: 'Under which name? One of the same name is replaced.',
        problem: text => (text === '' ? 'It needs a name.' : undefined),
      },
    );
    if (name !== BACK) await saveFilter(name, filter);
  }
}

async function likeThis(tree: TrailTree, node: unknown): Promise<void> {
  const event = eventOf(node);
  if (!event) return;
  const choices = likenesses(event, tree.filter());
  const chosen = await askChoice(
    { title: 'Filter Like This' },
    { placeholder: 'Show only events of …', choices },
  );
  if (chosen !== BACK) tree.show(tree.groupBy(), chosen);
}
