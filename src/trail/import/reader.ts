/** A thread that reads: it is given units of work by the writer, and gives it batches. */
import type { MessagePort } from 'node:worker_threads';
import { buffersOf } from '../scan/batch.ts';
import { createBatchBuilder } from '../scan/batchBuilder.ts';
import { openSource } from '../sources/files.ts';
import type { ReaderData, ReadPart, Work } from './messages.ts';
import { readUnit } from './readUnit.ts';
import { sent } from './sentBatch.ts';

/** A large unit's events go on their way in parts of about so many. */
const PART = 16_000;

/** Until the writer closes the port. */
export function runReader({ source: address, since, now, seed, writer }: ReaderData): void {
  const source = openSource(address);
  const builder = createBatchBuilder(seed);
  const send = (ended: ReadPart['ended'], isEnd: boolean): void => {
    const batch = builder.take();
    const part: ReadPart = { batch: sent(batch), ended, isEnd };
    writer.postMessage(part, buffersOf(batch));
  };
  const onPiece = (): void => {
    if (builder.count() >= PART) send([], false);
  };
  const read = async ({ units }: Work): Promise<void> => {
    let ended: ReadPart['ended'][number][] = [];
    for (const { number, unit } of units) {
      const report = await readUnit(
        { source, builder, onPiece, now, since: since === 0 ? undefined : since },
        unit,
        number,
      );
      ended.push({ number, report });
      if (builder.count() < PART) continue;
      send(ended, false);
      ended = [];
    }
    send(ended, true);
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
