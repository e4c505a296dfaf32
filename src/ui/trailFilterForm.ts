/** Asks a person what to show of the audit trail: one part of the filter at a time, with the values that occur. */
import { formatAccount } from '../base/arn.ts';
import { ACTOR_KINDS } from '../trail/attribution/attribution.ts';
import type { Leak } from '../trail/leaks/leakStore.ts';
import type { Facet, FacetValue } from '../trail/trailFacets.ts';
import { LEAK_TITLES } from './leakText.ts';
import { type Answer, askChoice, askText, BACK, type Choice } from './quickInput.ts';
import { ACTOR_LOOKS, serviceName } from './trailRows.ts';
import { askTime } from './trailTimeForm.ts';
import { ANY_LEAK, isFiltered, timeWords, type ViewFilter } from './trailView.ts';
import { oneLine } from './wording.ts';

export interface FilterFormInput {
  /** Which values there are, the most frequent first. */
  readonly facet: (facet: Facet) => readonly FacetValue[];
  readonly leaks: () => readonly Leak[];
  /** Newest first. */
  readonly deployments: () => readonly { readonly id: string; readonly stackName: string }[];
  readonly saved: readonly SavedFilter[];
}

export interface SavedFilter {
  readonly name: string;
  readonly filter: ViewFilter;
}

export type FilterAnswer =
  | { readonly is: 'show'; readonly filter: ViewFilter }
  | { readonly is: 'save' }
  | { readonly is: 'forget'; readonly name: string };

const TITLE = 'Filter Audit Trail';

/** @throws Cancelled */
export async function askFilter(filter: ViewFilter, input: FilterFormInput): Promise<FilterAnswer> {
  for (;;) {
    const chosen = await askChoice(
      { title: TITLE },
      { placeholder: 'Show only events …', choices: parts(filter, input) },
    );
    if (chosen === BACK) continue;
    const answer = await chosen();
    if (answer !== BACK) return answer;
  }
}

type Ask = () => Promise<Answer<FilterAnswer>>;

function parts(filter: ViewFilter, input: FilterFormInput): Choice<Ask>[] {
  return [
    ...input.saved.map(saved => savedPart(saved)),
    textPart(filter),
    kindPart(filter),
    ...FACET_PARTS.map(part => facetPart(part, filter, input)),
    failedPart(filter),
    timePart(filter),
    ...deploymentPart(filter, input),
    ...leakPart(filter, input),
    ...(isFiltered(filter) ? [SAVE, CLEAR] : []),
    ...(input.saved.length > 0 ? [forgetPart(input.saved)] : []),
  ];
}

const show = (filter: ViewFilter): FilterAnswer => ({ is: 'show', filter });

const SAVE: Choice<Ask> = { label: '$(save) Save this filter …', value: async () => ({ is: 'save' }) };
const CLEAR: Choice<Ask> = { label: '$(clear-all) Clear the filter', value: async () => show({}) };

function savedPart({ name, filter }: SavedFilter): Choice<Ask> {
  return { label: `$(bookmark) ${oneLine(name)}`, description: 'saved', value: async () => show(filter) };
}

function textPart(filter: ViewFilter): Choice<Ask> {
  return {
    label: '$(search) with a text',
    description: filter.text ?? 'event, service, resource, actor, session, address, event id',
    async value() {
      const prompt = 'Every word must occur. Empty: no text filter.';
      const text = await askText({ title: TITLE, ...SECOND }, { prompt, value: filter.text ?? '' });
      return text === BACK ? BACK : show(changed(filter, 'text', text));
    },
  };
}

/** With a way back to the list. */
const SECOND = { step: 2, totalSteps: 2 };

function kindPart(filter: ViewFilter): Choice<Ask> {
  return {
    label: '$(organization) of one kind of actor',
    ...described(filter.actorKind && ACTOR_LOOKS[filter.actorKind].word),
    value: () =>
      choose(filter, 'actorKind', 'Whose events?', [
        ...ACTOR_KINDS.map(value => ({
          value,
          label: `$(${ACTOR_LOOKS[value].icon}) ${ACTOR_LOOKS[value].word}`,
        })),
      ]),
  };
}

interface FacetPart {
  readonly facet: Facet;
  readonly key: 'actor' | 'service' | 'event' | 'error' | 'accountId' | 'region';
  readonly label: string;
  readonly question: string;
  readonly name: (value: string) => string;
}

const FACET_PARTS: readonly FacetPart[] = [
  {
    ...{ facet: 'actor', key: 'actor', name: oneLine },
    ...{ label: '$(account) of one actor', question: 'Whose events? What others did for them counts too.' },
  },
  {
    ...{ facet: 'service', key: 'service', name: value => oneLine(serviceName(value)) },
    ...{ label: '$(server) of one service', question: 'Which service?' },
  },
  {
    ...{ facet: 'event', key: 'event', name: oneLine },
    ...{ label: '$(symbol-event) of one call', question: 'Which call?' },
  },
  {
    ...{ facet: 'error', key: 'error', name: oneLine },
    ...{ label: '$(circle-slash) with one error', question: 'Which error?' },
  },
  {
    ...{ facet: 'account', key: 'accountId', name: value => formatAccount(oneLine(value)) },
    ...{ label: '$(briefcase) of one account', question: 'Which account’s trail?' },
  },
  {
    ...{ facet: 'region', key: 'region', name: oneLine },
    ...{ label: '$(location) of one Region', question: 'Which Region?' },
  },
];

