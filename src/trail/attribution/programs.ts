/**
 * Programs that sign in as a web identity: jobs of a CI service, pods of a cluster. AWS checked the provider's token, so
 * which program it was is sure; but no human is behind it by that, and so it is nobody's user.
 */
import { formatAccount } from '../../base/arn.ts';
import type { Principal } from '../trailEvent.ts';
import type { Attribution, Evidence, Rule } from './attribution.ts';
import { chainOf } from './chain.ts';
import { callerOf } from './mintedSession.ts';
import { displayName, roleAsVia, verdict } from './verdict.ts';

/** After `external`. */
export const byProgram: Rule = event => {
  const kind = programKind(event.principal);
  if (kind === undefined) return undefined;
  return verdict(event, kind.actor, displayName(event.principal), 'strong', {
    reason: `Made by ${kind.name}, for ${displayName(event.principal)}: a program, not a person. ${VOUCHED}`,
  });
};

/** The chain of sessions comes from such a program. */
export const byProgramsSession: Rule = (event, known) => {
  const first = chainOf(event.principal, known).at(-1);
  const kind = first && programKind(callerOf(first));
  if (first === undefined || kind === undefined) return undefined;
  return started(event, callerOf(first), kind);
};

function started(event: Evidence, caller: Principal, kind: ProgramKind): Attribution {
  const where =
    caller.accountId === undefined || caller.accountId === event.accountId
      ? ''
      : ` of account ${formatAccount(caller.accountId)}`;
  return {
    ...verdict(event, kind.actor, displayName(caller), 'strong', {
      reason: `Made by ${kind.name}${where}, for ${displayName(caller)}, which started the session ${displayName(event.principal)}: a program, not a person. ${VOUCHED}`,
    }),
    ...roleAsVia(event.principal),
  };
}

const VOUCHED = 'AWS checked the token of its identity provider.';

interface ProgramKind {
  readonly name: string;
  /** What runs on a service outside of AWS comes from outside; what runs in AWS is one of the account's own. */
  readonly actor: 'external' | 'unknown';
}

interface Program extends ProgramKind {
  /** In the provider's host. */
  readonly host: RegExp;
  /** The form of its subjects, for a provider on a host of the company's own, and records that name none. */
  readonly subject?: RegExp;
}

function programKind({ type, provider, principalId, userName = '' }: Principal): ProgramKind | undefined {
  if (type !== 'WebIdentityUser') return undefined;
  const by = provider ?? principalId ?? '';
  return PROGRAMS.find(({ host, subject }) => host.test(by) || subject?.test(userName) === true);
}

/** Of each: the documentation of its OpenID Connect tokens. */
const PROGRAMS: readonly Program[] = [
  {
    name: 'GitHub Actions',
    actor: 'external',
    host: /\btoken\.actions\.githubusercontent\.com\b/,
    subject: /^repo:[^:]+\/[^:]+:/,
  },
  { name: 'GitLab CI', actor: 'external', host: /\bgitlab\.com\b/, subject: /^project_path:[^:]+\/[^:]+:/ },
  {
    name: 'HCP Terraform',
    actor: 'external',
    host: /\bapp\.terraform\.io\b/,
    subject: /^organization:[^:]+:project:[^:]+:workspace:/,
  },
  {
    name: 'Buildkite',
    actor: 'external',
    host: /\bagent\.buildkite\.com\b/,
    subject: /^organization:[^:]+:pipeline:/,
  },
  { name: 'CircleCI', actor: 'external', host: /\boidc\.circleci\.com\b/ },
  { name: 'Bitbucket Pipelines', actor: 'external', host: /\bapi\.bitbucket\.org\b/ },
  { name: 'Azure Pipelines', actor: 'external', host: /\bvstoken\.dev\.azure\.com\b/ },
  {
    name: 'a pod of a Kubernetes cluster',
    actor: 'unknown',
    host: /\boidc\.eks\.[a-z0-9-]+\.amazonaws\.com\b/,
    subject: /^system:serviceaccount:/,
  },
];
