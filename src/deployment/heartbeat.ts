/** Keeps this window's leases alive, notices what other windows changed, and finds what windows that are gone left. */
import { SECOND } from '../base/clock.ts';
import { describeError } from '../base/log.ts';
import { LEASE_MS } from './deploymentStore.ts';
import type { Office } from './office.ts';

/** Several beats fit into a lease, so that one that is late ends nothing. */
const BEAT_MS = Math.min(10 * SECOND, LEASE_MS / 4);

export interface Heartbeat {
  /** Begins to beat; again is nothing. */
  start(): void;
}

export function createHeartbeat(office: Office, atEachBeat: () => void, otherWindow: () => void): Heartbeat {
  let started = false;
  return {
    start: () => {
      if (started) return;
      started = true;
      beat(office, atEachBeat, otherWindow).catch((error: unknown) => office.log.error(describeError(error)));
    },
  };
}

async function beat(office: Office, atEachBeat: () => void, otherWindow: () => void): Promise<void> {
  const { store, clock, closing } = office;
  for (let version = store.version(); !closing.aborted; ) {
    try {
      store.beat(office.owner, clock.now());
      atEachBeat();
      if (store.version() !== version) otherWindow();
      version = store.version();
    } catch (error) {
      office.log.warn(`A heartbeat of deployments failed: ${describeError(error)}`);
    }
    await clock.sleep(BEAT_MS, closing).catch(() => undefined);
  }
}
