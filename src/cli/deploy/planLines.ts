/** A plan as lines for a terminal. Names come from templates: nothing of them is a command to the terminal. */
import { formatAccount } from '../../base/arn.ts';
import type { Deployment } from '../../deployment/deployment.ts';
import type { Plan, PlannedChange } from '../../deployment/plan.ts';
import { aligned } from '../aligned.ts';
import type { Paint } from '../surroundings.ts';

export function planLines(deployment: Deployment, plan: Plan, paint: Paint): string[] {
  const { agent, accountId, accountAlias, environment } = deployment;
  const account = [accountAlias ?? '', formatAccount(accountId)].filter(text => text !== '').join(' ');
  const rows = plan.changes.map(change => [signOf(change), verbOf(change), change.address, change.type]);
  return [
    `${paint('bold', plain(`${plan.action} ${plan.stackName}`))} as agent ${plain(agent)} in ${plain(account)}, ${plan.region} (${environment})`,
    ...painted(aligned(rows.map(row => row.map(plain))), plan.changes, paint),
    ...plan.guardrails.verdicts.filter(({ verdict }) => verdict !== 'pass').map(verdictLine),
    costLine(plan),
  ];
}

function painted(lines: readonly string[], changes: readonly PlannedChange[], paint: Paint): string[] {
  return lines.map((line, index) => {
    const change = changes[index];
    return change !== undefined && losesData(change) ? paint('red', line) : line;
  });
}

/** What is replaced or removed is gone. */
function losesData({ action, replacement }: PlannedChange): boolean {
  return action === 'remove' || replacement !== 'no';
}

function verbOf({ action, replacement }: PlannedChange): string {
  if (action !== 'modify') return action === 'decidedLater' ? 'change' : action;
  return { no: 'change', yes: 'replace', maybe: 'may replace' }[replacement];
}

function signOf(change: PlannedChange): string {
  if (change.action === 'add' || change.action === 'import') return '+';
  if (change.action === 'remove') return '-';
  return losesData(change) ? '±' : '~';
}

type RuleVerdict = Plan['guardrails']['verdicts'][number];

function verdictLine({ rule, verdict, resource, value, limit, source }: RuleVerdict): string {
  const at = resource === undefined ? '' : ` ${resource}`;
  return plain(`${verdict === 'refuse' ? 'refused' : 'asks'}: ${rule}${at}: ${value}; ${limit} (${source})`);
}

function costLine({ guardrails: { cost } }: Plan): string {
  const unknown = cost.lines.filter(({ price }) => price.kind !== 'known').length;
  const rest = unknown === 0 ? '' : `, and ${unknown} whose price is not known`;
  return `about ${cost.knownUsd.toFixed(2)} USD a month${rest}`;
}

export function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}
