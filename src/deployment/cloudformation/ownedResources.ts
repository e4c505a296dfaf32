/** What a stack holds, nested stacks included, and what its deletion does to each: the same list before and after a yes. */
import * as v from 'valibot';
import { canonicalJson, sha256 } from '../plan.ts';
import type { CloudFormationApi, FoundChange, Stack, StackResource } from './cloudFormation.ts';
import { parseTemplateText } from './templateText.ts';

export type Fate = 'deleted' | 'retained' | 'snapshot';

export interface OwnedResource extends StackResource {
  readonly fate: Fate;
}

const GONE = ['DELETE_COMPLETE', 'DELETE_SKIPPED'];

/** @param retain logical ids that stay because a person said so. */
export async function ownedResources(
  api: CloudFormationApi,
  stack: Stack,
  retain: readonly string[],
  signal: AbortSignal,
): Promise<OwnedResource[]> {
  // One that is only in review has neither resources nor a template.
  if (stack.status === 'REVIEW_IN_PROGRESS') return [];
  const owned = await ownedBy(api, stack.stackId, '', signal);
  return owned.map(resource =>
    retain.includes(resource.address) ? { ...resource, fate: 'retained' } : resource,
  );
}

async function ownedBy(
  api: CloudFormationApi,
  stackId: string,
  prefix: string,
  signal: AbortSignal,
): Promise<OwnedResource[]> {
  const resources = (await api.resources(stackId, signal)).filter(({ status }) => !GONE.includes(status));
  const fates = resources.length === 0 ? {} : bodiesIn(await api.template({ stackId }, 'Processed', signal));
  const all: OwnedResource[] = [];
  for (const resource of resources) {
    const address = prefix + resource.address;
    const fate = fateOf(resource.type, fates[resource.address]);
    all.push({ ...resource, address, fate });
    const isNested = resource.type === 'AWS::CloudFormation::Stack' && resource.physicalId !== undefined;
    if (!isNested || resource.physicalId === undefined) continue;
    const inner = await ownedBy(api, resource.physicalId, `${address}/`, signal);
    // A nested stack that stays keeps all that is in it.
    all.push(...(fate === 'deleted' ? inner : inner.map(item => ({ ...item, fate }))));
  }
  return all;
}

const Body = v.fallback(
  v.looseObject({
    DeletionPolicy: v.fallback(v.optional(v.string()), undefined),
    Properties: v.fallback(v.optional(v.looseObject({})), undefined),
  }),
  {},
);
type Body = v.InferOutput<typeof Body>;
const Root = v.looseObject({ Resources: v.record(v.string(), Body) });

function bodiesIn(template: string): Record<string, Body> {
  return v.parse(Root, parseTemplateText(template, 'the template of the stack').root).Resources;
}

/** Without a policy AWS deletes, except for these: CloudFormation's reference of the DeletionPolicy attribute. */
function fateOf(type: string, body: Body | undefined): Fate {
  const policy = body?.DeletionPolicy;
  if (policy?.startsWith('Retain')) return 'retained';
  if (policy === 'Snapshot') return 'snapshot';
  if (policy !== undefined) return 'deleted';
  if (type === 'AWS::RDS::DBCluster') return 'snapshot';
  const ofCluster = body?.Properties !== undefined && 'DBClusterIdentifier' in body.Properties;
  return type === 'AWS::RDS::DBInstance' && !ofCluster ? 'snapshot' : 'deleted';
}

const DETAILS: Readonly<Record<Fate, string>> = {
  deleted: '',
  retained: 'it stays in the account, without the stack',
  snapshot: 'a snapshot of it is kept',
};

export function removals(owned: readonly OwnedResource[]): FoundChange[] {
  return owned.map(({ address, physicalId, type, fate }) => ({
    address,
    ...(physicalId === undefined ? {} : { physicalId }),
    type,
    action: 'remove',
    replacement: 'no',
    detail: DETAILS[fate],
    isKept: fate !== 'deleted',
  }));
}

/** Differs as soon as the stack holds something else, or was changed, or is in another state. */
export function deletionHash({ stackId, status, changedAt }: Stack, owned: readonly OwnedResource[]): string {
  return sha256(canonicalJson({ stackId, status, changedAt, owned }));
}
