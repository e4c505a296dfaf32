/** The rows of the Deployments view: environment → stack → deployments, newest first. Pure. */
import { formatAccount } from '../base/arn.ts';
import { SECOND } from '../base/clock.ts';
import { type Deployment, hasEnded, type Status } from '../deployment/deployment.ts';
import type { DeploymentTree, StackBranch } from '../deployment/deploymentTree.ts';
import type { Environment } from '../identity/profile.ts';
import { costText } from './costText.ts';
import type { Look } from './look.ts';
import { environmentName, oneLine } from './wording.ts';

export interface EnvironmentRow {
  readonly is: 'environment';
  readonly environment: Environment;
  readonly label: string;
  readonly stacks: readonly StackRow[];
}

export interface StackRow {
  readonly is: 'stack';
  readonly key: string;
  readonly label: string;
  readonly description: string;
  readonly deployments: readonly Deployment[];
}

export function environmentRows(tree: DeploymentTree): EnvironmentRow[] {
  return tree.map(({ environment, stacks }) => ({
    is: 'environment',
    environment,
    label: environmentName(environment),
    stacks: stacks.map(stackRow),
  }));
}

function stackRow({ stackName, accountId, region, deployments }: StackBranch): StackRow {
  return {
    is: 'stack',
    key: `${accountId}/${region}/${stackName}`,
    label: stackName,
    description: `${formatAccount(accountId)} · ${region}`,
    deployments,
  };
}

export interface DeploymentRow {
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  readonly icon: string;
  readonly colour: string;
  readonly contextValue: string;
}

const LOOKS: Readonly<Record<Status, Look>> = {
  planning: { word: 'planning', icon: 'sync~spin', colour: 'foreground' },
  awaitingApproval: { word: 'waiting for your yes', icon: 'bell', colour: 'charts.yellow' },
  executing: { word: 'deploying', icon: 'sync~spin', colour: 'charts.blue' },
  succeeded: { word: 'deployed', icon: 'pass', colour: 'charts.green' },
  failed: { word: 'failed', icon: 'error', colour: 'charts.red' },
  rolledBack: { word: 'rolled back', icon: 'discard', colour: 'charts.orange' },
  cancelled: { word: 'cancelled', icon: 'circle-slash', colour: 'disabledForeground' },
  noChanges: { word: 'no changes', icon: 'dash', colour: 'disabledForeground' },
  refused: { word: 'refused by a guardrail', icon: 'shield', colour: 'charts.red' },
  handedOver: { word: 'planned anew in a window', icon: 'arrow-right', colour: 'disabledForeground' },
  abandoned: { word: 'given up', icon: 'circle-slash', colour: 'disabledForeground' },
};

const NOT_WATCHED: Look = {
  word: 'goes on unwatched',
  icon: 'debug-disconnect',
  colour: 'charts.yellow',
};

function lookOf({ state }: Deployment): Look {
  return isUnwatched(state) ? NOT_WATCHED : LOOKS[state.status];
}

/** It runs in AWS, but no window could go on following it. */
function isUnwatched(state: Deployment['state']): boolean {
  return state.status === 'executing' && state.interrupted !== undefined;
}

export function deploymentRow(deployment: Deployment): DeploymentRow {
  const look = lookOf(deployment);
  const time = new Date(deployment.startedAt).toLocaleString([], { dateStyle: 'short', timeStyle: 'short' });
  const verified = deployment.verification.state;
  const forWhom = deployment.onBehalfOf === undefined ? '' : ` for ${deployment.onBehalfOf}`;
  return {
    label: wordOf(deployment, look),
    description: oneLine(`${verificationText(deployment) || `${deployment.agent}${forWhom}`} · ${time}`),
    tooltip: tooltip(deployment),
    icon:
      verified === 'mismatch'
        ? 'warning'
        : deployment.state.status === 'succeeded' && verified === 'verified'
          ? 'verified-filled'
          : look.icon,
    colour: verified === 'mismatch' ? 'list.warningForeground' : look.colour,
    contextValue: contextValue(deployment),
  };
}

/** What was taken away, or taken back, is not "deployed". */
function wordOf({ state, operation, reverses }: Deployment, { word }: Look): string {
  if (state.status !== 'succeeded' && state.status !== 'executing') return word;
  const done = state.status === 'succeeded';
  if (reverses !== undefined && !isUnwatched(state)) return done ? 'rolled back' : 'rolling back';
  if (operation === 'destroy' && !isUnwatched(state)) return done ? 'deleted' : 'deleting';
  return word;
}

/** `✓ verified: 14 of 14 by agent copilot for alice`; the first sentence is enough for a row. */
function verificationText({ verification: { state, summary } }: Deployment): string {
  const sign = { none: '', waiting: '', verified: '✓ ', mismatch: '! ' }[state];
  return state === 'none' ? '' : `${sign}${summary.split('. ')[0] || 'waiting for CloudTrail'}`;
}

/** `deployment.executing.running.unverified`: what the manifest's `when` clauses look at. */
function contextValue(deployment: Deployment): string {
  const unwatched = isUnwatched(deployment.state) ? ['unwatched'] : [];
  const running = hasEnded(deployment) ? [] : ['running', ...unwatched];
  const carriedOut = deployment.state.status === 'succeeded' || deployment.state.status === 'rolledBack';
  const verification = carriedOut
    ? [deployment.verification.state === 'verified' ? 'verified' : 'unverified']
    : [];
  const planned = 'plan' in deployment.state && deployment.state.plan ? ['planned'] : [];
  const reversal = deployment.reverses === undefined ? [] : ['reversal'];
  return ['deployment', deployment.state.status, ...running, ...verification, ...planned, ...reversal].join(
    '.',
  );
}

/** Who asked, who said yes, how long it took, what it costs, what it takes back. */
function historyLines(deployment: Deployment): string[] {
  const { state, askedBy, reverses } = deployment;
  const plan = 'plan' in state ? state.plan : undefined;
  const approval = 'approval' in state ? state.approval : undefined;
  const took = duration(deployment);
  return [
    `Asked for by ${askedBy.kind} ${askedBy.name}`,
    ...(approval ? [`Approved by ${approval.approvedBy}`] : []),
    ...(took === undefined ? [] : [`Took ${took}, planning and approval included`]),
    ...(plan ? [`Identity: ${plan.identityArn}`] : []),
    ...(plan && plan.guardrails.cost.lines.length > 0 ? [`Cost: ${costText(plan.guardrails.cost)}`] : []),
    ...(reverses === undefined ? [] : [`Rolls back deployment ${reverses}`]),
  ];
}

/** `42 s`, `3 min 5 s`; undefined while it runs. */
export function duration({
  startedAt,
  endedAt,
}: Pick<Deployment, 'startedAt' | 'endedAt'>): string | undefined {
  if (endedAt === undefined) return undefined;
  const seconds = Math.max(0, Math.round((endedAt - startedAt) / SECOND));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function tooltip(deployment: Deployment): string {
  const { state, verification } = deployment;
  const failure = 'failure' in state ? [`${state.failure.address ?? 'Reason'}: ${state.failure.reason}`] : [];
  const outputs =
    state.status === 'succeeded' ? state.outputs.map(({ key, value }) => `${key} = ${value}`) : [];
  return [
    `${deployment.stackName} · ${deployment.sourceName}`,
    ...historyLines(deployment),
    ...(state.status === 'executing' && state.interrupted !== undefined ? [state.interrupted] : []),
    ...failure,
    ...outputs,
    ...(verification.summary === '' ? [] : [verification.summary]),
    `Deployment ${deployment.id}`,
  ]
    .map(oneLine)
    .join('\n');
}
