/**
 * The CDK as an engine: what an app made of a stack, deployed by CloudFormation's engine with the agent's own session.
 * The CDK's own command line would assume its bootstrap roles, under whose session name nobody sees the agent, and which
 * do not take a source identity; so it only synthesizes.
 */
import { isCancelled } from '../../base/cancellation.ts';
import type { AssetStore, OpenAssetStore } from '../assets/assetStore.ts';
import { publishAsset, requireAsset } from '../assets/publishAsset.ts';
import type { PublishTemplate } from '../cloudformation/templateBody.ts';
import type { Checked, DeployRequest, Draft, Engine, Leftover, Ordered, Run } from '../engine.ts';
import type { CdkPlan, CloudFormationPlan } from '../plan.ts';
import { type CdkSource, ownOf } from '../source.ts';
import {
  type AssetInBucket,
  notBootstrapped,
  requirePlace,
  resolvedAssets,
  templateAsset,
} from './cdkPlace.ts';
import { stackPlanned } from './cdkPlan.ts';
import { assetBody } from './cdkSource.ts';

/** The engine beneath, which may be given a bucket for templates that are too large for a request. */
export type StackEngine = Omit<Engine, 'plan'> & {
  plan(
    request: DeployRequest & { readonly publishTemplate?: PublishTemplate },
    run: Run,
    creating: () => void,
  ): Promise<Draft>;
};

export function createCdkEngine(cloudFormation: StackEngine, openAssets: OpenAssetStore): Engine {
  const storeOf = (run: Run): Promise<AssetStore> => openAssets(run.region, signal => run.session(signal));
  return {
    check: request => check(cloudFormation, request),
    plan: (request, run, creating) => plan({ cloudFormation, storeOf, request, run, creating }),
    apply: (whole, run, mayOrder) => apply({ cloudFormation, storeOf, run }, ownOf('cdk', whole), mayOrder),
    follow: (whole, run, watch) => cloudFormation.follow(asStack(ownOf('cdk', whole)), run, watch),
    stop: (whole, effect, run) => cloudFormation.stop(asStack(ownOf('cdk', whole)), effect, run),
    discard: (leftover, run) => cloudFormation.discard(ownLeftover(leftover), run),
  };
}

async function check(cloudFormation: StackEngine, request: DeployRequest): Promise<Checked> {
  const { assembly: _assembly, ...source } = ownOf('cdk', request.source);
  const { source: stack } = await cloudFormation.check({ ...request, source: source.stack });
  return {
    source: { ...source, stack: ownOf('cloudformation', stack) },
    sourceName: `${source.app}: ${source.construct}`,
  };
}

interface Planning {
  readonly cloudFormation: StackEngine;
  readonly storeOf: (run: Run) => Promise<AssetStore>;
  readonly request: DeployRequest;
  readonly run: Run;
  readonly creating: () => void;
}

async function plan({ cloudFormation, storeOf, request, run, creating }: Planning): Promise<Draft> {
  const source = ownOf('cdk', request.source);
  const { accountId } = await run.session(run.signal);
  requirePlace(source, accountId, run);
  const assets = request.operation === 'destroy' ? [] : resolvedAssets(source, accountId, run.region);
  try {
    if (assets.length > 0) await publish(await storeOf(run), assets, source, run);
    const publishTemplate = templatePublisher(storeOf, source, accountId, run);
    const asked = { ...request, source: source.stack, ...(publishTemplate && { publishTemplate }) };
    const draft = await cloudFormation.plan(asked, run, creating);
    return draft.kind === 'plan' ? { ...draft, plan: stackPlanned(draft.plan, source, assets) } : draft;
  } catch (error) {
    throw notBootstrapped(error, source, run) ?? error;
  }
}

/**
 * Before the plan, since AWS reads nested templates for it. It alters nothing that runs: an object under the name of its
 * content, which no stack is given before the plan is approved.
 */
async function publish(
  store: AssetStore,
  assets: readonly AssetInBucket[],
  { assembly }: CdkSource,
  run: Run,
): Promise<void> {
  for (const asset of assets) {
    // Planned once more from what was recorded, the app is not asked again: what it published then is there, or is not.
    if (assembly === undefined) await requireAsset(store, asset, run);
    else await publishAsset(store, asset, () => assetBody(assembly, asset), run);
  }
}

/** Absent where the app has no bucket for it. */
function templatePublisher(
  storeOf: Planning['storeOf'],
  source: CdkSource,
  accountId: string,
  run: Run,
): PublishTemplate | undefined {
  const asset = templateAsset(source, accountId, run.region);
  return (
    asset &&
    (async ({ text }) => {
      const store = await storeOf(run);
      await publishAsset(store, asset, () => Promise.resolve(Buffer.from(text)), run);
      return store.urlOf(asset);
    })
  );
}

interface Applying {
  readonly cloudFormation: StackEngine;
  readonly storeOf: (run: Run) => Promise<AssetStore>;
  readonly run: Run;
}

/** The agent may write to the bucket: what it put there meanwhile under the same name is not what was approved. */
async function apply(
  { cloudFormation, storeOf, run }: Applying,
  whole: CdkPlan,
  mayOrder: () => boolean,
): Promise<Ordered> {
  const { accountId, assets } = whole;
  try {
    const store = assets.length > 0 ? await storeOf(run) : undefined;
    for (const asset of assets) await (store && requireAsset(store, { ...asset, accountId }, run));
  } catch (error) {
    if (isCancelled(error) || !(error instanceof Error)) throw error;
    return { kind: 'refused', error };
  }
  return cloudFormation.apply(asStack(whole), run, mayOrder);
}

function asStack({ construct: _construct, assets: _assets, ...whole }: CdkPlan): CloudFormationPlan {
  return { ...whole, engine: 'cloudformation' };
}

function ownLeftover({ plan: whole, ...leftover }: Leftover): Leftover {
  return whole === undefined ? leftover : { ...leftover, plan: asStack(ownOf('cdk', whole)) };
}
