/** `no-wing trail attribute` as a real process: no store, no window, nothing set up. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { cleanEnv } from '../setup/cleanEnv.ts';
import { removeFolder } from '../setup/ownedProcess.ts';
import { scratchFolder } from '../setup/scratchFolder.ts';
import { syntheticTrail } from '../unit/trail/attribution/synthetic.ts';
import { build, type Output, run } from './terminal.ts';

const trail = syntheticTrail();
const records = [...trail.cases.map(({ record }) => record), ...trail.starts];
const texts = records.map(record => JSON.stringify(record));
const file = JSON.stringify({ Records: records });

let folder: string;
let cli: string;
let env: Record<string, string>;
before(async () => {
  cli = await build(scratchFolder());
  folder = dirname(dirname(cli));
  mkdirSync(join(folder, 'files', 'b'), { recursive: true });
  env = { ...cleanEnv(), XDG_DATA_HOME: join(folder, 'no data') };
  write('ledger.json', JSON.stringify({ entries: trail.ledger, users: trail.users, agents: trail.agents }));
  write('files/a.json.gz', gzipSync(JSON.stringify({ Records: records.slice(0, 30) })));
  write('files/b/c.jsonl', texts.slice(30).join('\n'));
  write('files/d.json', '{"digestStartTime":"x","digestEndTime":"y"}');
  write('files/notes.txt', 'not a record');
  write('whole.json', file);
  write('half.json', file.slice(0, -100));
});
after(() => removeFolder(dirname(folder)));

const write = (name: string, content: string | Buffer) => writeFileSync(join(folder, name), content);
const attribute = (args: readonly string[], input?: string): Promise<Output> =>
  run(process.execPath, [cli, 'trail', 'attribute', '--jsonl', ...args], {
    env,
    cwd: folder,
    ...(input === undefined ? {} : { input }),
  });

interface Line {
  readonly eventId: string;
  readonly actor: { readonly kind: string; readonly name: string };
  readonly strength: string;
}

function linesOf({ stdout }: Output): Line[] {
  return stdout
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line));
}

const verdicts = (lines: readonly Line[]) =>
  lines.map(({ actor, strength }) => `${actor.kind} ${actor.name} ${strength}`);
const specified = trail.cases.map(({ verdict }) =>
  verdict.replace(/ (?:for|via) .* (exact|strong|hint|none)/, ' $1').replace(/ in d-\S+$/, ''),
);

describe('no-wing trail attribute', () => {
  it('prints the verdict on each record, in their order, and stores nothing', async () => {
    const output = await attribute(['--ledger', 'ledger.json', 'whole.json']);
    assert.equal(output.code, 0, output.stderr);
    const lines = linesOf(output);
    assert.deepEqual(
      lines.map(({ eventId }) => eventId),
      records.map(record => record['eventID']),
    );
    assert.deepEqual(verdicts(lines).slice(0, specified.length), specified);
    assert.ok(!existsSync(join(folder, 'no data')));
  });

  it('says the same of a folder, packed files, JSON Lines and standard input', async () => {
    const whole = (await attribute(['--ledger', 'ledger.json', 'whole.json'])).stdout;
    const inFolder = await attribute(['--ledger', 'ledger.json', 'files']);
    assert.equal(inFolder.stdout, whole);
    assert.match(inFolder.stderr, /d\.json: a digest/);
    assert.equal(inFolder.code, 0);
    const piped = await attribute(['--ledger', 'ledger.json', '-'], texts.toReversed().join('\n'));
    assert.equal(linesOf(piped).length, records.length, piped.stderr);
  });

  it('without a ledger: what the records themselves say', async () => {
    const { code, stderr, stdout } = await attribute(['whole.json']);
    assert.equal(code, 0, stderr);
    assert.equal(linesOf({ code, stderr, stdout, signal: null }).length, records.length);
    assert.doesNotMatch(stdout, /is in the ledger\./);
  });

  it('tells what is damaged or missing, goes on, and ends with 1', async () => {
    const output = await attribute(['half.json', 'missing.json', 'files']);
    assert.equal(output.code, 1);
    assert.match(output.stderr, /half\.json: damaged after record \d+, at byte \d+/);
    assert.match(output.stderr, /missing\.json: .*no such file/);
    assert.equal(linesOf(output).length, 2 * records.length - 1);
  });

  it('ends quietly when nobody reads on', async () => {
    write('many.jsonl', `${texts.join('\n')}\n`.repeat(2000));
    const child = spawn(process.execPath, [cli, 'trail', 'attribute', 'many.jsonl'], { env, cwd: folder });
    let stderr = '';
    child.stderr.on('data', part => {
      stderr += String(part);
    });
    child.stdout.once('data', () => child.stdout.destroy());
    await new Promise(resolve => child.on('close', resolve));
    assert.equal(stderr, '');
  });

  for (const [what, args, code, message] of [
    ['no file', [], 2, /Which files\?/],
    ['a ledger that is none', ['--ledger', 'whole.json', 'whole.json'], 1, /not a ledger of No Wing/],
    ['a ledger that is not there', ['--ledger', 'nothing', 'whole.json'], 1, /cannot be read: nothing/],
  ] as const)
    it(`refuses ${what}`, async () => {
      const output = await attribute(args);
      assert.equal(output.code, code);
      assert.match(output.stderr, message);
      assert.equal(output.stdout, '');
    });
});
