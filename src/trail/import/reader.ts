/** A thread that reads: it is given units of work by the writer, and gives it batches. */
import type { MessagePort } from 'node:worker_threads';
import { buffersOf } from '../scan/batch.ts';
import { createBatchBuilder } from '../scan/batchBuilder.ts';
import { openSource } from '../sources/files.ts';
import type { ReaderData, ReadPart, Work } from './messages.ts';
import { readUnit } from './readUnit.ts';
import { takeRoom } from './room.ts';
import { sent } from './sentBatch.ts';

/** Events go on their way in parts of so many at most, and as soon as their records have so many bytes. */
const PART = 16_000;
const PART_BYTES = 32 << 20;

/** Until the writer closes the port. */
export function runReader({ source: address, since, now, seed, writer, room }: ReaderData): void {
  const source = openSource(address);
  const builder = createBatchBuilder(seed);
  let ended: ReadPart['ended'][number][] = [];
  let bytes = 0;
  const send = (isEnd: boolean): void => {
    const batch = builder.take();
    const part: ReadPart = { batch: sent(batch), ended, isEnd };
    ended = [];
    bytes = 0;
    takeRoom(room);
    writer.postMessage(part, buffersOf(batch));
  };
  const afterRecord = (more: number): void => {
    bytes += more;
    if (builder.count() >= PART || bytes >= PART_BYTES) send(false);
  };
  const read = async ({ units }: Work): Promise<void> => {
    const input = { source, builder, afterRecord, now, since: since === 0 ? undefined : since };
    for (const { number, unit } of units) {
      const report = await readUnit(input, unit, number);
      ended.push({ number, report });
    }
    send(true);
  };
  inOrder(writer, read);
}

/** One message after the other, though reading one waits. */
function inOrder(port: MessagePort, work: (message: Work) => Promise<void>): void {
  let last = Promise.resolve();
  port.on('message', (message: Work) => {
    last = last.then(() => work(message));
  });
}
