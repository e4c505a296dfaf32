/** The control behind `/_local/`. */
import type { Clock } from './clock.ts';
import type { Control, RecordFilter } from './control.ts';
import type { Failures } from './failures.ts';
import type { Keys } from './keys.ts';
import type { MotoClient } from './motoClient.ts';
import type { LookupMoods } from './trail/lookupEvents.ts';
import type { Trail } from './trail/trail.ts';

export interface ControlParts {
  readonly clock: Clock;
  readonly failures: Failures;
  readonly keys: Keys;
  readonly moto: MotoClient;
  readonly trail: Trail;
  readonly counts: Record<string, Record<string, number>>;
  readonly setLookup: (moods: LookupMoods) => void;
}

export function createControl(parts: ControlParts): Control {
  const { clock, failures, keys, trail } = parts;
  return {
    setTrailDelay: async ms => trail.setDelay(ms),
    setLookup: async moods => parts.setLookup(moods),
    addEvents: async events => {
      for (const event of events) trail.add(event);
    },
    fail: async failure => failures.add(failure),
    clearFailures: async () => failures.clear(),
    setClockOffset: async ms => clock.setOffset(ms),
    deactivateKey: accessKeyId => setActive(parts, accessKeyId, false),
    activateKey: accessKeyId => setActive(parts, accessKeyId, true),
    expireSession: async accessKeyId => keys.expire(accessKeyId),
    records: async filter =>
      trail.records.filter(record => wanted(record, filter ?? {})).map(record => record.event),
    requests: async () => structuredClone(parts.counts),
  };
}

async function setActive({ keys, moto }: ControlParts, accessKeyId: string, active: boolean): Promise<void> {
  const caller = keys.find(accessKeyId)?.caller;
  keys.setActive(accessKeyId, active);
  if (caller?.kind !== 'user' || !accessKeyId.startsWith('AKIA')) return;
  // IAM shows it too.
  const Status = active ? 'Active' : 'Inactive';
  await moto.iam(caller.accountId, 'UpdateAccessKey', {
    UserName: caller.userName,
    AccessKeyId: accessKeyId,
    Status,
  });
}

const wanted = (record: Trail['records'][number], filter: RecordFilter): boolean =>
  (filter.eventName ?? record.eventName) === record.eventName &&
  (filter.accessKeyId ?? record.accessKeyId) === record.accessKeyId &&
  (filter.accountId ?? record.accountId) === record.accountId;
