/** An agent's role: who may be it, for how long, and what it may do. Pure. */
import { formatAccount, parseArn, principalName } from '../../base/arn.ts';
import { HOUR, SECOND } from '../../base/clock.ts';
import { type Profile, who } from '../../identity/profile.ts';
import type { Finding, Outcome } from './report.ts';
import type { Fact, RoleBasics, RoleFacts, Statement } from './roleFacts.ts';

export interface JudgedRole {
  readonly profile: Profile;
  readonly roleArn: string;
  readonly facts: RoleFacts;
}

const HOUR_SECONDS = HOUR / SECOND;

export function judgeRole({ profile, roleArn, facts }: JudgedRole): Outcome {
  const about: About = { profile, roleArn, name: shownName(roleArn) };
  const { basics, permissions, boundary } = facts;
  return {
    findings: [
      ...(basics.known ? judgeBasics(about, basics.value) : []),
      ...(permissions.known ? judgeRights(about, permissions.value, boundary) : []),
    ],
    unchecked: [basics, permissions, ...(boundary ? [boundary] : [])].flatMap(fact =>
      fact.known ? [] : [`Role ${about.name} of ${who(profile)}: ${fact.why}`],
    ),
  };
}

/** It goes into commands that a person copies: a name that IAM does not allow is not shown. */
function shownName(roleArn: string): string {
  const name = principalName(roleArn);
  return /^[\w+=,.@-]{1,64}$/.test(name) ? name : 'ROLE_NAME';
}

/** The duration that the profile asks for: known without asking AWS. */
export function judgeDuration(profile: Profile): Finding[] {
  const { source, id } = profile;
  if (source.type !== 'assumeRole' || source.durationSeconds <= HOUR_SECONDS) return [];
  return [
    {
      id: `role.duration:${id}`,
      severity: 'low',
      title: `Sessions of ${who(profile)} last ${hours(source.durationSeconds)}`,
      what: 'A session that leaks can be used until its end. No Wing renews sessions by itself, so short ones cost nothing.',
      fix: 'Let them last one hour.',
      action: { type: 'shortenSessions', profileId: id },
    },
  ];
}

interface About {
  readonly profile: Profile;
  readonly roleArn: string;
  readonly name: string;
}

function judgeBasics(about: About, { maxSessionSeconds, trust, boundary }: RoleBasics): Finding[] {
  const assumed = trust.filter(
    ({ effect, actions, notActions }) => effect === 'Allow' && allows(actions, notActions, 'sts:assumerole'),
  );
  return [
    ...(maxSessionSeconds > HOUR_SECONDS ? [longest(about, maxSessionSeconds)] : []),
    ...(boundary === undefined ? [noBoundary(about)] : []),
    ...(assumed.some(isOpenToAll) ? [openToAll(about)] : []),
    ...(assumed.some(isWithoutName) ? [withoutName(about)] : []),
  ];
}

/** Keys that say who the caller is: with one of them, `*` is not everybody. */
const WHO_KEYS =
  /^(?:aws:principal(?:arn|orgid|orgpaths|account)|aws:sourceaccount|aws:userid|sts:externalid|.*:sub)$/;

function isOpenToAll({ principals, conditionKeys }: Statement): boolean {
  return principals.includes('*') && !conditionKeys.some(key => WHO_KEYS.test(key));
}

/** Services (an instance, a function) act for nobody, so they cannot name a human either. */
function isWithoutName({ conditionKeys }: Statement): boolean {
  return !conditionKeys.includes('sts:sourceidentity');
}

function judgeRights(
  about: About,
  statements: readonly Statement[],
  boundary: Fact<readonly Statement[]> | undefined,
): Finding[] {
  const reach = reachOf(statements);
  if (reach === undefined) return [];
  // What a boundary does not allow, no policy of the role gives.
  if (boundary?.known && reachOf(boundary.value) === undefined) return [];
  const because =
    boundary === undefined
      ? ''
      : boundary.known
        ? ' Its permissions boundary allows it too.'
        : ' Whether its permissions boundary stops it could not be checked.';
  return [
    {
      id: `role.rights:${about.profile.id}`,
      severity: 'high',
      title: `The role of ${who(about.profile)} ${reach}`,
      what: `Whoever holds a session of the agent can do so in account ${account(about)}.${because}`,
      fix: `Give ${about.name} only what its work needs, and a permissions boundary. "Create Agent Role" makes one that has both.`,
    },
  ];
}

