/** What the guardrails say of a plan as HTML: what was refused first, then what wants an express yes. Pure. */
import type { GuardrailResult, RuleVerdict } from '../../guardrail/guardrailResult.ts';
import { adviceOf, ruleTitle } from '../guardrailWords.ts';
import { type Html, html, NOTHING } from './html.ts';

export function guardrailsHtml({ verdicts }: GuardrailResult): Html {
  const of = (verdict: RuleVerdict['verdict']): RuleVerdict[] =>
    verdicts.filter(one => one.verdict === verdict);
  const passed = of('pass');
  return html`<section aria-labelledby="guardrails"><h2 id="guardrails">Guardrails</h2>
${listHtml('refuse', 'Refused', of('refuse'))}${listHtml('ask', 'Want your express yes', of('ask'))}
${
  verdicts.length === 0
    ? html`<p class="quiet">No guardrail applies to this plan.</p>`
    : passed.length === 0
      ? NOTHING
      : html`<details><summary>${passed.length} passed</summary><ul>${passed.map(ruleHtml)}</ul></details>`
}</section>`;
}

function listHtml(kind: 'refuse' | 'ask', title: string, verdicts: readonly RuleVerdict[]): Html {
  return verdicts.length === 0
    ? NOTHING
    : html`<h3 class="${kind}">${title} <span class="count">${verdicts.length}</span></h3><ul>${verdicts.map(ruleHtml)}</ul>`;
}

function ruleHtml(verdict: RuleVerdict): Html {
  const { resource, type, value, limit, source } = verdict;
  return html`<li class="rule ${verdict.verdict}"><span class="address">${ruleTitle(verdict.rule)}</span>: ${
    resource === undefined ? NOTHING : html`<span class="address">${resource}</span> `
  }${type === undefined ? NOTHING : html`<span class="type">${type}</span> `}${value}
<p class="detail">Limit: ${limit}, set by ${source}.</p>${
    verdict.verdict === 'pass' ? NOTHING : html`<p class="detail">${adviceOf(verdict)}</p>`
  }</li>`;
}
