/** What a plan says besides its changes, as HTML: permissions, network, cost, parameters, and the exact inputs. Pure. */
import type { AccessChange, Plan } from '../../deployment/plan.ts';
import { costText, priceText } from '../costText.ts';
import { type Html, html, NOTHING } from './html.ts';

export function accessHtml(id: string, title: string, changes: readonly AccessChange[], none: string): Html {
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${
    changes.length === 0
      ? html`<p class="quiet">${none}</p>`
      : html`<ul class="access">${changes.toSorted(wideFirst).map(accessLine)}</ul>`
  }</section>`;
}

function wideFirst(a: AccessChange, b: AccessChange): number {
  return Number(b.isWide) - Number(a.isWide);
}

function accessLine({ address, text, isWide }: AccessChange): Html {
  return html`<li class="${isWide ? 'wide' : 'narrow'}">${isWide ? html`<span class="badge">wide</span> ` : NOTHING}<span class="address">${address}</span> ${text}</li>`;
}

export function costHtml({ guardrails: { cost } }: Plan): Html {
  const lines = cost.lines.map(
    ({ resource, what, price }) =>
      html`<tr class="${price.kind}"><th scope="row">${resource}</th><td>${what}</td><td class="amount">${priceText(price)}</td></tr>`,
  );
  return html`<section aria-labelledby="cost"><h2 id="cost">Cost</h2><p>${costText(cost)}</p>${
    lines.length === 0
      ? NOTHING
      : html`<table><caption class="spoken">Cost by resource</caption>
<thead><tr><th scope="col">Resource</th><th scope="col">What</th><th scope="col">US dollars by the month</th></tr></thead>
<tbody>${lines}</tbody></table>`
  }</section>`;
}

export function parametersHtml({ parameters, outputs }: Plan): Html {
  const rows = Object.entries(parameters);
  if (rows.length === 0 && outputs.length === 0) return NOTHING;
  return html`<section aria-labelledby="parameters"><h2 id="parameters">Parameters and outputs</h2>${
    rows.length === 0 ? NOTHING : pairs('Parameters', rows)
  }${
    outputs.length === 0
      ? NOTHING
      : pairs(
          'Outputs',
          outputs.map(({ name, value }) => [name, value ?? 'known after it is deployed']),
        )
  }</section>`;
}

export function inputsHtml(plan: Plan): Html {
  const rows = [
    ...Object.entries(plan.inputs),
    ['guardrails', plan.guardrails.policyHash],
    ['the whole plan', plan.hash],
  ] as const;
  return html`<section aria-labelledby="inputs"><h2 id="inputs">What exactly is approved</h2>
<p class="quiet">An approval holds for this plan alone, once, for ten minutes. Whatever differs then makes it void.</p>${pairs('SHA-256', rows)}</section>`;
}

export function pairs(caption: string, rows: readonly (readonly [string, string])[]): Html {
  return html`<table class="pairs"><caption>${caption}</caption><tbody>${rows.map(
    ([name, value]) => html`<tr><th scope="row">${name}</th><td><code>${value}</code></td></tr>`,
  )}</tbody></table>`;
}