function facetPart(part: FacetPart, filter: ViewFilter, { facet }: FilterFormInput): Choice<Ask> {
  const now = filter[part.key];
  return {
    label: part.label,
    ...described(now && part.name(now)),
    value: () =>
      choose(
        filter,
        part.key,
        part.question,
        facet(part.facet).map(({ value, kind, events, errors }) => ({
          value,
          label: `${kind ? `$(${ACTOR_LOOKS[kind].icon}) ` : ''}${part.name(value)}`,
          description: countText(events, part.facet === 'error' ? 0 : errors),
        })),
      ),
  };
}

function countText(events: number, errors: number): string {
  const count = `${events.toLocaleString()} ${events === 1 ? 'event' : 'events'}`;
  return errors === 0 ? count : `${count}, ${errors.toLocaleString()} failed`;
}

function failedPart(filter: ViewFilter): Choice<Ask> {
  const { errorsOnly, ...rest } = filter;
  return {
    label: errorsOnly ? '$(check) that failed, or not' : '$(error) that failed',
    value: async () => show(errorsOnly ? rest : { ...rest, errorsOnly: true }),
  };
}

function timePart(filter: ViewFilter): Choice<Ask> {
  return {
    label: '$(calendar) of a period',
    ...described(timeWords(filter)),
    async value() {
      const period = await askTime({ title: TITLE, ...SECOND });
      if (period === BACK) return BACK;
      const { from: _from, to: _to, lastHours: _hours, ...rest } = filter;
      return show({ ...rest, ...period });
    },
  };
}

function deploymentPart(filter: ViewFilter, { deployments }: FilterFormInput): Choice<Ask>[] {
  const all = deployments();
  if (all.length === 0) return [];
  const choices = all.map(({ id, stackName }) => ({ value: id, label: stackName, description: id }));
  const name = all.find(({ id }) => id === filter.deploymentId)?.stackName;
  const value = (): Promise<Answer<FilterAnswer>> =>
    choose(filter, 'deploymentId', 'Which deployment?', choices);
  return [{ label: '$(rocket) of one deployment', ...described(name), value }];
}

function leakPart(filter: ViewFilter, { leaks }: FilterFormInput): Choice<Ask>[] {
  const all = leaks();
  if (all.length === 0) return [];
  const choices = [
    { value: ANY_LEAK, label: 'Of any leak', description: `${all.length}` },
    ...all.map(({ key, kind, sentence, status }) => ({
      value: key,
      label: LEAK_TITLES[kind],
      detail: oneLine(sentence),
      ...(status === 'acknowledged' ? { description: 'fine, somebody said' } : {}),
    })),
  ];
  const value = (): Promise<Answer<FilterAnswer>> => choose(filter, 'leak', 'Which leak’s events?', choices);
  return [{ label: '$(warning) that are part of a leak', ...described(filter.leak && 'on'), value }];
}

function forgetPart(saved: readonly SavedFilter[]): Choice<Ask> {
  return {
    label: '$(trash) Remove a saved filter …',
    async value() {
      const choices = saved.map(({ name }) => ({ label: oneLine(name), value: name }));
      const name = await askChoice({ title: TITLE, ...SECOND }, { placeholder: 'Which one?', choices });
      return name === BACK ? BACK : { is: 'forget', name };
    },
  };
}

/** One of the values, or none of them where one was set. */
async function choose<K extends keyof ViewFilter>(
  filter: ViewFilter,
  key: K,
  placeholder: string,
  choices: readonly Choice<NonNullable<ViewFilter[K]>>[],
): Promise<Answer<FilterAnswer>> {
  const any: Choice<typeof ANY> = { label: '$(circle-large-outline) Any', value: ANY };
  const chosen = await askChoice<NonNullable<ViewFilter[K]> | typeof ANY>(
    { title: TITLE, ...SECOND },
    { placeholder, choices: filter[key] === undefined ? choices : [any, ...choices] },
  );
  return chosen === BACK ? BACK : show(changed(filter, key, chosen === ANY ? undefined : chosen));
}

/** A symbol of its own type, so that it is no value of a filter. */
const ANY: unique symbol = Symbol('any');

function changed<K extends keyof ViewFilter>(
  filter: ViewFilter,
  key: K,
  value: NonNullable<ViewFilter[K]> | undefined,
): ViewFilter {
  const { [key]: _, ...rest } = filter;
  return value === undefined || value === '' ? rest : { ...rest, [key]: value };
}

function described(text: string | undefined): { description?: string } {
  return text === undefined || text === '' ? {} : { description: text };
}
