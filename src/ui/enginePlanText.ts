/** What only some engines' plans say: what a person has to know before a yes, and what else belongs to the plan. Pure. */
import type { Plan } from '../deployment/plan.ts';

/** Sentences for the question and for the top of the page. */
export function engineWarnings(plan: Plan): string[] {
  if (plan.engine === 'terraform') {
    const { programs, notes } = plan;
    return [
      ...(programs.length > 0 ? [`It runs programs on this computer: ${programs.join(', ')}.`] : []),
      ...notes,
    ];
  }
  const { capabilities, serviceRoleArn, retain = [] } = plan;
  return [
    ...settingsText(plan),
    ...(capabilities.length > 0
      ? [`The stack makes or changes IAM resources or uses macros: ${capabilities.join(', ')}.`]
      : []),
    ...(retain.length > 0 ? [`These stay in the account: ${retain.join(', ')}.`] : []),
    ...(serviceRoleArn === undefined
      ? []
      : [
          `CloudFormation uses the service role ${serviceRoleArn}, not the agent's permissions, for this and every later operation on the stack; CloudTrail shows its calls as the role's.`,
        ]),
  ];
}

function settingsText({ settings }: Exclude<Plan, { engine: 'terraform' }>): string[] {
  const { terminationProtection, stackPolicy } = settings ?? {};
  return [
    ...(terminationProtection === undefined
      ? []
      : [`Termination protection of the stack is switched ${terminationProtection ? 'on' : 'OFF'}.`]),
    ...(stackPolicy === undefined ? [] : ['The stack gets another stack policy.']),
  ];
}

/** Names and values, for the page. */
export function engineFacts(plan: Plan): (readonly [string, string])[] {
  if (plan.engine === 'terraform') {
    const { binary, workspace, state, backend } = plan;
    return [
      ['Program', `${binary.path} (${binary.version})`],
      ['Workspace', workspace],
      ['State', `${backend}: ${state}`],
    ];
  }
  const assets = plan.engine === 'cdk' ? plan.assets : [];
  return [
    ['Stack', plan.stackId],
    ...(plan.changeSetArn === undefined ? [] : [['Change set', plan.changeSetArn] as const]),
    ...Object.entries(plan.tags ?? {}).map(([key, value]) => [`Tag ${key}`, value] as const),
    ...(plan.settings?.stackPolicy === undefined
      ? []
      : [['Stack policy', plan.settings.stackPolicy] as const]),
    ...assets.map(
      ({ name, bucket, key, sha256 }) =>
        [`Asset ${name}`, `s3://${bucket}/${key} SHA-256 ${sha256}`] as const,
    ),
  ];
}
