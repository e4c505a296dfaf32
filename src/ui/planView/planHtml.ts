/**
 * The page of a plan: everything a person needs to decide, what can go wrong first. It is HTML without any script; its
 * buttons are links to commands, and the yes itself is asked by the editor in a modal dialog. Pure.
 */
import { formatAccount } from '../../base/arn.ts';
import { type Deployment, isIn } from '../../deployment/deployment.ts';
import type { Plan } from '../../deployment/plan.ts';
import { engineFacts, engineWarnings } from '../enginePlanText.ts';
import { countsText } from '../planChanges.ts';
import { planTitle } from '../planText.ts';
import { environmentName } from '../wording.ts';
import { changesHtml } from './changeHtml.ts';
import { accessHtml, costHtml, inputsHtml, pairs, parametersHtml } from './factsHtml.ts';
import { guardrailsHtml } from './guardrailHtml.ts';
import { type Html, html, NOTHING } from './html.ts';

export interface PlanPage {
  readonly deployment: Deployment;
  readonly plan: Plan;
  /** It can be decided on here: this window drafted it, and it waits. */
  readonly canDecide: boolean;
  /** What became of it, or why it cannot be decided on here. */
  readonly notice: string;
}

export interface PageFrame {
  /** The style sheet, as the webview may load it. */
  readonly style: string;
  /** `webview.cspSource` */
  readonly source: string;
}

export const PAGE_COMMANDS = [
  'noWing.deployment.approve',
  'noWing.deployment.refuse',
  'noWing.deployment.showDiff',
] as const;
type PageCommand = (typeof PAGE_COMMANDS)[number];

export function planPage(page: PlanPage, { style, source }: PageFrame): string {
  const policy = `default-src 'none'; style-src ${source}; base-uri 'none'; form-action 'none'`;
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Plan of ${page.plan.stackName}</title>
<link rel="stylesheet" href="${style}">
</head>
<body>
<main>
${headHtml(page)}
${bodyHtml(page)}
</main>
</body>
</html>`.markup;
}

function headHtml({ deployment, plan, canDecide, notice }: PlanPage): Html {
  return html`<header class="${plan.environment}">
<h1>${planTitle(deployment, plan)}</h1>
<p class="notice" role="status">${notice}</p>
${placeHtml(deployment, plan)}
<p class="counts">${countsText(plan)} · ${plan.tool}</p>
<nav aria-label="Decide">${
    canDecide
      ? html`${link('noWing.deployment.approve', deployment.id, 'Approve…', 'primary')} ${link('noWing.deployment.refuse', deployment.id, 'Refuse', 'secondary')} `
      : NOTHING
  }${link('noWing.deployment.showDiff', deployment.id, 'Show Template Diff', 'secondary')}</nav>
</header>`;
}

function placeHtml(deployment: Deployment, plan: Plan): Html {
  const facts: readonly (readonly [string, string])[] = [
    ['Agent', deployment.agent],
    ['For', plan.sourceIdentity ?? 'nobody named'],
    ['Account', [deployment.accountAlias, formatAccount(plan.accountId)].filter(Boolean).join(' ')],
    ['Region', plan.region],
    ['Asked by', `${deployment.askedBy.kind} ${deployment.askedBy.name}`],
  ];
  return html`<dl class="place"><div class="environment"><dt>Environment</dt><dd>${environmentName(plan.environment)}</dd></div>${facts.map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
  )}</dl>`;
}

function bodyHtml({ deployment, plan }: PlanPage): Html {
  return html`${warningsHtml(plan)}
${guardrailsHtml(plan.guardrails)}
${changesHtml(plan.changes)}
${accessHtml('permissions', 'Permissions', plan.iamChanges, 'No permission is given or taken.')}
${accessHtml('network', 'Network', plan.networkChanges, 'No port and no access from outside is changed.')}
${costHtml(plan)}
${parametersHtml(plan)}
${inputsHtml(plan)}
${pairs('Where and from what', [
  ['Session', plan.identityArn],
  ['Deployment', deployment.id],
  ['Source', deployment.sourceName],
  ...engineFacts(plan),
  ['Planned', new Date(plan.createdAt).toISOString()],
])}`;
}

function warningsHtml(plan: Plan): Html {
  const warnings = engineWarnings(plan).map(text => html`<p class="warning">${text}</p>`);
  return html`${warnings}`;
}

function link(command: PageCommand, id: string, text: string, look: string): Html {
  return html`<a class="button ${look}" href="command:${command}?${encodeURIComponent(JSON.stringify([id]))}">${text}</a>`;
}

/** What became of a plan; for one that waits here, what the buttons are for. */
export function noticeOf(deployment: Deployment, canDecide: boolean): string {
  if (isIn(deployment, 'refused'))
    return 'A guardrail refused this plan: it cannot be approved. Correct what is named below and plan again.';
  if (isIn(deployment, 'awaitingApproval'))
    return canDecide
      ? 'Nothing has been changed yet. This plan waits for your yes; it may be closed and reviewed later from the Deployments view.'
      : 'This plan waits for a yes in the window that drafted it.';
  if (isIn(deployment, 'executing')) return 'Approved: it is being carried out now.';
  return `This plan is history: ${ENDED[deployment.state.status] ?? deployment.state.status}.`;
}

const ENDED: Readonly<Partial<Record<Deployment['state']['status'], string>>> = {
  succeeded: 'it was carried out',
  failed: 'it failed',
  rolledBack: 'it failed and AWS undid it',
  cancelled: 'it was cancelled',
  abandoned: 'it was given up',
  handedOver: 'it was planned anew in a window',
};
