/** What a unit may be made of: more records than its bytes can have, and records that do not say when they happened. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readUnit, type UnitReport } from '../../../../src/trail/import/readUnit.ts';
import { type BatchBuilder, createBatchBuilder } from '../../../../src/trail/scan/batchBuilder.ts';
import type { Unit } from '../../../../src/trail/sources/source.ts';
import { ACCOUNT, record, START } from '../records.ts';

const NOW = START + 5 * 86_400_000;

function read(content: Buffer, unit: Partial<Unit> = {}): Promise<{ report: UnitReport; times: number[] }> {
  const builder: BatchBuilder = createBatchBuilder(1);
  const source = { open: () => content, accountOf: () => undefined };
  return readUnit(
    { source, builder, afterRecord: () => undefined, now: NOW, since: undefined },
    { name: 'a.json', size: content.length, version: '1', changedAt: START, ...unit },
    0,
  ).then(report => ({ report, times: [...builder.take().time] }));
}

const many = Buffer.from(`{"Records":[${Array(150_000).fill('{}').join(',')}]}`);

test('a small file with more records than it can have is left there', async () => {
  const { report } = await read(gzipSync(many));
  assert.equal(report.events, 100_000);
  assert.equal(report.problem, 'damaged after record 100000: it has more than 100000 records');
});

test('a large file may have as many as its bytes allow', async () => {
  const { report } = await read(gzipSync(many), { size: 600_000 });
  assert.equal(report.events, 150_000);
  assert.equal(report.problem, undefined);
});

const DELIVERED = `AWSLogs/${ACCOUNT}/CloudTrail/eu-west-1/2026/03/12/${ACCOUNT}_CloudTrail_eu-west-1_20260312T1005Z_x.json`;

for (const [what, unit, time] of [
  ['that says when it was delivered', { name: DELIVERED }, Date.UTC(2026, 2, 12, 10, 5)],
  ['that says no such time', { name: 'a_20261399T9999Z_x.json' }, START],
  ['that says a time no file is of', { name: 'a_00010101T0000Z_x.json' }, START],
  ['with a name of its own', {}, START],
  ['that was delivered after now', { name: DELIVERED.replace('_2026', '_2126') }, NOW],
  ['that changes after now', { changedAt: NOW + 1 }, NOW],
] as const)
  test(`records without a time, in a file ${what}: the file's time, on whatever day it is read`, async () => {
    const records = [{}, { eventTime: 'yesterday' }, { eventTime: 7 }, record()];
    const { report, times } = await read(Buffer.from(JSON.stringify(records)), unit);
    assert.deepEqual(times, [time, time, time, Date.parse(String(record()['eventTime']))]);
    assert.equal(report.problem, undefined);
  });
