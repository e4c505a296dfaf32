/** What a window does for the broker while it is open: serving or standing by, and looking after the clients. */
import type { KeyObject } from 'node:crypto';
import { SECOND } from '../base/clock.ts';
import type { Disposable } from '../base/disposables.ts';
import { describeError } from '../base/log.ts';
import { claimedClient } from './apiKey.ts';
import { createBell } from './bell.ts';
import { type BrokerInput, userPrincipals } from './brokerInput.ts';
import { createCaretaker } from './caretaker.ts';
import { createCounter } from './counter.ts';
import { listen } from './httpServer.ts';
import { createLimits } from './limits.ts';
import { end } from './office.ts';
import { createPeers } from './peerProcess.ts';
import { proveBroker } from './proveBroker.ts';
import { createRecognition, type Recognition } from './recognition.ts';
import { portProof } from './seals.ts';
import { type Arrival, createServer, type Place } from './serving.ts';
import { createSessionMemory } from './sessionMemory.ts';

export interface Shift extends Disposable {
  turn(): Promise<Place>;
}

const CARE_MS = 2 * SECOND;

export function createShift(input: BrokerInput, key: KeyObject, owner: string): Shift {
  const { office } = input;
  const elapsed = (): number => performance.now();
  const recognition = createRecognition(office, createPeers());
  const memory = createSessionMemory(input, elapsed);
  const caretaker = createCaretaker(input, recognition);
  let arrived = Promise.withResolvers<void>();
  const counter = createCounter({
    ...input,
    ...office,
    recognize: recognition.recognize,
    claimed: apiKey => knownClient(input, apiKey),
    limits: createLimits(),
    session: memory.session,
    profile: input.profiles.get,
    proof: async (nonce, port) => portProof(key, nonce, port),
    used: caretaker.used,
    isInForce: ({ id }) => office.store.get(id)?.keyHash !== undefined,
    userPrincipals: () => userPrincipals(input.profiles.list()),
    trouble: createBell(office, elapsed),
  });
  const server = createServer({
    store: input.serving,
    owner,
    clock: input.clock,
    log: office.log,
    elapsed,
    open(port) {
      arrived = Promise.withResolvers();
      const { promise: ready } = arrived;
      return listen(port, async (request, from) => ready.then(() => counter(request, from)));
    },
    whoListens: port => proveBroker(key, port),
    async arrive(arrival) {
      await arrive(input, recognition, arrival);
      arrived.resolve();
    },
  });
  let caredAt = Number.NEGATIVE_INFINITY;
  const lookAfter = async (isTime: boolean): Promise<void> => {
    if (isTime) await caretaker.care();
    caretaker.noticeOthers();
  };
  return {
    async turn() {
      const place = await server.turn();
      const isTime = place.state === 'serving' && elapsed() - caredAt >= CARE_MS;
      if (isTime) caredAt = elapsed();
      await lookAfter(isTime).catch((error: unknown) =>
        office.log.warn(`The broker's care for its clients met trouble: ${describeError(error)}`),
      );
      return place;
    },
    dispose() {
      server.dispose();
      memory.dispose();
      caretaker.dispose();
    },
  };
}

/** Failures are counted by client, and all that name none together. */
function knownClient({ office }: BrokerInput, apiKey: string): string {
  const id = claimedClient(apiKey);
  return id !== undefined && office.store.get(id) ? id : '';
}

/** Keys that were shown once cannot be changed under their client; after a stranger had the port they are void. */
async function arrive({ office }: BrokerInput, recognition: Recognition, arrival: Arrival): Promise<void> {
  if (arrival === 'newPort') {
    // Whoever was told the old port would go on asking the stranger there.
    const told = office.store.inForce().filter(({ client }) => client.use !== 'commandLine');
    for (const { client } of told) end(office, client, 'another program has the port that it was told');
    office.changed.fire();
  }
  await recognition.changeKeys();
}