/** @returns what the statements amount to, as it follows "the role"; undefined when they are limited. */
function reachOf(statements: readonly Statement[]): string | undefined {
  const open = statements.filter(
    ({ effect, resources, conditionKeys }) =>
      effect === 'Allow' && resources.includes('*') && conditionKeys.length === 0,
  );
  if (open.some(({ actions }) => actions.some(action => action === '*' || action === '*:*')))
    return 'may do everything';
  if (open.some(({ actions, notActions }) => ESCALATIONS.some(action => allows(actions, notActions, action))))
    return 'can give itself every right';
  return open.some(({ notActions }) => notActions.length > 0) ? 'may do nearly everything' : undefined;
}

/** Each alone, on every resource, is enough to become an administrator. */
const ESCALATIONS: readonly string[] = [
  'iam:putrolepolicy',
  'iam:attachrolepolicy',
  'iam:putuserpolicy',
  'iam:attachuserpolicy',
  'iam:createaccesskey',
  'iam:updateassumerolepolicy',
  'iam:createpolicyversion',
];

function allows(actions: readonly string[], notActions: readonly string[], action: string): boolean {
  if (notActions.length > 0) return !notActions.some(pattern => matches(pattern, action));
  return actions.some(pattern => matches(pattern, action));
}

/** IAM's wildcards, in any case. */
function matches(pattern: string, action: string): boolean {
  const escaped = pattern.toLowerCase().replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/\*+/g, '.*').replaceAll('?', '.')}$`).test(action);
}

function longest({ profile, name }: About, seconds: number): Finding {
  return {
    id: `role.maxSession:${profile.id}`,
    severity: 'low',
    title: `The role of ${who(profile)} allows sessions of ${hours(seconds)}`,
    what: `Whoever may assume ${name} can ask for a session that lasts so long, and it can be used until its end.`,
    fix: `aws iam update-role --role-name ${name} --max-session-duration 3600`,
  };
}

function noBoundary({ profile, name, roleArn }: About): Finding {
  return {
    id: `role.boundary:${profile.id}`,
    severity: 'medium',
    title: `The role of ${who(profile)} has no permissions boundary`,
    what: `Whatever policy is attached to ${name} one day takes effect at once in account ${account({ roleArn })}: nothing limits it.`,
    fix: `aws iam put-role-permissions-boundary --role-name ${name} --permissions-boundary ARN_OF_A_POLICY`,
  };
}

function openToAll({ profile, name, roleArn }: About): Finding {
  return {
    id: `role.trust:${profile.id}`,
    severity: 'high',
    title: `Everybody may assume the role of ${who(profile)}`,
    what: `The trust policy of ${name} in account ${account({ roleArn })} names the principal *: any AWS account in the world can be the agent.`,
    fix: `Name your own user or role as its principal: aws iam update-assume-role-policy --role-name ${name} --policy-document file://trust.json`,
  };
}

function withoutName({ profile, name }: About): Finding {
  return {
    id: `role.sourceIdentity:${profile.id}`,
    severity: 'medium',
    title: `The role of ${who(profile)} can be assumed without a human's name`,
    what: `The trust policy of ${name} has no condition on sts:SourceIdentity: a session that does not come from No Wing looks the same, and CloudTrail cannot say for whom it acted.`,
    fix: 'Add the condition "StringLike": {"sts:SourceIdentity": "?*"} to each statement that allows sts:AssumeRole.',
  };
}

function account({ roleArn }: Pick<About, 'roleArn'>): string {
  return formatAccount(parseArn(roleArn)?.accountId ?? '');
}

function hours(seconds: number): string {
  const count = Math.round((seconds / HOUR_SECONDS) * 10) / 10;
  return count === 1 ? 'one hour' : `${count} hours`;
}
