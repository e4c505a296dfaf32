import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { isRunning, isStillRunning, startOf } from '../../../src/base/runningProcess.ts';

const processId = process.pid;

describe('a process', () => {
  it('that runs is there, also one of the administrator', () => {
    assert.ok(isRunning(processId));
    assert.ok(isRunning(1));
    assert.ok(isStillRunning({ processId }));
  });

  it('that has ended is not', async () => {
    const child = spawn('true');
    await once(child, 'exit');
    const gone = child.pid ?? 0;
    assert.ok(!isRunning(gone));
    assert.ok(!isStillRunning({ processId: gone, processStart: startOf(gone) }));
  });
});

describe('when a process began', { skip: process.platform !== 'linux' }, () => {
  it('is the same at each look, and another than that of its parent', () => {
    assert.match(startOf(processId) ?? '', /^[0-9a-f-]{36} \d+$/);
    assert.equal(startOf(processId), startOf(processId));
    assert.notEqual(startOf(processId), startOf(1));
  });

  it('tells it from an earlier one that had its number', () => {
    assert.ok(isStillRunning({ processId, processStart: startOf(processId) }));
    assert.ok(!isStillRunning({ processId, processStart: startOf(1) }));
  });

  it('is found behind a name that looks like the rest of the line', async () => {
    const child = spawn('sh', ['-c', 'printf ") S 1 2 3" > /proc/$$/comm; echo; read line']);
    await once(child.stdout, 'data');
    const ticks = (id: number): number => Number(startOf(id)?.split(' ')[1]);
    const [own, itsOwn] = [ticks(processId), ticks(child.pid ?? 0)];
    child.stdin.end();
    assert.ok(itsOwn >= own, `${itsOwn} after ${own}`);
  });
});
