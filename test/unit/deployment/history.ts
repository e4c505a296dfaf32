/** Deployments of the past, as tests need them: each in one line. */
import type { Deployment, State } from '../../../src/deployment/deployment.ts';
import { type DraftedStack, type Plan, sealPlan } from '../../../src/deployment/plan.ts';
import type { Source } from '../../../src/deployment/source.ts';
import { ASKED_IN_WINDOW, DRAFTED_STACK, JUDGEMENT } from './requests.ts';

export interface Past {
  readonly id: string;
  /** `succeeded` unless said. */
  readonly status?: 'succeeded' | 'rolledBack' | 'failed' | 'awaitingApproval' | 'executing' | 'refused';
  readonly change?: Partial<Deployment>;
  readonly plan?: Partial<DraftedStack>;
}

export function planOf(id: string, change: Partial<DraftedStack> = {}): Plan {
  return sealPlan({ ...DRAFTED_STACK, deploymentId: id, ...change }, JUDGEMENT);
}

/** @param pasts oldest first. @returns newest first, as the store lists them. */
export function historyOf(...pasts: readonly Past[]): Deployment[] {
  return pasts.map((past, index) => deploymentOf(past, 1000 * (index + 1))).toReversed();
}

export function deploymentOf({ id, status = 'succeeded', change, plan }: Past, startedAt = 1000): Deployment {
  return {
    id,
    profileId: 'p-agent',
    agent: 'copilot',
    onBehalfOf: 'alice',
    accountId: '111122223333',
    region: 'eu-west-1',
    environment: 'dev',
    stackName: 'web',
    ...ASKED_IN_WINDOW,
    sourceName: 'web.yaml',
    startedAt,
    endedAt: startedAt + 500,
    createsStack: false,
    state: stateOf(status, planOf(id, plan)),
    verification: { state: 'none', summary: '' },
    ...change,
  };
}

function stateOf(status: NonNullable<Past['status']>, plan: Plan): State {
  const approval = { planHash: plan.hash, approvedBy: 'alice', at: 2, acknowledged: [] };
  const failure = { address: 'Queue', reason: 'it was denied' };
  switch (status) {
    case 'succeeded':
      return { status, plan, approval, outputs: [] };
    case 'rolledBack':
    case 'failed':
      return { status, plan, approval, failure };
    case 'executing':
      return { status, plan, approval };
    case 'awaitingApproval':
    case 'refused':
      return { status, plan };
  }
}

export function stackSource(text: string, parameters: Readonly<Record<string, string>> = {}): Source {
  return { engine: 'cloudformation', template: { name: 'web.yaml', text }, parameters: { ...parameters } };
}
