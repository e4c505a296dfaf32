/**
 * To roll back is to plan what stood there before, as recorded: nothing is taken back without a plan of its own and a
 * human's yes to it. Only what is on top can be taken back; what lies below is reached one by one. Pure.
 */
import { UserError } from '../base/userError.ts';
import { HIDDEN_VALUE, KEPT_VALUE } from './cloudformation/parameters.ts';
import { type Deployment, isIn, whoAndWhere } from './deployment.ts';
import type { Deployments } from './deployments.ts';
import type { DeployRequest } from './engine.ts';
import { fromStore } from './fromStore.ts';
import type { CloudFormationSource, Source } from './source.ts';

export type Asked = Omit<DeployRequest, 'askedBy'>;
type History = Pick<Deployments, 'list' | 'source'>;

/**
 * Secret values are not in it: a stack keeps those that it has.
 * @throws UserError `deployment.notReversible` saying why, and what to do instead.
 */
export function reverseOf(deployment: Deployment, history: History): Asked {
  if (!isIn(deployment, 'succeeded')) throw notCarriedOut(deployment);
  const same = siblings(deployment, history.list());
  const reversed = same.find(other => other.reverses === deployment.id && isIn(other, 'succeeded'));
  if (reversed !== undefined) throw alreadyReversed(deployment, reversed);
  if (deployment.reverses !== undefined) throw isReversal(deployment, deployment.reverses);
  const standing = standingVersions(same);
  const index = standing.findIndex(({ id }) => id === deployment.id);
  const above = standing.slice(index + 1);
  if (above.length > 0) throw notOnTop(deployment, above.toReversed());
  return {
    ...requestOf(deployment),
    ...before(deployment, standing.slice(0, index), history),
    reverses: deployment.id,
  };
}

/** The same once more: planned anew, from the same source. @throws UserError `deployment.sourceGone` */
export function againOf(deployment: Deployment, history: Pick<History, 'source'>): Asked {
  const { operation } = deployment;
  return { ...requestOf(deployment), operation, source: requireSource(deployment, history) };
}

/** The one that has taken it back. */
export function reversedBy(deployment: Deployment, all: readonly Deployment[]): Deployment | undefined {
  return all.find(other => other.reverses === deployment.id && isIn(other, 'succeeded'));
}

/** What stood there before: the version that a comparison and a roll back look at. */
export function previousOf(deployment: Deployment, all: readonly Deployment[]): Deployment | undefined {
  const earlier = siblings(deployment, all).filter(other => other.startedAt < deployment.startedAt);
  return standingVersions(earlier).findLast(({ operation }) => operation === 'deploy');
}

/** Something of it stands, and keeps the secret values that nobody has recorded. */
export function isStanding(deployment: Deployment, all: readonly Deployment[]): boolean {
  const stands = siblings(deployment, all).filter(other => isIn(other, 'succeeded'))[0];
  return stands?.operation === 'deploy';
}

function requestOf({
  profileId,
  region,
  stackName,
  folder,
}: Deployment): Omit<Asked, 'operation' | 'source'> {
  return { profileId, region, stackName, ...(folder === undefined ? {} : { folder }) };
}

/** Of the same engine, name and place, newest first. */
function siblings(deployment: Deployment, all: readonly Deployment[]): Deployment[] {
  const { engine, stackName, accountId, region } = deployment;
  return all.filter(
    other =>
      other.engine === engine &&
      other.stackName === stackName &&
      other.accountId === accountId &&
      other.region === region,
  );
}

/** What was carried out and not taken back, oldest first. */
function standingVersions(newestFirst: readonly Deployment[]): Deployment[] {
  const carriedOut = newestFirst.filter(deployment => isIn(deployment, 'succeeded')).toReversed();
  const reversed = new Set(carriedOut.map(({ reverses }) => reverses));
  return carriedOut.filter(({ id, reverses }) => reverses === undefined && !reversed.has(id));
}

