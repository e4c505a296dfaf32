/** A plan in words: what the question for a yes shows, and the whole of it as a document. Pure. */
import { formatAccount } from '../base/arn.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { Plan, PlannedChange } from '../deployment/plan.ts';
import { costText } from './costText.ts';
import { engineWarnings } from './enginePlanText.ts';
import { ruleTitle } from './guardrailWords.ts';
import { CHANGE_WORDS, type ChangeKind, changeKind, countsText, groupedChanges } from './planChanges.ts';
import { markdownText, oneLine } from './wording.ts';

export interface PlanWords {
  readonly title: string;
  readonly detail: string;
  /** The button that says yes. */
  readonly verb: string;
}

const SHOWN = 12;

export function planWords(deployment: Deployment, plan: Plan): PlanWords {
  const ordered = groupedChanges(plan.changes).flatMap(({ changes }) => changes);
  const lines = ordered.slice(0, SHOWN).map(changeLine);
  const rest = plan.changes.length - lines.length;
  return {
    title: `${planTitle(deployment, plan)}?`,
    detail: [
      ...identityLines(deployment, plan),
      '',
      `Changes: ${countsText(plan)}`,
      ...lines,
      ...(rest > 0 ? [`… and ${rest} more, all of them in the plan`] : []),
      ...warnings(plan),
    ].join('\n'),
    verb: planVerb(deployment, plan),
  };
}

/** "Create stack orders as agent copilot" */
export function planTitle({ agent }: Pick<Deployment, 'agent'>, plan: Plan): string {
  const verb = plan.reverses === undefined ? ACTIONS[plan.action] : 'Roll back';
  return oneLine(`${verb} ${unitWord(plan)} ${plan.stackName} as agent ${agent}`);
}

/** What an engine calls what it deploys. */
export function unitWord({ engine }: Pick<Plan, 'engine'>): string {
  return engine === 'terraform' ? 'project' : 'stack';
}

const ACTIONS: Readonly<Record<Plan['action'], string>> = {
  create: 'Create',
  update: 'Update',
  delete: 'Delete',
};

function planVerb({ accountAlias, accountId }: Deployment, { action, reverses }: Plan): string {
  const where = accountAlias ?? formatAccount(accountId);
  if (action === 'delete') return oneLine(`Delete from ${where}`);
  return oneLine(reverses === undefined ? `Deploy to ${where}` : `Roll Back in ${where}`);
}

/** The whole plan as Markdown. */
export function planDocument(deployment: Deployment, plan: Plan): string {
  const rows = groupedChanges(plan.changes).flatMap(({ kind, changes }) =>
    changes.map(
      change =>
        `| ${CHANGE_WORDS[kind]} | ${markdownText(change.address)} | ${markdownText(change.type)} | ${markdownText(change.detail)} |`,
    ),
  );
  return [
    `# Plan of ${markdownText(plan.stackName)}`,
    '',
    ...identityLines(deployment, plan).map(line => `- ${markdownText(line)}`),
    `- Cost: ${markdownText(costText(plan.guardrails.cost))}`,
    '',
    `Changes: ${countsText(plan)}`,
    '',
    '| | Resource | Type | Detail |',
    '|---|---|---|---|',
    ...rows,
    ...warnings(plan).map(markdownText),
    ...guardrailLines(plan),
    '',
    `Plan hash \`${plan.hash}\``,
    '',
  ].join('\n');
}

function guardrailLines({ guardrails: { verdicts } }: Plan): string[] {
  const told = verdicts.filter(({ verdict }) => verdict !== 'pass');
  if (told.length === 0) return [];
  return [
    '',
    '| Guardrail | | Resource | Value | Limit | Set by |',
    '|---|---|---|---|---|---|',
    ...told.map(
      ({ rule, verdict, resource, value, limit, source }) =>
        `| ${[rule, VERDICTS[verdict], resource ?? '', value, limit, source].map(markdownText).join(' | ')} |`,
    ),
  ];
}

const VERDICTS = { pass: 'passed', ask: 'asked', refuse: 'refused' } as const;

function identityLines(deployment: Deployment, plan: Plan): string[] {
  const forWhom = plan.sourceIdentity === undefined ? '' : ` for ${plan.sourceIdentity}`;
  const alias = deployment.accountAlias === undefined ? '' : `${deployment.accountAlias} `;
  const lines = [
    `Identity: ${deployment.agent}${forWhom}`,
    `Account: ${alias}${formatAccount(deployment.accountId)} (${deployment.environment})`,
    `Region: ${plan.region}`,
    `${plan.engine === 'terraform' ? 'Project' : 'Stack'}: ${plan.stackName}`,
  ];
  return lines.map(oneLine);
}

const SIGNS: Readonly<Record<ChangeKind, string>> = {
  add: '+',
  change: '~',
  replace: '±',
  remove: '−',
  import: '→',
};

/** One line for each change. */
export function changeLines({ changes }: Pick<Plan, 'changes'>): string[] {
  return changes.map(changeLine);
}

function changeLine(change: PlannedChange): string {
  const kind = changeKind(change);
  const maybe = kind === 'replace' && change.replacement === 'maybe' ? ' (may be replaced)' : '';
  return oneLine(`${SIGNS[kind]} ${CHANGE_WORDS[kind]} ${change.address} · ${change.type}${maybe}`);
}

function warnings(plan: Plan): string[] {
  const lines = [
    ...engineWarnings(plan),
    ...wide('Permissions', plan.iamChanges),
    ...wide('Network', plan.networkChanges),
    ...agreedLine(plan),
    ...(plan.guardrails.cost.lines.length > 0 ? [`Cost: ${costText(plan.guardrails.cost)}`] : []),
    ...(plan.changes.some(change => changeKind(change) === 'replace')
      ? ['What is replaced loses its data unless it is told to keep it.']
      : []),
  ];
  return lines.length === 0 ? [] : ['', ...lines.map(oneLine)];
}

function agreedLine({ guardrails: { verdicts } }: Plan): string[] {
  const asked = verdicts.filter(({ verdict }) => verdict === 'ask').map(({ rule }) => ruleTitle(rule));
  return asked.length === 0 ? [] : [`You have agreed to: ${[...new Set(asked)].join(', ')}.`];
}

function wide(subject: string, changes: Plan['iamChanges']): string[] {
  const found = changes.filter(({ isWide }) => isWide);
  const [first] = found;
  if (first === undefined) return [];
  const more = found.length > 1 ? `, and ${found.length - 1} more` : '';
  return [`${subject}: ${first.address} ${first.text}${more}.`];
}
