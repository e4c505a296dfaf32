/** A deployment's record as Markdown: what was asked, who said yes, what happened, what CloudTrail says. Pure. */
import { formatAccount } from '../base/arn.ts';
import type { Approval } from '../deployment/approval.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { Plan } from '../deployment/plan.ts';
import type { ResourceEvent } from '../deployment/resourceEvents.ts';
import { reversedBy } from '../deployment/rollBack.ts';
import { costText } from './costText.ts';
import { duration } from './deploymentRows.ts';
import { ruleTitle } from './guardrailWords.ts';
import { planDocument } from './planText.ts';
import { markdownText } from './wording.ts';

/** @param all of the history, for what has taken it back. */
export function deploymentRecord(
  deployment: Deployment,
  events: readonly ResourceEvent[],
  all: readonly Deployment[],
): string {
  const { state } = deployment;
  const plan = 'plan' in state ? state.plan : undefined;
  return [
    `# ${markdownText(deployment.stackName)}`,
    '',
    `- Deployment ${deployment.id}: ${state.status}`,
    ...identityLines(deployment, plan),
    ...decisionLines(deployment),
    ...reversalLines(deployment, all),
    `- CloudTrail: ${markdownText(deployment.verification.summary || 'not verified')}`,
    ...('failure' in state
      ? ['', `**${markdownText(state.failure.address ?? 'Reason')}**: ${markdownText(state.failure.reason)}`]
      : []),
    ...('reason' in state ? ['', markdownText(state.reason)] : []),
    ...outputs(deployment),
    ...eventTable(events),
    '',
    ...(plan ? [planDocument(deployment, plan).replace(/^#/, '##')] : []),
  ].join('\n');
}

function identityLines(deployment: Deployment, plan: Plan | undefined): string[] {
  const { agent, onBehalfOf, accountAlias, accountId, environment, region, sourceName, engine } = deployment;
  return [
    `- Identity: ${markdownText(plan?.identityArn ?? agent)}`,
    ...(onBehalfOf === undefined ? [] : [`- For: ${markdownText(onBehalfOf)} (source identity)`]),
    `- Account: ${markdownText(accountAlias ?? '')} ${formatAccount(accountId)} (${environment}), ${region}`,
    `- Source: ${markdownText(sourceName)}, by ${markdownText(plan?.tool ?? engine)}`,
    `- Began ${new Date(deployment.startedAt).toISOString()}${ended(deployment)}`,
    ...(plan ? [`- Cost: ${markdownText(costText(plan.guardrails.cost))}`] : []),
  ];
}

function decisionLines({ askedBy, state }: Deployment): string[] {
  const approval = 'approval' in state ? state.approval : undefined;
  const plan = 'plan' in state ? state.plan : undefined;
  const door = askedBy.door === 'command' ? 'by the no-wing command' : 'in a window';
  return [
    `- Asked for by ${askedBy.kind} ${markdownText(askedBy.name)} ${door}`,
    ...(approval
      ? [
          `- Approved by ${markdownText(approval.approvedBy)} at ${new Date(approval.at).toISOString()}${markdownText(agreedTo(approval, plan))}`,
        ]
      : []),
  ];
}

function agreedTo({ acknowledged }: Approval, plan: Plan | undefined): string {
  const titles = acknowledged.map(name => {
    const found = plan?.guardrails.verdicts.find(({ rule }) => rule === name);
    return found ? ruleTitle(found.rule) : name;
  });
  return titles.length === 0 ? '' : `, agreeing to: ${titles.join(', ')}`;
}

function reversalLines(deployment: Deployment, all: readonly Deployment[]): string[] {
  const by = reversedBy(deployment, all);
  return [
    ...(deployment.reverses === undefined
      ? []
      : [`- Rolls back deployment ${markdownText(deployment.reverses)}`]),
    ...(by === undefined ? [] : [`- Rolled back by deployment ${markdownText(by.id)}`]),
  ];
}

function ended(deployment: Deployment): string {
  const took = duration(deployment);
  return took === undefined ? '' : `, took ${took}`;
}

function outputs({ state }: Deployment): string[] {
  if (state.status !== 'succeeded' || state.outputs.length === 0) return [];
  return [
    '',
    '## Outputs',
    '',
    '| Name | Value |',
    '|---|---|',
    ...state.outputs.map(({ key, value }) => `| ${markdownText(key)} | ${markdownText(value)} |`),
  ];
}

function eventTable(events: readonly ResourceEvent[]): string[] {
  if (events.length === 0) return [];
  const rows = events.map(
    ({ at, address, type, status, reason }) =>
      `| ${new Date(at).toISOString()} | ${[address, type, status, reason ?? ''].map(markdownText).join(' | ')} |`,
  );
  return [
    '',
    '## Events',
    '',
    '| Time | Resource | Type | Status | Reason |',
    '|---|---|---|---|---|',
    ...rows,
  ];
}
