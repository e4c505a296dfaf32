/** The thread that answers: with connections of its own, so a window draws while it looks through a million events. */
import type { MessagePort } from 'node:worker_threads';
import { openDatabase } from '../../store/database.ts';
import { failure } from '../import/failure.ts';
import { createLedgerMarks } from '../index/ledgerMarks.ts';
import { BULK, onIndex, openIndex, type TrailIndex } from '../index/openIndex.ts';
import { createWriter } from '../index/writer.ts';
import { bringUpToDate } from '../reattribute.ts';
import { queryGroups } from '../trailGroups.ts';
import { queryEvents } from '../trailQueries.ts';
import { keepTo } from './keep.ts';
import type { Answer, AnsweringData, Answers, Asked, Question } from './messages.ts';

/** One question after the other, until the thread is ended. */
export function runAnswering(data: AnsweringData, port: Pick<MessagePort, 'on' | 'postMessage'>): void {
  let index: TrailIndex | undefined;
  port.on('message', ({ number, question }: Asked) => {
    const tell = (answer: Answer): void => port.postMessage(answer);
    try {
      const opened = index ?? openIndex(data.indexFile, BULK);
      index = opened;
      tell({ number, result: onIndex(opened, () => answerTo(question, opened, data)) });
    } catch (error) {
      tell({ number, error: failure(error) });
    }
  });
}

function answerTo(question: Question, index: TrailIndex, data: AnsweringData): Answers[Question['is']] {
  switch (question.is) {
    case 'groups':
      return index.db.snapshot(() => queryGroups(index, question.by, question.filter));
    case 'events':
      return index.db.snapshot(() => queryEvents(index, question.ask));
    case 'keep':
      return keepTo(index, question.keeping);
    case 'judge':
      return judge(question, index, data.ledgerFile);
  }
}

function judge(
  { users, agents }: Extract<Question, { is: 'judge' }>,
  index: TrailIndex,
  ledgerFile: string,
): number {
  const ledger = openDatabase(ledgerFile);
  try {
    const { byAccessKey, byRoleSessionName } = createLedgerMarks(ledger, index.hash);
    const known = { byAccessKey, byRoleSessionName, users, agents };
    return bringUpToDate({ index, writer: createWriter(index), ledger, known, within: 'no limit' });
  } finally {
    ledger.close();
  }
}
