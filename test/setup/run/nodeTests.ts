// Runs files of node:test and tells what failed and why; what passed is only counted.
//   node test/setup/run/nodeTests.ts [--concurrency 2] [--timeout seconds] glob...
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { run } from 'node:test';
import { inspect, parseArgs } from 'node:util';
import { repoRoot } from '../places.ts';
import { chosenFiles, chosenNames } from './choice.ts';
import { reportStage } from './stageResult.ts';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    concurrency: { type: 'string', default: String(availableParallelism()) },
    timeout: { type: 'string', default: '60' },
  },
});

interface Failure {
  readonly name: string;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly details: { readonly error: Error & { readonly failureType?: string }; readonly type?: string };
}

await main();

async function main(): Promise<void> {
  const found = globSync(positionals, { cwd: repoRoot }).filter(isChosen).sort();
  const files = found.map(file => join(repoRoot, file));
  const failures: string[] = [];
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const stream = run({ files, concurrency: Number(flags.concurrency), ...limits() });
  for await (const { type, data } of stream) {
    if (type === 'test:fail' && isCause(data)) failures.push(printFailure(data));
    if (type === 'test:stderr' || type === 'test:stdout') process.stdout.write(data.message);
    if (type === 'test:summary' && data.file === undefined) {
      counts.passed = data.counts.passed;
      counts.failed = data.counts.tests - data.counts.passed - data.counts.skipped - data.counts.todo;
      counts.skipped = data.counts.skipped + data.counts.todo;
    }
  }
  // Something can fail outside of any test, such as a hook of a suite.
  reportStage({ ...counts, failed: Math.max(counts.failed, failures.length), failures });
}

function isChosen(file: string): boolean {
  const wanted = chosenFiles();
  return wanted.length === 0 || wanted.some(part => file.includes(part));
}

function limits() {
  const pattern = chosenNames();
  const names = pattern ? { testNamePatterns: new RegExp(pattern) } : {};
  return { timeout: Number(flags.timeout) * 1000, ...names };
}

// A suite fails because a test in it did; that test has been told already.
function isCause({ details }: Failure): boolean {
  return details.error.failureType !== 'subtestsFailed';
}

function printFailure({ name, file, line, details }: Failure): string {
  const place = file ? ` (${relative(repoRoot, file)}:${line ?? 1})` : '';
  const cause = details.error.cause ?? details.error;
  console.log(`✖ ${name}${place}\n${indent(explain(cause))}\n`);
  return `${name}${place}`;
}

// What an assertion compares is in its message already.
function explain(error: unknown): string {
  if (error instanceof Error && error.name === 'AssertionError') return error.stack ?? error.message;
  return inspect(error, { colors: false });
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}
