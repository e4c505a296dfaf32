/** The program of the trail's threads: `trailWorker.cjs`. */
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { runAnswering } from '../aside/answering.ts';
import type { AnsweringData } from '../aside/messages.ts';
import { indexError } from '../index/sqliteErrors.ts';
import { failure } from './failure.ts';
import type { ImportNews, ReaderData, WriterData } from './messages.ts';
import { runReader } from './reader.ts';
import { runWriter } from './writer.ts';

const { PRIORITY_BELOW_NORMAL, PRIORITY_LOW } = constants.priority;

start(workerData);

function start(data: WriterData | ReaderData | AnsweringData): void {
  if (data.role === 'read') {
    stepBack(PRIORITY_LOW);
    runReader(data);
  } else if (data.role === 'write') {
    stepBack(PRIORITY_BELOW_NORMAL);
    void write(data);
  } else if (parentPort !== null) runAnswering(data, parentPort);
}

/**
 * An import keeps all processors busy, and a window is to be drawn meanwhile. The one writer goes before the readers: they
 * wait for it, so it must not share a processor with them. For this thread alone, which is so on Linux only
 * (setpriority(2), "C library/kernel differences"); elsewhere it would be for the whole window.
 */
function stepBack(priority: number): void {
  if (process.platform === 'linux') setPriority(priority);
}

async function write(data: WriterData): Promise<void> {
  const tell = (news: ImportNews): void => parentPort?.postMessage(news);
  try {
    await runWriter(data, { tell, onCancel: listener => parentPort?.on('message', listener) });
  } catch (error) {
    tell({ is: 'failed', error: failure(indexError(error, data.indexFile)) });
  }
  parentPort?.removeAllListeners('message');
}