/** @param below what stands under it, oldest first. */
function before(
  deployment: Deployment,
  below: readonly Deployment[],
  history: History,
): Pick<Asked, 'operation' | 'source'> {
  const previous = below.at(-1);
  if (previous?.operation === 'deploy') {
    const source = withParameters(requireSource(previous, history), sinceDeleted(below));
    return { operation: 'deploy', source };
  }
  const plan = 'plan' in deployment.state ? deployment.state.plan : undefined;
  if (deployment.operation === 'deploy' && plan?.action === 'create')
    return { operation: 'destroy', source: requireSource(deployment, history) };
  throw unknownBefore(deployment);
}

/** A deletion ends what was before it. */
function sinceDeleted(versions: readonly Deployment[]): readonly Deployment[] {
  return versions.slice(versions.findLastIndex(({ operation }) => operation === 'destroy') + 1);
}

/** A value that was not given then stood at what was there: the default, or what an earlier one had given. */
function withParameters(source: Source, versions: readonly Deployment[]): Source {
  if (source.engine === 'cdk') return { ...source, stack: withValues(source.stack, versions) };
  return 'parameters' in source ? withValues(source, versions) : source;
}

function withValues(source: CloudFormationSource, versions: readonly Deployment[]): CloudFormationSource {
  const stood = new Map<string, string>();
  for (const { state } of versions) {
    const shown = 'plan' in state ? state.plan?.parameters : undefined;
    for (const [name, value] of Object.entries(shown ?? {}))
      if (value !== HIDDEN_VALUE && value !== KEPT_VALUE) stood.set(name, value);
  }
  const last = versions.at(-1)?.state;
  const names = last !== undefined && 'plan' in last ? Object.keys(last.plan?.parameters ?? {}) : [];
  const filled = names.flatMap(name => {
    const value = stood.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...source, parameters: { ...Object.fromEntries(filled), ...source.parameters } };
}

function requireSource(deployment: Deployment, { source }: Pick<History, 'source'>): Source {
  const found = source(deployment.id);
  if (found !== undefined) return fromStore(found);
  throw new UserError(
    'deployment.sourceGone',
    `What deployment ${deployment.id} of ${deployment.stackName} was planned from is not kept any more.`,
    { hint: 'Deploy the version that you want from its files.' },
  );
}

function notReversible(deployment: Deployment, why: string, hint: string): UserError {
  const { id, stackName } = deployment;
  return new UserError(
    'deployment.notReversible',
    `Deployment ${id} of ${stackName} by ${whoAndWhere(deployment)} cannot be rolled back: ${why}.`,
    { hint },
  );
}

function notCarriedOut(deployment: Deployment): UserError {
  const { status } = deployment.state;
  const why =
    status === 'rolledBack' ? 'AWS has undone it already' : `it was not carried out to its end (${status})`;
  return notReversible(deployment, why, 'Look at its record for what became of it.');
}

function alreadyReversed(deployment: Deployment, by: Deployment): UserError {
  return notReversible(
    deployment,
    `deployment ${by.id} has done so already`,
    'To have it again, use Deploy Again.',
  );
}

function isReversal(deployment: Deployment, of: string): UserError {
  return notReversible(
    deployment,
    `it is itself the roll back of deployment ${of}`,
    `To have that one again, use Deploy Again on deployment ${of}.`,
  );
}

const NAMED = 3;

function notOnTop(deployment: Deployment, above: readonly Deployment[]): UserError {
  const ids = above.slice(0, NAMED).map(({ id }) => id);
  const more = above.length > NAMED ? ` and ${above.length - NAMED} more` : '';
  return notReversible(
    deployment,
    `later deployments stand on top of it: ${ids.join(', ')}${more}`,
    `Roll back ${ids[0] ?? 'them'} first, or use Deploy Again on the version that you want.`,
  );
}

function unknownBefore(deployment: Deployment): UserError {
  return notReversible(
    deployment,
    'what stood there before was not deployed with No Wing, so nothing of it is recorded',
    'Deploy the version that you want from its files.',
  );
}
