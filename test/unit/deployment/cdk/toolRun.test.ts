import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isCancelled } from '../../../../src/base/cancellation.ts';
import { isRunning } from '../../../../src/base/runningProcess.ts';
import { runTool, type ToolRun } from '../../../../src/deployment/cdk/toolRun.ts';
import { waitFor } from '../../../setup/waitFor.ts';

const never = new AbortController().signal;

function tool(script: string, changes: Partial<ToolRun> = {}): ToolRun {
  return {
    program: process.execPath,
    args: ['-e', script],
    cwd: tmpdir(),
    env: {},
    timeoutMs: 60_000,
    signal: never,
    ...changes,
  };
}

/** Starts a child that waits for ever, and notes its number; `then` is what it does itself. */
function withChild(then: string): { script: string; child: () => number; note: string } {
  const note = join(mkdtempSync(join(tmpdir(), 'nw-tool-')), 'pid');
  const script = `
    const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)']);
    require('node:fs').writeFileSync(${JSON.stringify(note)}, String(child.pid));
    ${then}`;
  return { script, child: () => Number(readFileSync(note, 'utf8')), note };
}

async function untilGone(processId: number): Promise<void> {
  for (let look = 0; isRunning(processId); look++) {
    assert.ok(look < 500, `process ${processId} goes on`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

describe('a program that is not ours', () => {
  it('is told by its exit code and by what it wrote', async () => {
    const ended = await runTool(tool("console.log('out'); console.error('err'); process.exitCode = 7"));
    assert.deepEqual(ended, { kind: 'exited', exitCode: 7, output: 'out\n', errors: 'err\n' });
  });

  it('has the environment that it is given, and no other', async () => {
    process.env['NO_WING_PROBE'] = 'inherited';
    const { output } = await runTool(
      tool('console.log(JSON.stringify(process.env))', { env: { GIVEN: 'yes' } }),
    );
    delete process.env['NO_WING_PROBE'];
    assert.match(output, /"GIVEN":"yes"/);
    assert.doesNotMatch(output, /NO_WING_PROBE/);
  });

  it('may write megabytes: it is not held up, and only the end is kept', async () => {
    const script =
      "const mega = 'x'.repeat(1 << 20); for (let i = 0; i < 32; i++) process.stdout.write(mega); console.log('the end')";
    const { exitCode, output } = await runTool(tool(script));
    assert.equal(exitCode, 0);
    assert.ok(output.endsWith('the end\n') && output.length <= 16 * 1024, String(output.length));
  });

  it('that hangs is ended in time, with what it has started', async () => {
    const { script, child } = withChild('setInterval(() => 0, 1000)');
    // Long enough for the child to be there, on a busy computer too.
    const ended = await runTool(tool(script, { timeoutMs: 3000 }));
    assert.equal(ended.kind, 'timedOut');
    await untilGone(child());
  });

  it('that does not listen is ended all the same', async () => {
    const script = "process.on('SIGTERM', () => console.log('no')); setInterval(() => 0, 1000)";
    const ended = await runTool(tool(script, { timeoutMs: 400, graceMs: 50 }));
    assert.deepEqual([ended.kind, ended.exitCode], ['timedOut', undefined]);
  });

  it('does not leave behind what it has started, also when it ends well', async () => {
    const { script, child } = withChild('process.exit(0)');
    assert.equal((await runTool(tool(script))).exitCode, 0);
    await untilGone(child());
  });

  it('is ended by a cancel, with what it has started', async () => {
    const { script, child, note } = withChild("console.log('up'); setInterval(() => 0, 1000)");
    const controller = new AbortController();
    const running = runTool(tool(script, { signal: controller.signal }));
    const rejected = assert.rejects(running, (error: unknown) => isCancelled(error));
    await waitFor('the child', async () => (existsSync(note) ? true : undefined));
    controller.abort();
    await rejected;
    await untilGone(child());
  });

  it('is not started after a cancel', async () => {
    await assert.rejects(runTool(tool('', { signal: AbortSignal.abort() })), (error: unknown) =>
      isCancelled(error),
    );
  });

  it('that is not there is an error of the system', async () => {
    await assert.rejects(runTool(tool('', { program: '/no/such/program' })), { code: 'ENOENT' });
  });
});
