/** How a test bends the local AWS, in this process or over HTTP (`POST /_local/<name>`). */
import type { Failure } from './failures.ts';
import type { LookupMoods } from './trail/lookupEvents.ts';
import { type Fields, fieldsOf } from './values.ts';

export interface RecordFilter {
  readonly eventName?: string;
  readonly accessKeyId?: string;
  readonly accountId?: string;
}

export interface Control {
  setTrailDelay(ms: number): Promise<void>;
  /** How LookupEvents behaves from now on. */
  setLookup(moods: LookupMoods): Promise<void>;
  /** CloudTrail events that a test makes up, whole. */
  addEvents(events: readonly Fields[]): Promise<void>;
  fail(failure: Failure): Promise<void>;
  clearFailures(): Promise<void>;
  /** The server's clock minus the client's. */
  setClockOffset(ms: number): Promise<void>;
  deactivateKey(accessKeyId: string): Promise<void>;
  activateKey(accessKeyId: string): Promise<void>;
  expireSession(accessKeyId: string): Promise<void>;
  /** Every CloudTrail event written, oldest first, whatever its delay and kind. */
  records(filter?: RecordFilter): Promise<Fields[]>;
  /** How often each operation was called from outside: `{ sts: { AssumeRole: 2 } }`. */
  requests(): Promise<Record<string, Record<string, number>>>;
}

/** The control of a local AWS that runs in another process. */
export function controlOf(endpoint: string): Control {
  const post = async (name: keyof Control, argument?: unknown): Promise<unknown> => {
    const response = await fetch(`${endpoint}/_local/${name}`, {
      method: 'POST',
      body: JSON.stringify({ argument }),
    });
    if (!response.ok) throw new Error(`${name}: ${await response.text()}`);
    return fieldsOf(await response.json())['result'];
  };
  const ask =
    (name: keyof Control) =>
    async (argument?: unknown): Promise<void> =>
      void (await post(name, argument));
  return {
    setTrailDelay: ask('setTrailDelay'),
    setLookup: ask('setLookup'),
    addEvents: ask('addEvents'),
    fail: ask('fail'),
    clearFailures: ask('clearFailures'),
    setClockOffset: ask('setClockOffset'),
    deactivateKey: ask('deactivateKey'),
    activateKey: ask('activateKey'),
    expireSession: ask('expireSession'),
    records: async filter => (await post('records', filter)) as Fields[],
    requests: async () => (await post('requests')) as Record<string, Record<string, number>>,
  };
}
