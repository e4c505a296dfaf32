/** The planned changes of a plan as HTML: what is lost first, each with the properties that differ. Pure. */
import type { PlannedChange } from '../../deployment/plan.ts';
import { type ChangeKind, changeKind, groupedChanges } from '../planChanges.ts';
import { type Html, html, NOTHING } from './html.ts';
import { type PropertyChange, propertyChanges } from './propertyChanges.ts';

const HEADINGS: Readonly<Record<ChangeKind, string>> = {
  replace: 'Replaced',
  remove: 'Deleted',
  change: 'Changed',
  add: 'Added',
  import: 'Imported',
};

export function changesHtml(changes: readonly PlannedChange[]): Html {
  return html`<section aria-labelledby="changes"><h2 id="changes">Resources</h2>${groupedChanges(changes).map(
    ({ kind, changes: group }) => groupHtml(kind, group),
  )}</section>`;
}

function groupHtml(kind: ChangeKind, changes: readonly PlannedChange[]): Html {
  return html`<h3 class="kind ${kind}">${HEADINGS[kind]} <span class="count">${changes.length}</span></h3>
<ul class="changes">${changes.map(changeHtml)}</ul>`;
}

function changeHtml(change: PlannedChange): Html {
  const kind = changeKind(change);
  const properties = propertyChanges(change);
  const title = html`<span class="sign ${kind}" aria-hidden="true">${SIGNS[kind]}</span>
<span class="address">${change.address}</span> <span class="type">${change.type}</span>${noteHtml(change)}`;
  const why = reasonsOf(change, properties);
  const detail = html`${change.physicalId === undefined ? NOTHING : html`<p class="detail">Now: <code>${change.physicalId}</code></p>`}
${why === '' ? NOTHING : html`<p class="detail">${why}</p>`}
${properties.length === 0 ? NOTHING : propertyTable(change.address, properties)}`;
  const isPlain = properties.length === 0 && why === '' && change.physicalId === undefined;
  if (isPlain) return html`<li class="change ${kind}"><div class="line">${title}</div></li>`;
  return isGrave(kind)
    ? html`<li class="change ${kind}"><details open><summary>${title}</summary>${detail}</details></li>`
    : html`<li class="change ${kind}"><details><summary>${title}</summary>${detail}</details></li>`;
}

/** What the engine says besides the names of properties that are in the table anyway. */
function reasonsOf({ detail }: PlannedChange, properties: readonly PropertyChange[]): string {
  const named = new Set(properties.map(({ name }) => name));
  return detail
    .split('; ')
    .filter(part => !named.has(part))
    .join('; ');
}

const SIGNS: Readonly<Record<ChangeKind, string>> = {
  replace: '±',
  remove: '−',
  change: '~',
  add: '+',
  import: '→',
};

function isGrave(kind: ChangeKind): boolean {
  return kind === 'replace' || kind === 'remove';
}

function noteHtml({ action, replacement }: PlannedChange): Html {
  if (action === 'decidedLater') return html` <span class="note">AWS decides while it deploys</span>`;
  if (action === 'modify' && replacement === 'maybe') return html` <span class="note">may be replaced</span>`;
  return NOTHING;
}

function propertyTable(address: string, properties: readonly PropertyChange[]): Html {
  return html`<table><caption class="spoken">Properties of ${address}</caption>
<thead><tr><th scope="col">Property</th><th scope="col">Now</th><th scope="col">After</th></tr></thead>
<tbody>${properties.map(
    ({ name, before, after }) =>
      html`<tr><th scope="row">${name}</th><td>${valueHtml(before, 'before')}</td><td>${valueHtml(after, 'after')}</td></tr>`,
  )}</tbody></table>`;
}

function valueHtml(value: string | undefined, side: string): Html {
  return value === undefined
    ? html`<span class="none">none</span>`
    : html`<code class="${side}">${value}</code>`;
}
