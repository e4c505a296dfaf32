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

start(workerData);

function start(data: WriterData | ReaderData | AnsweringData): void {
  if (data.role !== 'answer') stepBack();
  if (data.role === 'read') runReader(data);
  else if (data.role === 'write') void write(data);
  else if (parentPort !== null) runAnswering(data, parentPort);
}

/**
 * An import keeps all processors busy, and a window is to be drawn meanwhile. For this thread alone, which is so on Linux
 * only (setpriority(2), "C library/kernel differences"); elsewhere it would be for the whole window.
 */
function stepBack(): void {
  if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
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
