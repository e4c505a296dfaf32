/** What CloudFormation says would change, in the words of the app that made the stack. Pure. */
import * as v from 'valibot';
import { canonicalJson, type DraftedPlan, type PlannedChange, sha256 } from '../plan.ts';
import { type CdkSource, ownOf } from '../source.ts';
import type { AssetInBucket } from './cdkPlace.ts';

/** @param whole drafted by CloudFormation's engine. */
export function stackPlanned(
  whole: DraftedPlan,
  source: CdkSource,
  assets: readonly AssetInBucket[],
): DraftedPlan {
  const drafted = ownOf('cloudformation', whole);
  const paths = constructPaths(source.stack.template.text);
  const { assembly: _assembly, stack: _stack, ...app } = source;
  return {
    ...drafted,
    engine: 'cdk',
    tool: source.tool,
    construct: source.construct,
    changes: drafted.changes.map(change => named(change, paths, source.construct)),
    assets: [
      ...(drafted.assets ?? []),
      ...assets.map(({ name, bucket, key, sha256: hash }) => ({ name, bucket, key, sha256: hash })),
    ],
    inputs: {
      ...drafted.inputs,
      assembly: sha256(canonicalJson(app)),
      ...Object.fromEntries(assets.map(asset => [`asset ${asset.name} ${asset.key}`, asset.sha256])),
    },
  };
}

/** A logical id is a name and a hash; the person who wrote the app knows the construct. */
function named(change: PlannedChange, paths: ReadonlyMap<string, string>, construct: string): PlannedChange {
  const path = paths.get(change.address);
  if (path === undefined) return change;
  const short = path.startsWith(`${construct}/`) ? path.slice(construct.length + 1) : path;
  const words = short.replace(/\/Resource$/, '');
  return { ...change, detail: change.detail === '' ? words : `${words}: ${change.detail}` };
}

const Paths = v.object({
  Resources: v.record(
    v.string(),
    v.object({ Metadata: v.optional(v.object({ 'aws:cdk:path': v.optional(v.string()) })) }),
  ),
});

/** By logical id; none where the app leaves them out. */
function constructPaths(template: string): ReadonlyMap<string, string> {
  try {
    const { Resources } = v.parse(Paths, JSON.parse(template));
    return new Map(
      Object.entries(Resources).flatMap(([id, { Metadata }]): [string, string][] => {
        const path = Metadata?.['aws:cdk:path'];
        return path === undefined ? [] : [[id, path]];
      }),
    );
  } catch {
    return new Map();
  }
}
