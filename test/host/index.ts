// What the extension host runs: every bundled test beside this file, in Mocha; the results go to a file as JSON.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';
import type { HostResults } from './harness/results.ts';

/** Called by the extension host; rejects when a test failed, which makes the host's exit code 1. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 20_000, grep: process.env['NO_WING_HOST_GREP'] ?? '' });
  const tests = readdirSync(__dirname).filter(name => name.endsWith('.test.cjs'));
  for (const name of tests.sort()) mocha.addFile(join(__dirname, name));
  const results = await collect(mocha);
  const file = process.env['NO_WING_HOST_RESULTS'];
  if (file) writeFileSync(file, JSON.stringify(results));
  if (results.failures.length > 0) throw new Error(`${results.failures.length} tests failed`);
}

function collect(mocha: Mocha): Promise<HostResults> {
  const passed: string[] = [];
  const skipped: string[] = [];
  const failures: HostResults['failures'][number][] = [];
  return new Promise(resolve => {
    const runner = mocha.run(() => resolve({ passed, skipped, failures }));
    runner.on('pass', test => passed.push(test.fullTitle()));
    runner.on('pending', test => skipped.push(test.fullTitle()));
    runner.on('fail', (test, error) =>
      failures.push({ title: test.fullTitle(), error: error.stack ?? String(error) }),
    );
  });
}
