/** A plan in words: what the confirmation shows, and the whole of it as a document. Pure. */
import { formatAccount } from '../base/arn.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { Plan, PlannedChange } from '../deployment/plan.ts';
import { markdownText, oneLine } from './wording.ts';

export interface PlanWords {
  readonly title: string;
  readonly detail: string;
  /** The button that says yes. */
  readonly verb: string;
  /** Not every change fits the confirmation. */
  readonly cut: boolean;
}

const SHOWN = 12;

export function planWords(deployment: Deployment, plan: Plan): PlanWords {
  const where = deployment.accountAlias ?? formatAccount(deployment.accountId);
  const lines = plan.changes.slice(0, SHOWN).map(changeLine);
  const rest = plan.changes.length - lines.length;
  return {
    title: `${plan.action === 'create' ? 'Create' : 'Update'} stack ${plan.stackName} as agent ${deployment.agent}?`,
    detail: [
      ...identityLines(deployment, plan),
      '',
      counts(plan),
      ...lines,
      ...(rest > 0 ? [`… and ${rest} more`] : []),
      ...warnings(plan),
    ].join('\n'),
    verb: oneLine(`Deploy to ${where}`),
    cut: rest > 0,
  };
}

/** The whole plan as Markdown. */
export function planDocument(deployment: Deployment, plan: Plan): string {
  const rows = plan.changes.map(
    change =>
      `| ${WORDS[changeKind(change)]} | ${markdownText(change.address)} | ${markdownText(change.type)} | ${markdownText(change.detail)} |`,
  );
  return [
    `# Plan of ${plan.stackName}`,
    '',
    ...identityLines(deployment, plan).map(line => `- ${markdownText(line)}`),
    '',
    counts(plan),
    '',
    '| | Resource | Type | Detail |',
    '|---|---|---|---|',
    ...rows,
    ...warnings(plan).map(markdownText),
    '',
    `Plan hash \`${plan.hash}\``,
    '',
  ].join('\n');
}

function identityLines(deployment: Deployment, plan: Plan): string[] {
  const forWhom = plan.sourceIdentity === undefined ? '' : ` for ${plan.sourceIdentity}`;
  const alias = deployment.accountAlias === undefined ? '' : `${deployment.accountAlias} `;
  const lines = [
    `Identity: ${deployment.agent}${forWhom}`,
    `Account: ${alias}${formatAccount(deployment.accountId)} (${deployment.environment})`,
    `Region: ${plan.region}`,
    `Stack: ${plan.stackName}`,
  ];
  return lines.map(oneLine);
}

type Kind = 'add' | 'change' | 'replace' | 'remove' | 'import';

const WORDS: Readonly<Record<Kind, string>> = {
  add: 'add',
  change: 'change',
  replace: 'replace',
  remove: 'delete',
  import: 'import',
};

const SIGNS: Readonly<Record<Kind, string>> = {
  add: '+',
  change: '~',
  replace: '±',
  remove: '−',
  import: '→',
};

function changeKind({ action, replacement }: PlannedChange): Kind {
  switch (action) {
    case 'add':
    case 'remove':
    case 'import':
      return action;
    case 'modify':
      return replacement === 'no' ? 'change' : 'replace';
    case 'sync':
    case 'decidedLater':
      return 'change';
  }
}

/** One line for each change. */
export function changeLines({ changes }: Pick<Plan, 'changes'>): string[] {
  return changes.map(changeLine);
}

function changeLine(change: PlannedChange): string {
  const kind = changeKind(change);
  const maybe = kind === 'replace' && change.replacement === 'maybe' ? ' (may be replaced)' : '';
  return oneLine(`${SIGNS[kind]} ${WORDS[kind]} ${change.address} · ${change.type}${maybe}`);
}

function counts(plan: Plan): string {
  const byKind = Map.groupBy(plan.changes, changeKind);
  const parts = (Object.keys(WORDS) as Kind[])
    .map(kind => ({ kind, count: byKind.get(kind)?.length ?? 0 }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} to ${WORDS[kind]}`);
  return `Changes: ${parts.join(', ')}`;
}

function warnings(plan: Plan): string[] {
  const lines = [
    ...(plan.capabilities.length > 0
      ? [`The stack makes or changes IAM resources or uses macros: ${plan.capabilities.join(', ')}.`]
      : []),
    ...(plan.serviceRoleArn === undefined
      ? []
      : [`CloudFormation uses the service role ${plan.serviceRoleArn}, not the agent's permissions.`]),
    ...(plan.changes.some(change => changeKind(change) === 'replace')
      ? ['What is replaced loses its data unless the template keeps it.']
      : []),
  ];
  return lines.length === 0 ? [] : ['', ...lines.map(oneLine)];
}
