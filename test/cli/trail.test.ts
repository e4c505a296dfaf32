/** `no-wing trail import`, `query` and `leaks` as real processes, beside a window on the same store. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { iamUser, record } from '../unit/trail/records.ts';
import { answerOf, assertRefused, noWing, openTerminal, type Terminal } from './terminal.ts';

let terminal: Terminal;
before(async () => {
  terminal = await openTerminal();
  const { arn, accountId } = terminal.alice.verified;
  const alices = iamUser({ arn, accountId, userName: 'alice' });
  write('trail', 'one.json.gz', [
    record({ eventID: 'e-1', eventName: 'PutObject', eventSource: 's3.amazonaws.com', userIdentity: alices }),
    record({
      eventID: 'e-2',
      eventName: 'DeleteObject',
      eventSource: 's3.amazonaws.com',
      eventTime: '2026-03-11T10:00:00Z',
      errorCode: 'AccessDenied',
      userIdentity: alices,
    }),
    record({
      eventID: 'e-3',
      eventName: 'ListBuckets',
      eventSource: 's3.amazonaws.com',
      userAgent: 'aws-cli/2.31.0 md/awscrt#0.27 m/E,AN md/prompt#off',
      userIdentity: alices,
    }),
    record({ eventID: 'e-4', userIdentity: { type: 'AWSService', invokedBy: 'lambda.amazonaws.com' } }),
  ]);
});
after(() => terminal.close());

function write(folder: string, name: string, records: readonly object[]): void {
  mkdirSync(join(terminal.workspace, folder), { recursive: true });
  writeFileSync(join(terminal.workspace, folder, name), gzipSync(JSON.stringify({ Records: records })));
}

const trail = (...args: string[]) => noWing(terminal, ['trail', ...args]);
const EC2 = { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' };
const agent = { CLAUDECODE: '1' };

async function names(...args: string[]): Promise<unknown> {
  const { events } = answerOf(await trail('query', '--json', ...args));
  assert.ok(Array.isArray(events));
  return events.map(({ eventId }) => eventId).toSorted();
}

describe('trail import', () => {
  it('takes a folder in, and what was read before is not read again', async () => {
    const first = await trail('import', 'trail');
    assert.equal(first.code, 0, first.stderr);
    assert.equal(first.stdout, 'trail: 4 new events of 4, in 1 files.\n');
    const { folders } = answerOf(await trail('import', 'trail', '--json'));
    assert.ok(Array.isArray(folders));
    assert.deepEqual([folders[0].units, folders[0].already, folders[0].added], [0, 1, 0]);
  });

  it('takes single files too, and says when a path is neither', async () => {
    const again = await trail('import', 'trail/one.json.gz');
    assert.equal(again.stdout, 'trail/one.json.gz: 0 new events of 4, in 1 files.\n');
    const { code, stderr } = await trail('import', 'nowhere');
    assert.equal(code, 1);
    assert.match(stderr, /nowhere cannot be read/);
  });

  it('tells what is damaged, and ends with 1', async () => {
    mkdirSync(join(terminal.workspace, 'damaged'));
    writeFileSync(join(terminal.workspace, 'damaged', 'x.json'), '{"Records":[{');
    const { code, stderr } = await trail('import', 'damaged');
    assert.equal(code, 1);
    assert.match(stderr, /x\.json: damaged/);
  });

  it('is stopped by Ctrl-C, and goes on from there', async () => {
    const many = Array.from({ length: 20_000 }, (_, n) => n);
    for (const part of [0, 1, 2, 3, 4, 5])
      write(
        'many',
        `${part}.json.gz`,
        many.map(n =>
          record({ eventID: `many-${part}-${n}`, eventSource: 'ec2.amazonaws.com', userIdentity: EC2 }),
        ),
      );
    const child = spawn(process.execPath, [terminal.cli, 'trail', 'import', 'many'], {
      env: terminal.env,
      cwd: terminal.workspace,
    });
    setTimeout(() => child.kill('SIGINT'), 700);
    await new Promise(resolve => child.on('close', resolve));
    answerOf(await trail('import', 'many', '--json'));
    const { folders } = answerOf(await trail('import', 'many', '--json'));
    assert.ok(Array.isArray(folders));
    assert.equal(folders[0].already, 6);
  });

  it('is nothing that an agent does', async () => {
    const refused = await noWing(terminal, ['trail', 'import', 'trail'], {
      env: { ...terminal.env, ...agent },
    });
    assertRefused(refused, 3, /agents do not change what the audit trail shows/);
  });
});

describe('trail query', () => {
  const CASES: readonly [args: string[], ids: string[]][] = [
    [
      ['--actor', 'alice', '--service', 's3'],
      ['e-1', 'e-2', 'e-3'],
    ],
    [['--event', 'PutObject', '--service', 's3.amazonaws.com'], ['e-1']],
    [['--error', '--since', '2026-03-11', '--until', '2026-03-12'], ['e-2']],
    [['--kind', 'service', '--actor', 'Lambda'], ['e-4']],
    [['--actor', 'alice', '--region', 'mars-1'], []],
    [['--account', '9999-8888-7777'], []],
    [['--deployment', 'd-none'], []],
    [['--text', 'deleteobject'], ['e-2']],
  ];
  for (const [args, ids] of CASES)
    it(`${args.join(' ')}: ${ids.join(' ') || 'nothing'}`, async () =>
      assert.deepEqual(await names(...args), ids));

  it('shows so many at most, and says that there are more', async () => {
    const { stdout, stderr } = await trail('query', '--service', 's3', '--limit', '1');
    assert.match(
      stdout,
      /^2026-03-11T10:00:00\.000Z {2}user alice {2}strong {2}DeleteObject s3 .*AccessDenied\n$/,
    );
    assert.match(stderr, /There are more/);
  });

  for (const args of [['--limit', '0'], ['--since', 'yesterday'], ['--kind', 'robot'], ['operand']])
    it(`refuses ${args.join(' ')}`, async () => assertRefused(await trail('query', ...args), 2, /./));
});

describe('trail leaks', () => {
  it('lists what is open with 1, and nothing with 0', async () => {
    const { code, stdout, stderr } = await trail('leaks');
    assert.equal(code, 1);
    assert.match(stdout, /likely, open: .*Claude Code made this call with the identity of alice/, stderr);
    const [leak] = terminal.features.leaks.list();
    assert.ok(leak);
    terminal.features.leaks.acknowledge(leak.key, 'It was me, below the agent');
    assert.deepEqual(answerOf(await trail('leaks', '--json')), { leaks: [] });
    assert.match((await trail('leaks', '--all')).stdout, /This is fine: It was me/);
  });
});
