/**
 * What a stack has beside its template: termination protection and its stack policy. CloudFormation takes them in calls
 * of their own, so they are shown in the plan, and made after it by the window that has the approval, by no other.
 */
import * as v from 'valibot';
import { UserError } from '../../base/userError.ts';
import type { Outcome, Run } from '../engine.ts';
import { canonicalJson, type DraftedStack, type StackSettings } from '../plan.ts';
import type { CloudFormationSource } from '../source.ts';
import { explain, isPassing } from './awsFault.ts';
import type { CloudFormationApi, Stack } from './cloudFormation.ts';
import type { Pace } from './draft.ts';

const Policy = v.pipe(v.string(), v.parseJson(), v.looseObject({ Statement: v.array(v.unknown()) }));
/** Limit: CloudFormation API reference, SetStackPolicy. */
const MOST_BYTES = 16_384;

/** @throws UserError `deployment.stackPolicy` */
export function requireStackPolicy(policy: string): void {
  if (Buffer.byteLength(policy) <= MOST_BYTES && v.safeParse(Policy, policy).success) return;
  throw new UserError('deployment.stackPolicy', 'The stack policy is not one that AWS takes.', {
    hint: 'It is JSON with a list "Statement", 16,384 bytes at most. Nothing was sent to AWS.',
  });
}

/** @returns what is to become different; undefined when nothing is. */
export async function wantedSettings(
  api: CloudFormationApi,
  source: CloudFormationSource,
  stack: Stack | undefined,
  run: Run,
): Promise<StackSettings | undefined> {
  const protection = source.terminationProtection;
  const protects = protection !== undefined && protection !== (stack?.terminationProtected ?? false);
  const policy = source.stackPolicy;
  const polices = policy !== undefined && !(await hasPolicy(api, stack?.stackId, policy, run));
  if (!(protects || polices)) return undefined;
  return {
    ...(protects ? { terminationProtection: protection } : {}),
    ...(polices ? { stackPolicy: policy } : {}),
  };
}

/** The plan is about nothing else: there are no events to follow. */
export function isSettingsAlone({ action, changeSetArn }: DraftedStack): boolean {
  return action !== 'delete' && changeSetArn === undefined;
}

/** Whether the stack has them. */
export async function hasSettings(
  api: CloudFormationApi,
  { stackId, settings = {} }: DraftedStack,
  run: Run,
): Promise<boolean> {
  const { terminationProtection, stackPolicy } = settings;
  const stack = await api.stack(stackId, run.signal);
  if (terminationProtection !== undefined && stack?.terminationProtected !== terminationProtection)
    return false;
  return stackPolicy === undefined || (await hasPolicy(api, stackId, stackPolicy, run));
}

/** Lets AWS's errors through; the same again when it is repeated. */
export async function makeSettings(
  api: CloudFormationApi,
  { stackId, settings = {} }: DraftedStack,
  run: Run,
): Promise<void> {
  const { terminationProtection, stackPolicy } = settings;
  if (stackPolicy !== undefined) await api.setStackPolicy(stackId, stackPolicy, run.signal);
  if (terminationProtection !== undefined)
    await api.setTerminationProtection(stackId, terminationProtection, run.signal);
}

const ATTEMPTS = 5;

/** @param mayMake this window gave the order; another one has no approval. */
export async function outcomeWithSettings(
  api: CloudFormationApi,
  plan: DraftedStack,
  outcome: Outcome,
  mayMake: boolean,
  run: Run,
  { clock, pollMs }: Pace,
): Promise<Outcome> {
  const isAfter = plan.settings !== undefined && plan.changeSetArn !== undefined;
  if (!isAfter || outcome.kind !== 'succeeded') return outcome;
  if (!mayMake) return (await hasSettings(api, plan, run)) ? outcome : notMade(WINDOW_GONE);
  for (let attempt = 1; ; attempt++) {
    try {
      await makeSettings(api, plan, run);
      return outcome;
    } catch (error) {
      if (!isPassing(error) || attempt >= ATTEMPTS)
        return notMade(explain(error, `change the settings of stack ${plan.stackName}`, run.who).message);
    }
    await clock.sleep(pollMs * attempt, run.signal);
  }
}

const WINDOW_GONE =
  'the window with the approval was closed before. Deploy once more with the same settings.';

function notMade(why: string): Outcome {
  const reason = `The stack was deployed, but its termination protection or stack policy was not changed: ${why}`;
  return { kind: 'failed', failure: { reason } };
}

async function hasPolicy(
  api: CloudFormationApi,
  stackId: string | undefined,
  wanted: string,
  run: Run,
): Promise<boolean> {
  const now = stackId === undefined ? undefined : await api.stackPolicy(stackId, run.signal);
  if (now === undefined) return false;
  return canonicalJson(v.parse(Policy, now)) === canonicalJson(v.parse(Policy, wanted));
}
