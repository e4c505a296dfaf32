/** A deployment's record as Markdown: what was asked, who said yes, what happened, what CloudTrail says. Pure. */
import { formatAccount } from '../base/arn.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { ResourceEvent } from '../deployment/resourceEvents.ts';
import { planDocument } from './planText.ts';
import { markdownText } from './wording.ts';

export function deploymentRecord(deployment: Deployment, events: readonly ResourceEvent[]): string {
  const { state } = deployment;
  const plan = 'plan' in state ? state.plan : undefined;
  const approval = 'approval' in state ? state.approval : undefined;
  return [
    `# ${deployment.stackName}`,
    '',
    `- Deployment ${deployment.id}: ${state.status}`,
    `- Identity: ${markdownText(plan?.identityArn ?? deployment.agent)}`,
    ...(deployment.onBehalfOf === undefined
      ? []
      : [`- For: ${markdownText(deployment.onBehalfOf)} (source identity)`]),
    `- Account: ${markdownText(deployment.accountAlias ?? '')} ${formatAccount(deployment.accountId)} (${deployment.environment}), ${deployment.region}`,
    `- Source: ${markdownText(deployment.sourceName)}`,
    `- Began ${new Date(deployment.startedAt).toISOString()}${ended(deployment)}`,
    ...(approval
      ? [`- Approved by ${markdownText(approval.approvedBy)} at ${new Date(approval.at).toISOString()}`]
      : []),
    `- CloudTrail: ${markdownText(deployment.verification.summary || 'not verified')}`,
    ...('failure' in state
      ? ['', `**${markdownText(state.failure.address ?? 'Reason')}**: ${markdownText(state.failure.reason)}`]
      : []),
    ...outputs(deployment),
    ...eventTable(events),
    '',
    ...(plan ? [planDocument(deployment, plan).replace(/^#/, '##')] : []),
  ].join('\n');
}

function ended({ startedAt, endedAt }: Deployment): string {
  return endedAt === undefined ? '' : `, took ${Math.round((endedAt - startedAt) / 1000)} s`;
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
