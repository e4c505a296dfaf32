/**
 * Which account, Regions and roles an environment is: what a person has written down for this computer, and what every
 * deployment is held against. Without it, a profile says itself which environment it is for. Pure.
 */
import * as v from 'valibot';
import { formatAccount, parseAssumedRole, principalName } from '../base/arn.ts';
import { UserError } from '../base/userError.ts';
import { ENVIRONMENTS, type Environment } from '../identity/profile.ts';

const names = v.optional(v.array(v.pipe(v.string(), v.nonEmpty('It must not be empty'))));

const Mapping = v.strictObject({
  accountId: v.pipe(v.string(), v.regex(/^\d{12}$/, 'An account is 12 digits')),
  /** All Regions when absent. */
  regions: names,
  /** Names or ARNs; all roles when absent. */
  roles: names,
});

const isNoList = (value: unknown): boolean => !Array.isArray(value);

const EnvironmentMap = v.pipe(
  v.unknown(),
  v.check(isNoList, 'Expected Object but received Array'),
  v.strictObject({
    dev: v.optional(Mapping),
    staging: v.optional(Mapping),
    prod: v.optional(Mapping),
  }),
);
export type EnvironmentMap = v.InferOutput<typeof EnvironmentMap>;

/** What a deployment would be: the identity by its ARN, as AWS says it. */
export interface EnvironmentTarget {
  readonly agent: string;
  readonly environment: Environment;
  readonly accountId: string;
  readonly region: string;
  readonly arn: string;
}

const SETTING = 'noWing.environments';

/** @throws UserError `environments.broken`: a map that cannot be read is never taken for one that allows everything. */
export function parseEnvironments(setting: unknown): EnvironmentMap {
  const { success, output, issues } = v.safeParse(EnvironmentMap, setting);
  if (success) return output;
  const [{ message, path }] = issues;
  const place = path === undefined ? '' : `${path.map(({ key }) => String(key)).join('.')}: `;
  throw new UserError(
    'environments.broken',
    `The setting ${SETTING} cannot be read, so nothing is deployed: ${place}${message}.`,
    {
      hint: 'Correct it in the settings of this computer, or empty it.',
      action: OPEN_SETTING,
    },
  );
}

const OPEN_SETTING = {
  title: 'Open Setting',
  command: 'workbench.action.openSettings',
  args: [SETTING],
} as const;

/** @throws UserError `deployment.wrongEnvironment` */
export function requireEnvironment(map: EnvironmentMap, target: EnvironmentTarget): void {
  const problem = environmentProblem(map, target);
  if (problem === undefined) return;
  const { agent, environment, accountId, region } = target;
  throw new UserError(
    'deployment.wrongEnvironment',
    `${agent} is for ${environment}, in account ${formatAccount(accountId)}, ${region}, but ${problem}. Nothing was deployed.`,
    {
      hint: `Correct the profile, or what ${SETTING} says of ${environment}.`,
      action: OPEN_SETTING,
    },
  );
}

function environmentProblem(map: EnvironmentMap, target: EnvironmentTarget): string | undefined {
  const { environment, accountId, region, arn } = target;
  const mapped = map[environment];
  if (mapped === undefined) return ownedByOther(map, accountId);
  if (mapped.accountId !== accountId) return `${environment} is account ${formatAccount(mapped.accountId)}`;
  if (mapped.regions && !mapped.regions.includes(region))
    return `${environment} is in ${mapped.regions.join(', ') || 'no Region'} only`;
  if (mapped.roles && !mapped.roles.some(role => isRole(role, arn)))
    return `${environment} is for the roles ${mapped.roles.map(principalName).join(', ') || '(none)'} only, not for ${principalOf(arn)}`;
  return undefined;
}

/** A profile that says "dev" would otherwise reach production's account with dev's guardrails. */
function ownedByOther(map: EnvironmentMap, accountId: string): string | undefined {
  const other = ENVIRONMENTS.find(name => map[name]?.accountId === accountId);
  return other === undefined ? undefined : `that account is ${other}`;
}

/** A session's ARN has its role without the path. */
function isRole(role: string, arn: string): boolean {
  return role === arn || principalName(role) === parseAssumedRole(arn)?.roleName;
}

function principalOf(arn: string): string {
  return parseAssumedRole(arn)?.roleName ?? principalName(arn);
}
