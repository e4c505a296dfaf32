/** The program of an import's threads: `trailWorker.cjs`. */
import { parentPort, workerData } from 'node:worker_threads';
import { UserError } from '../../base/userError.ts';
import { setAside } from '../index/openIndex.ts';
import { indexError, isDamaged } from '../index/sqliteErrors.ts';
import type { FailedImport, ImportNews, ReaderData, WriterData } from './messages.ts';
import { runReader } from './reader.ts';
import { runWriter } from './writer.ts';

start(workerData);

function start(data: WriterData | ReaderData): void {
  if (data.role === 'read') runReader(data);
  else void write(data);
}

async function write(data: WriterData): Promise<void> {
  const tell = (news: ImportNews): void => parentPort?.postMessage(news);
  try {
    await runWriter(data, { tell, onCancel: listener => parentPort?.on('message', listener) });
  } catch (error) {
    if (isDamaged(error)) setAside(data.indexFile);
    tell({ is: 'failed', error: failure(indexError(error, data.indexFile)) });
  }
  parentPort?.removeAllListeners('message');
}

function failure(error: unknown): FailedImport {
  if (!(error instanceof UserError))
    return { message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  const { code, message, hint } = error;
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}
