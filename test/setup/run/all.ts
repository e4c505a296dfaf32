// `npm test`: sets up what the stages need, runs them one after the other, all of them even when one fails, and ends
// with one line of counts.
//   npm test -- [--only unit,host] [--names PATTERN] [part of a file's path]...
import { createWriteStream, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensure } from '../install/ensure.ts';
import { type OwnedOptions, type OwnedProcess, startOwned } from '../ownedProcess.ts';
import { packagedVsix } from '../packagedVsix.ts';
import { outDir, repoRoot } from '../places.ts';
import { secretsVariable, startNoting, stopNoting } from '../secretSearch.ts';
import { choiceEnv } from './choice.ts';
import { endWithSignals } from './endWithSignals.ts';
import { countsLine, readStage, resultVariable, type StageResult } from './stageResult.ts';
import { type Stage, stages } from './stages.ts';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' }, names: { type: 'string' } },
});

await main();

async function main(): Promise<void> {
  const chosen = choose(flags.only);
  const secrets = join(outDir, 'secrets', String(process.pid));
  startNoting(secrets);
  const env = {
    ...(await prepare(chosen)),
    ...choiceEnv(flags.names, positionals),
    [secretsVariable]: secrets,
  };
  const results: StageResult[] = [];
  for (const stage of chosen) results.push(await runStage(stage, env));
  stopNoting(secrets);
  const total = sum(results);
  if (total.failures.length > 0)
    console.log(`\nFailed:\n${total.failures.map(name => `  ✖ ${name}`).join('\n')}`);
  if (total.skipped > 0) console.log(`\n${total.skipped} skipped`);
  console.log(`\n${countsLine(total)}`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

function choose(only: string | undefined): readonly Stage[] {
  if (!only) return stages;
  const names = only.split(',');
  const unknown = names.filter(name => !stages.some(stage => stage.name === name));
  if (unknown.length === 0) return stages.filter(stage => names.includes(stage.name));
  const known = stages.map(stage => stage.name).join(', ');
  return fail(`No stage is called ${unknown.join(', ')}. There are: ${known}.`);
}

async function prepare(chosen: readonly Stage[]): Promise<Record<string, string>> {
  const start = Date.now();
  try {
    const env = await ensure([...new Set(chosen.flatMap(stage => stage.needs))]);
    if (!chosen.some(stage => stage.packaged)) return env;
    const vsix = await packagedVsix();
    console.log(`Set up and packaged (${seconds(start)})`);
    return { ...env, NO_WING_VSIX: vsix };
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function fail(message: string): never {
  console.error(`${message}\n\n0 passed, 1 failed`);
  process.exit(1);
}

async function runStage(stage: Stage, env: Record<string, string>): Promise<StageResult> {
  console.log(`\n── ${stage.title}`);
  const start = Date.now();
  const file = join(outDir, 'results', `${stage.name}.json`);
  mkdirSync(join(outDir, 'results'), { recursive: true });
  rmSync(file, { force: true });
  const code = await runToEnd(stage, { ...env, [resultVariable]: file });
  const result = readStage(file) ?? fromExitCode(stage, code);
  console.log(`   ${countsLine(result)} (${seconds(start)})`);
  return result;
}

async function runToEnd(stage: Stage, env: Record<string, string>): Promise<number | null> {
  const args = ['--disable-warning=ExperimentalWarning', ...stage.command];
  const options: OwnedOptions = {
    cwd: repoRoot,
    env: { ...process.env, ...env },
    stdio: ['inherit', 'pipe', 'pipe'],
  };
  const owned = startOwned(process.execPath, args, options);
  const printed = keepPrinted(stage, owned);
  const forget = endWithSignals(() => owned.stop());
  const { code } = await owned.ended;
  await printed;
  await owned.stop(0);
  forget();
  return code;
}

/** What a stage prints is seen at once, and kept for the search for secrets. */
async function keepPrinted({ name }: Stage, { child, ended }: OwnedProcess): Promise<void> {
  const kept = createWriteStream(join(outDir, 'results', `${name}.log`));
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', part => process.stdout.write(part));
  for (const stream of [child.stdout, child.stderr]) stream?.pipe(kept, { end: false });
  await ended;
  kept.end();
}

function fromExitCode(stage: Stage, code: number | null): StageResult {
  if (code === 0) return { passed: 1, failed: 0, skipped: 0, failures: [] };
  return { passed: 0, failed: 1, skipped: 0, failures: [stage.title] };
}

function sum(results: readonly StageResult[]): StageResult {
  return {
    passed: results.reduce((total, { passed }) => total + passed, 0),
    failed: results.reduce((total, { failed }) => total + failed, 0),
    skipped: results.reduce((total, { skipped }) => total + skipped, 0),
    failures: results.flatMap(({ failures }) => failures),
  };
}

function seconds(start: number): string {
  return `${((Date.now() - start) / 1000).toFixed(1)} s`;
}
