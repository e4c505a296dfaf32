/**
 * What a plan has to pass: the guardrails when it was drafted, and both guardrails and target once more right before
 * the order, since files, prices, credentials and accounts may be others by then.
 */
import { parseAssumedRole } from '../base/arn.ts';
import { UserError } from '../base/userError.ts';
import type { GuardedResource } from '../guardrail/guardedResource.ts';
import type { GuardrailResult } from '../guardrail/guardrailResult.ts';
import type { Environment } from '../identity/profile.ts';
import type { Session } from '../identity/session.ts';
import type { Run } from './engine.ts';
import { type EnvironmentMap, requireEnvironment } from './environments.ts';
import { canonicalJson, type Plan } from './plan.ts';

export interface Target {
  readonly environment: Environment;
  readonly accountId: string;
  readonly region: string;
  /** The workspace folder, an absolute path. */
  readonly folder?: string;
}

/** @throws never for a file that is broken or a price that is missing: that is a verdict. */
export type Guard = (
  target: Target,
  resources: readonly GuardedResource[],
  session: Session,
  signal: AbortSignal,
) => Promise<GuardrailResult>;

/** Who AWS says the session is (GetCallerIdentity). */
export type CallerOf = (
  session: Session,
  region: string,
  signal: AbortSignal,
) => Promise<{ readonly accountId: string; readonly arn: string }>;

/** A plan, and what is needed to judge it again. It stays in the memory of the window that drafted it. */
export interface Drafted {
  readonly plan: Plan;
  readonly resources: readonly GuardedResource[];
  readonly folder?: string;
  /** The source of what stands there now. */
  readonly deployed?: string;
}

export interface Gate {
  readonly guard: Guard;
  readonly callerOf: CallerOf;
  /** As the settings are at the moment. @throws UserError `environments.broken` */
  readonly environments: () => EnvironmentMap;
}

/** @throws UserError `deployment.wrongTarget`, `deployment.guardrailsChanged`: the approval is void. */
export async function requireUnchanged(
  gate: Gate,
  { plan, resources, folder }: Drafted,
  run: Run,
): Promise<void> {
  const session = await run.session(run.signal);
  await requireTarget(gate, plan, session, run);
  requireEnvironment(gate.environments(), { ...plan, agent: session.profile.name, arn: session.arn });
  const { environment, accountId, region } = plan;
  const target = { environment, accountId, region, ...(folder === undefined ? {} : { folder }) };
  const now = await gate.guard(target, resources, session, run.signal);
  if (canonicalJson(now) !== canonicalJson(plan.guardrails)) throw guardrailsChanged(plan);
}

async function requireTarget(gate: Gate, plan: Plan, session: Session, run: Run): Promise<void> {
  const caller = await gate.callerOf(session, plan.region, run.signal);
  const sameRole = principalOf(caller.arn) === principalOf(plan.identityArn);
  if (caller.accountId === plan.accountId && sameRole) return;
  throw new UserError(
    'deployment.wrongTarget',
    `The plan of stack ${plan.stackName} is for ${plan.identityArn}, but AWS says that this session is ${caller.arn} in account ${caller.accountId}. Nothing was deployed.`,
    { hint: 'Check the profile and the environment it is mapped to, then plan again.' },
  );
}

/** A role whatever the session: a renewed one has another name. */
function principalOf(arn: string): string {
  const assumed = parseAssumedRole(arn);
  return assumed === undefined ? arn : `${assumed.accountId} ${assumed.roleName}`;
}

function guardrailsChanged(plan: Plan): UserError {
  return new UserError(
    'deployment.guardrailsChanged',
    `The guardrails say something else now than when the plan of stack ${plan.stackName} was approved: the approval is void. Nothing was deployed.`,
    { hint: 'Plan again and review the new plan.' },
  );
}
