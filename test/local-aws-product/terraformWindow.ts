/** A window in a process of its own, which plans and applies with a yes given at once; made to be killed. */
import * as v from 'valibot';
import { silentLog } from '../../src/base/log.ts';
import { questionsOf } from '../../src/deployment/approval.ts';
import { isIn } from '../../src/deployment/deployment.ts';
import { TerraformSource, unitName } from '../../src/deployment/terraform/terraformSource.ts';
import { createFeatures } from '../../src/features.ts';

export const WindowOrder = v.object({
  directory: v.string(),
  endpoint: v.string(),
  secrets: v.array(v.tuple([v.string(), v.string()])),
  profileId: v.string(),
  source: TerraformSource,
});
export type WindowOrder = v.InferOutput<typeof WindowOrder>;

export const WindowSays = v.object({ says: v.picklist(['planned', 'ended']), id: v.string() });
export type WindowSays = v.InferOutput<typeof WindowSays>;

async function work({ directory, endpoint, secrets, profileId, source }: WindowOrder): Promise<void> {
  const kept = new Map(secrets);
  const features = createFeatures({
    directory,
    keychainWorker: '',
    trailWorker: '',
    log: silentLog,
    endpointUrl: () => endpoint,
    keychainBackend: () => 'secretStorage',
    secretStorage: {
      get: async key => kept.get(key),
      store: async (key, value) => void kept.set(key, value),
      delete: async key => void kept.delete(key),
    },
    workspace: () => 'orders',
  });
  const { deployments } = features;
  const askedBy = { kind: 'user', name: 'alice', door: 'window' } as const;
  const stackName = unitName(source);
  const request = { profileId, stackName, operation: 'deploy', source, askedBy } as const;
  const planned = await deployments.plan(request, new AbortController().signal);
  if (!isIn(planned, 'awaitingApproval')) throw new Error(`Not planned: ${planned.state.status}`);
  const { plan } = planned.state;
  process.send?.({ says: 'planned', id: planned.id } satisfies WindowSays);
  const approval = {
    planHash: plan.hash,
    approvedBy: 'alice',
    at: Date.now(),
    acknowledged: questionsOf(plan),
  };
  await deployments.apply(planned.id, approval, () => undefined);
  process.send?.({ says: 'ended', id: planned.id } satisfies WindowSays);
  features.dispose();
}

process.once('message', message => {
  work(v.parse(WindowOrder, message)).then(
    () => process.disconnect(),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
