/**
 * The rules as they are applied to one environment: for each its limit, what a breach and something unknown lead to, and
 * where that is set. Shipped defaults, over them the machine's file, and a workspace's, which can only tighten.
 */

import type { Environment, RuleName, Verdict } from './guardrailResult.ts';
import {
  type AllowLists,
  allowLists,
  type Ceiling,
  ceiling,
  closedPorts,
  type LimitKind,
  type Permitted,
  permitted,
  requiredNames,
} from './limits.ts';

export interface Limits {
  readonly regions: AllowLists;
  readonly resourceTypes: AllowLists;
  readonly instanceTypes: AllowLists;
  /** Of the whole deployment, as it stands afterwards. */
  readonly instanceCount: Ceiling;
  /** GB, of each disk. */
  readonly diskSize: Ceiling;
  /** US dollars, of the whole deployment. */
  readonly monthlyBudget: Ceiling;
  readonly requiredTags: readonly string[];
  readonly stateful: Permitted;
  readonly openPorts: readonly number[];
  readonly publicAccess: Permitted;
  readonly iamWildcards: Permitted;
  readonly openTrust: Permitted;
}

export type Reaction = Exclude<Verdict, 'pass'>;

export interface Rule<L> {
  readonly limit: L;
  readonly broken: Reaction;
  readonly unknown: Reaction;
  /** "No Wing's defaults", the name of a file; both when two of them make it. */
  readonly source: string;
}

export type Rules = { readonly [R in RuleName]: Rule<Limits[R]> };
/** `typedName`: the name of what is deployed has to be typed to say yes. */
export type ApprovalKind = 'button' | 'typedName';

export interface GuardrailPolicy {
  readonly environment: Environment;
  readonly approval: ApprovalKind;
  readonly rules: Rules;
}

export const LIMIT_KINDS: { readonly [R in RuleName]: LimitKind<Limits[R]> } = {
  regions: allowLists,
  resourceTypes: allowLists,
  instanceTypes: allowLists,
  instanceCount: ceiling(amount => `${amount} machines`),
  diskSize: ceiling(amount => `${amount} GB a disk`),
  monthlyBudget: ceiling(amount => `${amount} USD a month`),
  requiredTags: requiredNames,
  stateful: permitted('loss of data by replacing or deleting'),
  openPorts: closedPorts,
  publicAccess: permitted('access for everybody'),
  iamWildcards: permitted('wildcards for actions or resources'),
  openTrust: permitted('trust in everybody'),
};

export const DEFAULT_SOURCE = "No Wing's defaults";

/** SSH, Telnet, Docker, RDP, VNC, WinRM. */
const MANAGEMENT_PORTS = [22, 23, 2375, 2376, 3389, 5900, 5985, 5986];

export function defaultPolicy(environment: Environment): GuardrailPolicy {
  const inProduction: Reaction = environment === 'prod' ? 'refuse' : 'ask';
  return {
    environment,
    approval: environment === 'prod' ? 'typedName' : 'button',
    rules: {
      regions: rule([], 'refuse'),
      resourceTypes: rule([], 'refuse'),
      instanceTypes: rule([], 'refuse'),
      instanceCount: rule(10, 'refuse'),
      diskSize: rule(500, 'refuse'),
      monthlyBudget: rule(1000, 'refuse'),
      requiredTags: rule([], 'refuse'),
      stateful: rule('forbidden', inProduction),
      openPorts: rule(MANAGEMENT_PORTS, 'refuse'),
      publicAccess: rule('forbidden', 'refuse'),
      iamWildcards: rule('forbidden', inProduction),
      openTrust: rule('forbidden', 'refuse'),
    },
  };
}

function rule<L>(limit: L, broken: Reaction): Rule<L> {
  return { limit, broken, unknown: 'ask', source: DEFAULT_SOURCE };
}

/** All of them, made one by one. */
export function rulesOf(make: <R extends RuleName>(name: R) => Rule<Limits[R]>): Rules {
  return {
    regions: make('regions'),
    resourceTypes: make('resourceTypes'),
    instanceTypes: make('instanceTypes'),
    instanceCount: make('instanceCount'),
    diskSize: make('diskSize'),
    monthlyBudget: make('monthlyBudget'),
    requiredTags: make('requiredTags'),
    stateful: make('stateful'),
    openPorts: make('openPorts'),
    publicAccess: make('publicAccess'),
    iamWildcards: make('iamWildcards'),
    openTrust: make('openTrust'),
  };
}
