/** CloudTrail: LookupEvents is ours, trails themselves live in moto and deliver to their bucket. */

import { faultIn } from '../http/faultIn.ts';
import type { MotoClient } from '../motoClient.ts';
import type { OwnService } from '../perform.ts';
import { fieldsOf, parseJson } from '../values.ts';
import type { Delivery } from './delivery.ts';
import { createLookup, type LookupMoods } from './lookupEvents.ts';
import type { Trail } from './trail.ts';

export interface CloudTrailParts {
  readonly trail: Trail;
  readonly moto: MotoClient;
  readonly delivery: Delivery;
  readonly now: () => number;
  readonly moods: () => LookupMoods;
}

export function createCloudTrail({ trail, moto, delivery, now, moods }: CloudTrailParts): OwnService {
  const lookup = createLookup(trail, now, moods);
  return async ({ call, caller }) => {
    if (call.operation === 'LookupEvents') return lookup(call, caller);
    const answer = await moto.send(call, caller.accountId);
    if (answer.status >= 400) throw faultIn(call, answer);
    delivery.note(call, caller.accountId);
    return { result: fieldsOf(parseJson(answer.body.toString())) };
  };
}
