/** The view over a trail that answers late, in any order, or not at all. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Cancelled } from '../../../src/base/cancellation.ts';
import type { EventGroup } from '../../../src/trail/trailGroups.ts';
import type { EventPage } from '../../../src/trail/trailQueries.ts';
import { createTrailModel } from '../../../src/ui/trailModel.ts';
import type { TrailNode } from '../../../src/ui/trailNodes.ts';
import { storedEvent } from './trailThings.ts';

interface Question<T> {
  readonly text: string | undefined;
  readonly signal: AbortSignal;
  answer(value: T): void;
  fail(error: unknown): void;
}

/** Each question waits until the test answers it. One that does not hear of its end is answered all the same. */
function late({ isDeaf = false } = {}) {
  const groups: Question<EventGroup[]>[] = [];
  const events: Question<EventPage>[] = [];
  const failures: string[] = [];
  const ask = <T>(asked: Question<T>[], text: string | undefined, signal: AbortSignal): Promise<T> => {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    asked.push({ text, signal, answer: resolve, fail: reject });
    if (!isDeaf) signal.addEventListener('abort', () => reject(new Cancelled()));
    return promise;
  };
  const model = createTrailModel({
    groups: (_by, { text }, signal) => ask(groups, text, signal),
    events: ({ filter }, signal) => ask(events, filter?.text, signal),
    leaks: () => [],
    deploymentName: () => undefined,
    resolve: filter => ({ ...(filter.text === undefined ? {} : { text: filter.text }) }),
    failed: error => failures.push(error instanceof Error ? error.message : String(error)),
  });
  return { model, groups, events, failures };
}

const group = (day: string, count = 1): EventGroup => ({
  key: { by: 'day', day },
  label: day,
  count,
  errors: 0,
  latest: 0,
});

const names = (rows: readonly TrailNode[]): string =>
  rows.map(row => (row.is === 'group' ? row.group.label : row.is === 'event' && row.event.eventId)).join();

for (const isDeaf of [false, true])
  describe(isDeaf ? 'a question that does not stop' : 'a question that stops when it is told to', () => {
    it('for other words is over when newer ones are asked for, and its answer is not shown', async () => {
      const { model, groups, failures } = late({ isDeaf });
      model.show('day', { text: 'old' });
      const first = model.children();
      await turn();
      model.show('day', { text: 'new' });
      const second = model.children();
      await turn();
      assert.deepEqual(
        groups.map(({ text, signal }) => [text, signal.aborted]),
        [
          ['old', true],
          ['new', false],
        ],
      );
      groups[1]?.answer([group('new', 7)]);
      await turn();
      groups[0]?.answer([group('old', 1)]);
      assert.deepEqual([names(await first), names(await second)], ['new', 'new']);
      assert.equal(model.summary().text, '"new" · 7 events · by day');
      assert.deepEqual([groups.length, failures], [2, []]);
    });

    it('for events is over too, and its rows are not shown', async () => {
      const { model, groups, events, failures } = late({ isDeaf });
      const top = model.children();
      await turn();
      groups[0]?.answer([group('a')]);
      const [row] = await top;
      const rows = model.children(row);
      await turn();
      model.show('day', { text: 'new' });
      assert.equal(events[0]?.signal.aborted, true);
      events[0]?.answer({ events: [storedEvent()], next: { time: 1, seq: 1 } });
      assert.deepEqual([await rows, failures, events.length], [[], [], 1]);
    });
  });

