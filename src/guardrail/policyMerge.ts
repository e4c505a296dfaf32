/** Puts policies together: the machine's file over the defaults, and a workspace's below both, where it can only tighten. */

import {
  type ApprovalKind,
  type GuardrailPolicy,
  LIMIT_KINDS,
  type Limits,
  type Reaction,
  type Rule,
  rulesOf,
} from './guardrailPolicy.ts';
import type { Environment, RuleName } from './guardrailResult.ts';
import type { PolicyFile, PolicyPart } from './policyFile.ts';

/** The machine's word counts: it may also loosen what is shipped. */
export function overlaid(policy: GuardrailPolicy, file: PolicyFile): GuardrailPolicy {
  return partsFor(file, policy.environment).reduce<GuardrailPolicy>(
    (before, part) => ({
      environment: before.environment,
      approval: part.approval ?? before.approval,
      rules: rulesOf(name => replaced(name, before.rules[name], part, file.name)),
    }),
    policy,
  );
}

/** A workspace's word counts where it is the tighter one. */
export function tightened(policy: GuardrailPolicy, file: PolicyFile): GuardrailPolicy {
  return partsFor(file, policy.environment).reduce<GuardrailPolicy>(
    (before, part) => ({
      environment: before.environment,
      approval: tighterApproval(before.approval, part.approval),
      rules: rulesOf(name => tightenedRule(name, before.rules[name], part, file.name)),
    }),
    policy,
  );
}

function partsFor(file: PolicyFile, environment: Environment): PolicyPart[] {
  return [file.everywhere, file[environment]].filter(part => part !== undefined);
}

function replaced<R extends RuleName>(
  name: R,
  before: Rule<Limits[R]>,
  part: PolicyPart,
  source: string,
): Rule<Limits[R]> {
  const said = part.rules[name];
  if (said === undefined) return before;
  const { limit = before.limit, broken = before.broken, unknown = before.unknown } = said;
  return { limit, broken, unknown, source: said.limit === undefined ? before.source : source };
}

function tightenedRule<R extends RuleName>(
  name: R,
  before: Rule<Limits[R]>,
  part: PolicyPart,
  source: string,
): Rule<Limits[R]> {
  const said = part.rules[name];
  if (said === undefined) return before;
  const kind = LIMIT_KINDS[name];
  const limit = said.limit === undefined ? before.limit : kind.tighter(before.limit, said.limit);
  const words = [before.limit, limit].map(each => kind.words(each));
  return {
    limit,
    broken: tighterReaction(before.broken, said.broken),
    unknown: tighterReaction(before.unknown, said.unknown),
    source: words[0] === words[1] ? before.source : bothSources(before, source),
  };
}

function bothSources({ source: before }: Pick<Rule<unknown>, 'source'>, source: string): string {
  return before === source ? source : `${source}, within ${before}`;
}

function tighterReaction(a: Reaction, b: Reaction | undefined): Reaction {
  return a === 'refuse' || b === 'refuse' ? 'refuse' : 'ask';
}

function tighterApproval(a: ApprovalKind, b: ApprovalKind | undefined): ApprovalKind {
  return a === 'typedName' || b === 'typedName' ? 'typedName' : 'button';
}
