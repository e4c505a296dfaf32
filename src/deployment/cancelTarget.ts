/**
 * On what a cancel acts, and as whom. Any program of this user can write the record of a deployment, so it has to fit
 * itself, the profile, and what the person was shown when they were asked. Pure.
 */
import { UserError } from '../base/userError.ts';
import type { Profile } from '../identity/profile.ts';
import { type Deployment, type StateOf, whoAndWhere } from './deployment.ts';
import { canonicalJson, type Plan } from './plan.ts';

/** A question stands open for as long as a person thinks. @throws UserError `deployment.recordChanged` */
export function requireAsShown(shown: Deployment, now: Deployment): void {
  const same = canonicalJson(placeOf(shown)) === canonicalJson(placeOf(now));
  const plan = planOf(shown);
  if (same && (plan === undefined || canonicalJson(plan) === canonicalJson(planOf(now)))) return;
  throw recordChanged(now);
}

/** @throws UserError `deployment.recordChanged` when the plan is for something else than its record says. */
export function requireOwnTarget(
  deployment: Deployment & { readonly state: StateOf<'executing'> },
  profile: Pick<Profile, 'name' | 'verified'> | undefined,
): void {
  const { plan } = deployment.state;
  const ofPlan = { ...plan, id: plan.deploymentId, agent: deployment.agent };
  const fitsPlan = canonicalJson(placeOf(deployment)) === canonicalJson(placeOf(ofPlan));
  // Whoever is asked reads the agent's name; the order goes out as the profile.
  const { agent, accountId } = deployment;
  const fitsProfile =
    profile === undefined || (profile.name === agent && profile.verified.accountId === accountId);
  if (!(fitsPlan && fitsProfile)) throw recordChanged(deployment);
}

type Place = Pick<Deployment, 'id' | 'engine' | 'profileId' | 'agent' | 'accountId' | 'region' | 'stackName'>;

function placeOf({ id, engine, profileId, agent, accountId, region, stackName }: Place): Place {
  return { id, engine, profileId, agent, accountId, region, stackName };
}

function planOf({ state }: Deployment): Plan | undefined {
  return 'plan' in state ? state.plan : undefined;
}

export function recordChanged(
  deployment: Pick<Deployment, 'stackName' | 'agent' | 'accountId' | 'region'>,
): UserError {
  return new UserError(
    'deployment.recordChanged',
    `The record of the deployment of ${deployment.stackName} by ${whoAndWhere(deployment)} does not fit what it was planned for. Nothing was cancelled.`,
    {
      hint: 'Cancel it in the AWS console if it runs, and find out what has changed the files of No Wing.',
    },
  );
}
