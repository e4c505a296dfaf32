/** The program of the trail's threads: `trailWorker.cjs`. */
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
  if (data.role === 'read') runReader(data);
  else if (data.role === 'write') void write(data);
  else if (parentPort !== null) runAnswering(data, parentPort);
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
