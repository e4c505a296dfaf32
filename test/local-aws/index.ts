/**
 * An AWS on this machine for tests and the demo. moto holds the resources; in front of it we check signatures,
 * sessions and policies, run CloudFormation and keep CloudTrail, so that these answer as AWS does.
 */
import { createClock } from './clock.ts';
import { createCloudFormation } from './cloudformation/cloudFormationService.ts';
import { createOtherTypes } from './cloudformation/otherTypes.ts';
import { serviceRoleSession } from './cloudformation/serviceRole.ts';
import { createTemplateSource } from './cloudformation/templateSource.ts';
import type { Control } from './control.ts';
import { createFailures } from './failures.ts';
import { createBuckets } from './iam/buckets.ts';
import { createPolicies } from './iam/policies.ts';
import { createKeyChanges } from './keyChanges.ts';
import { createKeys } from './keys.ts';
import { createControl } from './localControl.ts';
import { createMotoClient } from './motoClient.ts';
import { startMoto } from './motoServer.ts';
import { createPerform, type OwnService, type Perform } from './perform.ts';
import { pricingService } from './pricing/pricingService.ts';
import { seed } from './seed.ts';
import { listen } from './server.ts';
import { stsService } from './sts/stsService.ts';
import { createCloudTrail } from './trail/cloudTrailService.ts';
import { createDelivery } from './trail/delivery.ts';
import type { LookupMoods } from './trail/lookupEvents.ts';
import { createTrail } from './trail/trail.ts';
import type { World } from './world.ts';

export { type Control, controlOf, type RecordFilter } from './control.ts';
export type { Failure } from './failures.ts';
export type { Account, Role, User, World } from './world.ts';

export interface LocalAwsOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** How late CloudTrail shows an event. */
  readonly trailDelayMs?: number;
  /** Pause between CloudFormation's resource events. */
  readonly stackStepMs?: number;
  /** The command that starts moto. */
  readonly moto?: string;
}

export interface LocalAws {
  /** `http://localhost:<port>`: an IP address would make S3 clients and CDK behave otherwise. */
  readonly endpoint: string;
  readonly world: World;
  readonly control: Control;
  close(): Promise<void>;
}

export async function startLocalAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const motoServer = await startMoto(options.moto ?? process.env['NO_WING_MOTO'] ?? 'moto_server');
  const moto = createMotoClient(motoServer.port);
  const clock = createClock();
  const keys = createKeys();
  const failures = createFailures();
  const trail = createTrail(options.trailDelayMs ?? 0);
  const counts: Record<string, Record<string, number>> = {};
  const policies = createPolicies(moto);
  const authorization = { policies, buckets: createBuckets(moto), now: clock.now };
  const world = await seed(moto, keys);
  const perform: Perform = doing => act(doing);
  const cloudFormation = createCloudFormation({
    perform,
    now: clock.now,
    stepMs: options.stackStepMs ?? 30,
    serviceRole: roleArn => serviceRoleSession(moto, roleArn, clock.now()),
    source: createTemplateSource(moto, world.dev.accountId),
    otherType: createOtherTypes(moto),
  });
  const delivery = createDelivery(trail, moto);
  const lookup: { moods: LookupMoods } = { moods: {} };
  const ownServices: Record<string, OwnService> = {
    sts: ({ call, caller }) => stsService(call, caller, { keys, policies, moto, now: clock.now }),
    cloudformation: doing => cloudFormation.serve(doing),
    pricing: pricingService,
    cloudtrail: createCloudTrail({ trail, moto, delivery, now: clock.now, moods: () => lookup.moods }),
  };
  const act = createPerform({
    clock,
    trail,
    moto,
    authorization,
    keyChanges: createKeyChanges(keys, moto),
    ownServices,
  });
  const setLookup = (moods: LookupMoods): void => {
    lookup.moods = moods;
  };
  const control = createControl({ clock, failures, keys, moto, trail, counts, setLookup });
  const server = await listen(options.port ?? 0, { clock, keys, failures, perform, control, counts });
  return {
    endpoint: `http://localhost:${server.port}`,
    world,
    control,
    close: async () => {
      cloudFormation.stop();
      delivery.stop();
      await server.close();
      moto.close();
      await motoServer.stop();
    },
  };
}
