/** A thread that reads, with the test in the writer's place. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { ReaderData, ReadPart, Work } from '../../src/trail/import/messages.ts';
import { newRoom, releaseRoom } from '../../src/trail/import/room.ts';
import { folderAddress } from '../../src/trail/sources/files.ts';
import { numbered, numbers, type Place, place, putRecords, START, uuid, WORKER } from './setup.ts';

interface Reader {
  readonly thread: Worker;
  readonly port: MessagePort;
  readonly room: Int32Array;
  /** Has it read files. */
  read(...names: readonly string[]): void;
}

function startReader(t: TestContext, at: Place): Reader {
  const { port1, port2 } = new MessageChannel();
  const room = newRoom();
  const source = folderAddress(at.files);
  const data: ReaderData = { role: 'read', source, since: 0, now: START, seed: 1, writer: port1, room };
  const thread = new Worker(WORKER, { workerData: data, transferList: [port1] });
  t.after(async () => {
    port2.close();
    await thread.terminate();
  });
  const read = (...names: readonly string[]): void => {
    const units = names.map((name, number) => {
      const { size } = statSync(join(at.files, name));
      return { number, unit: { name, size, version: '1', changedAt: START } };
    });
    const work: Work = { units };
    port2.postMessage(work);
  };
  return { thread, port: port2, room, read };
}

/** Takes all parts of one piece of work. @returns how many events each has. */
async function takeAll({ port, room }: Reader): Promise<number[]> {
  const counts: number[] = [];
  for (;;) {
    const [part]: ReadPart[] = await once(port, 'message');
    releaseRoom(room);
    counts.push(part?.batch.count ?? 0);
    if (part?.isEnd !== false) return counts;
  }
}

const small = (number: number) => ({ eventID: uuid(number), eventTime: '2026-03-10T10:00:00Z' });

test('a file that is unpacked at once goes on its way in parts, however many events it has', async t => {
  const at = place(t);
  putRecords(at, 'a.json.gz', numbers(0, 40_000).map(small));
  putRecords(at, 'b.json.gz', [numbered(50_000)]);
  const reader = startReader(t, at);
  reader.read('a.json.gz', 'b.json.gz');
  assert.deepEqual(await takeAll(reader), [16_000, 16_000, 8001]);
});

test('large events go on their way in smaller parts: a part is bounded in bytes', async t => {
  const at = place(t);
  const userName = 'x'.repeat(1 << 20);
  const records = numbers(0, 100).map(number => ({
    ...small(number),
    userIdentity: { userName: `${number}${userName}` },
  }));
  putRecords(at, 'a.json.gz', records);
  const reader = startReader(t, at);
  reader.read('a.json.gz');
  assert.deepEqual(await takeAll(reader), [32, 32, 32, 4]);
});

test('a reader waits for a writer that is behind, and can be ended while it waits', async t => {
  const at = place(t);
  putRecords(at, 'a.json', numbers(0, 130_000).map(small));
  const reader = startReader(t, at);
  reader.read('a.json');
  while (Atomics.load(reader.room, 0) < 4) await delay(5);
  await delay(500);
  assert.equal(Atomics.load(reader.room, 0), 4, 'no more than four parts are on their way');
  const counts = await takeAll(reader);
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    130_000,
  );
  reader.read('a.json');
  while (Atomics.load(reader.room, 0) < 4) await delay(5);
  await reader.thread.terminate();
});