describe('while an answer is waited for', () => {
  it('what was shown before keeps its count', async () => {
    const { model, groups } = late();
    const first = model.children();
    await turn();
    groups[0]?.answer([group('a', 3)]);
    await first;
    model.renew();
    const second = model.children();
    await turn();
    assert.equal(model.summary().text, '3 events · by deployment');
    groups[1]?.answer([group('a', 4)]);
    await second;
    assert.equal(model.summary().text, '4 events · by deployment');
  });

  it('who asks the same waits for the same answer', async () => {
    const { model, groups } = late();
    const asked = [model.children(), model.children(), model.groupRow()] as const;
    await turn();
    groups[0]?.answer([group('a')]);
    assert.deepEqual([names(await asked[0]), names(await asked[1])], ['a', 'a']);
    assert.equal((await asked[2])?.is, 'group');
    assert.equal(groups.length, 1);
  });

  it('news that come faster than it do not keep it from being shown, and are shown after it', async () => {
    const { model, groups } = late();
    const first = model.children();
    await turn();
    model.renew();
    model.renew();
    const second = model.children();
    await turn();
    assert.deepEqual([groups.length, groups[0]?.signal.aborted], [1, false]);
    groups[0]?.answer([group('before')]);
    assert.equal(names(await first), 'before');
    await turn();
    groups[1]?.answer([group('after')]);
    assert.deepEqual([names(await second), groups.length], ['after', 2]);
  });

  it('for events neither: they are read once more, not once for each', async () => {
    const { model, groups, events } = late();
    const top = model.children();
    await turn();
    groups[0]?.answer([group('a')]);
    const [row] = await top;
    const asked = [model.children(row)];
    await turn();
    model.renew();
    asked.push(model.children(row), model.children(row));
    events[0]?.answer({ events: [storedEvent({ eventId: 'before' })] });
    await turn();
    events[1]?.answer({ events: [storedEvent({ eventId: 'after' })] });
    assert.deepEqual((await Promise.all(asked)).map(names), ['before', 'after', 'after']);
    assert.equal(events.length, 2);
  });

  it('the view can be closed', async () => {
    const { model, groups, failures } = late();
    const rows = model.children();
    await turn();
    model.dispose();
    assert.deepEqual([await rows, groups[0]?.signal.aborted, failures], [[], true, []]);
  });
});

describe('a question that fails', () => {
  async function failing({ model, groups }: ReturnType<typeof late>, message: string): Promise<TrailNode[]> {
    model.renew();
    const rows = model.children();
    await turn();
    groups.at(-1)?.fail(new Error(message));
    return rows;
  }
  async function answered({ model, groups }: ReturnType<typeof late>): Promise<TrailNode[]> {
    model.renew();
    const rows = model.children();
    await turn();
    groups.at(-1)?.answer([group('a', 2)]);
    return rows;
  }

  it('is told of once, however often it is tried, and again after it worked', async () => {
    const tree = late();
    await failing(tree, 'busy');
    await failing(tree, 'busy');
    assert.deepEqual(tree.failures, ['busy']);
    await failing(tree, 'gone');
    await answered(tree);
    await failing(tree, 'gone');
    assert.deepEqual(tree.failures, ['busy', 'gone', 'gone']);
  });

  it('leaves what was shown, and the title says so', async () => {
    const tree = late();
    await answered(tree);
    assert.equal(names(await failing(tree, 'busy')), 'a');
    assert.equal(tree.model.summary().text, 'could not be read · by deployment');
    await answered(tree);
    assert.equal(tree.model.summary().text, '2 events · by deployment');
  });

  it('for events is told of once for all groups, and asked anew the next time', async () => {
    const tree = late();
    const [row] = await answered(tree);
    for (let time = 0; time < 2; time++) {
      const rows = tree.model.children(row);
      await turn();
      tree.events[time]?.fail(new Error('busy'));
      assert.deepEqual(await rows, []);
    }
    assert.deepEqual(tree.failures, ['busy']);
    await failing(tree, 'busy');
    assert.deepEqual(tree.failures, ['busy']);
    const rows = tree.model.children(row);
    await turn();
    tree.events[2]?.answer({ events: [storedEvent()] });
    assert.equal((await rows).length, 1);
  });

  it('for words that are no longer asked for is not told of', async () => {
    const { model, groups, failures } = late({ isDeaf: true });
    const rows = model.children();
    await turn();
    model.show('day', { text: 'new' });
    groups[0]?.fail(new Error('busy'));
    await turn();
    groups[1]?.answer([group('new')]);
    assert.deepEqual([names(await rows), failures], ['new', []]);
  });
});
