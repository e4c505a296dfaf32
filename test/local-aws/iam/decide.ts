/**
 * Allowed or not, and if not, because of which kind of policy: the reason is worded as AWS words it.
 * The simulator decides each kind of policy by itself, which is what tells the kinds apart.
 */
import { runUnsafeSimulation } from '@cloud-copilot/iam-simulate';
import type { Caller } from '../keys.ts';
import type { Fields } from '../values.ts';
import { fieldsOf, listOf, textsOf } from '../values.ts';
import type { CallerPolicies } from './policies.ts';

export type Context = Readonly<Record<string, string | string[]>>;

export interface Question {
  readonly caller: Caller;
  readonly action: string;
  readonly resource: string;
  readonly resourceAccount: string;
  readonly resourcePolicy?: Fields | undefined;
  readonly context: Context;
}

export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly explicit: boolean; readonly reason: string };

type Verdict = 'Allowed' | 'ExplicitlyDenied' | 'ImplicitlyDenied';

export function decide(question: Question, policies: CallerPolicies): Decision {
  if (question.caller.kind === 'root' && question.caller.accountId === question.resourceAccount)
    return { allowed: true };
  const kinds = verdicts(question, policies);
  const denying = kinds.find(kind => kind.verdict === 'ExplicitlyDenied');
  if (denying !== undefined)
    return { allowed: false, explicit: true, reason: `with an explicit deny in a${denying.name}` };
  const missing = kinds.find(kind => kind.verdict === 'ImplicitlyDenied');
  if (missing === undefined) return { allowed: true };
  return {
    allowed: false,
    explicit: false,
    reason: `because no${missing.name.replace(/^n? /, ' ')} allows the ${question.action} action`,
  };
}

interface Kind {
  /** With what follows "a": `n identity-based policy`. */
  readonly name: string;
  readonly verdict: Verdict;
}

function verdicts(question: Question, policies: CallerPolicies): Kind[] {
  const kinds: Kind[] = [
    { name: ' resource-based policy', verdict: resourceVerdict(question) },
    { name: 'n identity-based policy', verdict: identityVerdict(question, policies.identity) },
  ];
  if (policies.boundary !== undefined) {
    kinds.push({ name: ' permissions boundary', verdict: simulate(question, policies.boundary) });
  }
  for (const policy of policies.session)
    kinds.push({ name: ' session policy', verdict: simulate(question, [policy]) });
  return kinds;
}

/** A resource's policy can always deny; that it does not allow matters only across accounts. */
function resourceVerdict(question: Question): Verdict {
  const { caller, resourceAccount, resourcePolicy } = question;
  const verdict = simulate(question, [allowAll], resourcePolicy ?? allowNone);
  return verdict === 'ImplicitlyDenied' && caller.accountId === resourceAccount ? 'Allowed' : verdict;
}

/** Within one account a resource's policy may allow what no identity-based policy does. */
function identityVerdict(question: Question, policies: readonly Fields[]): Verdict {
  const alone = simulate(question, policies);
  if (alone !== 'ImplicitlyDenied' || question.caller.accountId !== question.resourceAccount) return alone;
  return question.resourcePolicy === undefined
    ? alone
    : simulate(question, policies, question.resourcePolicy);
}

/**
 * Whether a role's trust policy, together with the caller's own policies, lets the caller do `action` to the role.
 * A trust policy must always allow, also within one account.
 */
export function decideTrust(
  question: Question & { resourcePolicy: Fields },
  policies: CallerPolicies,
): Decision {
  if (question.caller.kind === 'root') return { allowed: false, explicit: false, reason: '' };
  const identity = simulate(question, policies.identity);
  // A session that hands on marks needs its own role's permission to do so, however the target trusts it.
  const marksAreChained = question.caller.kind === 'role' && question.action !== 'sts:AssumeRole';
  const kinds: Kind[] = [
    {
      name: 'n identity-based policy',
      verdict: identity === 'ExplicitlyDenied' || marksAreChained ? identity : 'Allowed',
    },
    {
      name: ' resource-based policy',
      verdict: simulate(question, policies.identity, question.resourcePolicy),
    },
    ...policies.session.map(policy => ({ name: ' session policy', verdict: simulate(question, [policy]) })),
  ];
  const denying = kinds.find(kind => kind.verdict === 'ExplicitlyDenied');
  if (denying !== undefined)
    return { allowed: false, explicit: true, reason: ` with an explicit deny in a${denying.name}` };
  return kinds.every(kind => kind.verdict === 'Allowed')
    ? { allowed: true }
    : { allowed: false, explicit: false, reason: '' };
}

const statement = { Effect: 'Allow', Action: '*', Resource: '*' };
const allowAll: Fields = { Version: '2012-10-17', Statement: [statement] };
const allowNone: Fields = { Version: '2012-10-17', Statement: [] };

function simulate(question: Question, policies: readonly Fields[], resourcePolicy?: Fields): Verdict {
  const accountId = resourcePolicy === undefined ? question.caller.accountId : question.resourceAccount;
  return runUnsafeSimulation(
    {
      request: {
        principal: question.caller.arn,
        action: question.action,
        resource: { resource: question.resource, accountId },
        contextVariables: { ...question.context },
      },
      identityPolicies: policies.map((policy, index) => ({ name: `policy-${index}`, policy })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(resourcePolicy === undefined ? {} : { resourcePolicy: named(withoutRolePaths(resourcePolicy)) }),
    },
    {},
  );
}

/** The simulator names a resource's policy in its explanations, and fails without a name; this is how it takes one. */
const named = (policyDocument: Fields): Fields => ({
  __validated: true,
  policyDocument,
  metadata: { name: 'resource policy' },
});

/** A session's ARN has no path, so a role named with its path in a policy would not match it. */
function withoutRolePaths(policy: Fields): Fields {
  const statements = listOf(policy['Statement']).map(statement => {
    const fields = fieldsOf(statement);
    const aws = textsOf(fieldsOf(fields['Principal'])['AWS']).map(arn => arn.replace(/(:role\/).*\//, '$1'));
    return aws.length === 0
      ? fields
      : { ...fields, Principal: { ...fieldsOf(fields['Principal']), AWS: aws } };
  });
  return { ...policy, Statement: statements };
}
