import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Leak } from '../../../src/trail/leaks/leakStore.ts';
import type { StoredEvent } from '../../../src/trail/storedEvent.ts';
import type { GroupKey } from '../../../src/trail/trailFilter.ts';
import type { EventGroup } from '../../../src/trail/trailGroups.ts';
import type { EventPage, EventsAsk } from '../../../src/trail/trailQueries.ts';
import { createTrailModel, GROUPS } from '../../../src/ui/trailModel.ts';
import type { TrailNode } from '../../../src/ui/trailNodes.ts';
import { PAGE } from '../../../src/ui/trailPages.ts';
import { ANY_LEAK } from '../../../src/ui/trailView.ts';
import { LEAK, storedEvent } from './trailThings.ts';

/** A trail of `count` events, newest first, and `groups` groups, that counts how often it is asked. */
function fake({ count = 0, groups = 1, leaks = [] as readonly Leak[] } = {}) {
  const asked: EventsAsk[] = [];
  const trail = { count };
  const events = (ask: EventsAsk): EventPage => {
    asked.push(ask);
    const first = trail.count - (ask.after?.seq ?? trail.count + 1) + 1;
    const page: StoredEvent[] = Array.from(
      { length: Math.max(0, Math.min(ask.limit, trail.count - first)) },
      (_, index) =>
        storedEvent({ seq: trail.count - first - index, eventId: `e-${trail.count - first - index}` }),
    );
    const last = page.at(-1);
    return { events: page, ...(last && page.length === ask.limit ? { next: last } : {}) };
  };
  const model = createTrailModel({
    groups: () => Array.from({ length: groups }, (_, number) => group(number, trail.count)),
    events,
    leaks: () => leaks,
    deploymentName: () => undefined,
    resolve: filter => ({ ...(filter.text === undefined ? {} : { text: filter.text }) }),
    failed: error => assert.fail(String(error)),
  });
  return { model, asked, trail };
}

function group(number: number, count: number): EventGroup {
  const key: GroupKey = { by: 'deployment', deploymentId: `d-${number}` };
  return { key, label: `d-${number}`, count, errors: 0, latest: 0 };
}

const isOf = (is: TrailNode['is']) => (node: TrailNode) => node.is === is;

async function open({ model }: Pick<ReturnType<typeof fake>, 'model'>): Promise<TrailNode[]> {
  const [first] = (await model.children()).filter(isOf('group'));
  assert.ok(first);
  return model.children(first);
}

describe('pages', () => {
  it('each is asked for once, and where the one before ended', async () => {
    const tree = fake({ count: PAGE * 2 + 5 });
    const one = await open(tree);
    const more = (await open(tree)).at(-1);
    assert.deepEqual([one.length, more?.is], [PAGE + 1, 'more']);
    tree.model.more(more);
    assert.equal((await open(tree)).length, PAGE * 2 + 1);
    tree.model.more((await open(tree)).at(-1));
    const all = (await open(tree)).map(node => node.is === 'event' && node.event.eventId);
    assert.deepEqual([all.length, new Set(all).size], [PAGE * 2 + 5, PAGE * 2 + 5]);
    assert.deepEqual(
      tree.asked.map(({ limit, after }) => [limit, after?.seq]),
      [
        [PAGE, undefined],
        [PAGE, PAGE + 6],
        [PAGE, 6],
      ],
    );
  });

  it('what is new is shown when it is told of, with as many rows as before', async () => {
    const tree = fake({ count: PAGE * 3 });
    tree.model.more((await open(tree)).at(-1));
    await open(tree);
    tree.trail.count++;
    assert.equal((await open(tree)).filter(isOf('event')).length, PAGE * 2);
    tree.model.renew();
    const rows = (await open(tree)).filter(isOf('event'));
    assert.equal(rows.length, PAGE * 2);
    assert.ok(rows[0]?.is === 'event' && rows[0].event.eventId === `e-${PAGE * 3 + 1}`);
  });

  it('however many were opened, a redraw reads a thousand at most', async () => {
    const tree = fake({ count: 5000 });
    for (let page = 0; page < 10; page++) tree.model.more((await open(tree)).at(-1));
    assert.equal((await open(tree)).filter(isOf('event')).length, 11 * PAGE);
    tree.model.renew();
    assert.equal((await open(tree)).filter(isOf('event')).length, 1000);
  });

  it('another filter begins anew', async () => {
    const tree = fake({ count: 10 });
    await open(tree);
    tree.model.show('deployment', { text: 'x' });
    await open(tree);
    assert.deepEqual(
      tree.asked.map(({ filter }) => filter?.text),
      [undefined, 'x'],
    );
  });
});

describe('groups', () => {
  it('come in hundreds, not in thousands', async () => {
    const { model } = fake({ groups: GROUPS + 7 });
    const rows = await model.children();
    assert.deepEqual([rows.length, rows.at(-1)], [GROUPS + 1, { is: 'moreGroups', hidden: 7 }]);
    model.more(rows.at(-1));
    assert.equal((await model.children()).length, GROUPS + 7);
  });

  it('are found by their key, or the first one is', async () => {
    const { model } = fake({ groups: 3 });
    const found = async (key?: GroupKey) => {
      const row = await model.groupRow(key);
      return row?.is === 'group' && row.group.label;
    };
    assert.equal(await found({ by: 'deployment', deploymentId: 'd-2' }), 'd-2');
    assert.equal(await found({ by: 'day', day: '2026-01-01' }), 'd-0');
    assert.equal(await found(), 'd-0');
  });

  it('are summed up beside the title', async () => {
    const { model } = fake({ groups: 2, count: 600 });
    await model.children();
    assert.deepEqual(model.summary(), { groups: 2, text: '1,200 events · by deployment' });
    model.show('actor', { text: 'x' });
    await model.children();
    assert.equal(model.summary().text, '"x" · 1,200 events · by actor');
  });
});

describe('leaks', () => {
  const fine: Leak = { ...LEAK, key: 'fine', status: 'acknowledged' };
  const shown = async (model: ReturnType<typeof fake>['model']) => {
    const row = (await model.children()).find(isOf('leaks'));
    return row && (await model.children(row)).map(node => node.is === 'leak' && node.leak.key);
  };

  it('those that are open stand first', async () => {
    const { model } = fake({ leaks: [LEAK, fine] });
    assert.deepEqual([(await model.children())[0]?.is, await shown(model)], ['leaks', ['k']]);
  });

  it('under a filter for leaks all do, so that what was said can be taken back', async () => {
    const { model } = fake({ leaks: [LEAK, fine] });
    model.show('actor', { leak: ANY_LEAK });
    assert.deepEqual(await shown(model), ['k', 'fine']);
  });

  it('without any there is no such row', async () =>
    assert.equal((await fake({ leaks: [fine] }).model.children())[0]?.is, 'group'));
});
