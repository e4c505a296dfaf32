import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isCancelled } from '../../../../src/base/cancellation.ts';
import { silentLog } from '../../../../src/base/log.ts';
import { agentTools } from '../../../../src/broker/agents/agentTools.ts';
import { createDoctor } from '../../../../src/broker/doctor/doctor.ts';
import { agentPrograms, foundAgents, terminals } from '../../../../src/broker/doctor/doorChecks.ts';
import { diskFiles } from '../../../../src/broker/doctor/files.ts';
import {
  isPlainKeyring,
  judgeKeychain,
  passwordStoreOf,
} from '../../../../src/broker/doctor/keychainFacts.ts';
import { type Answer, askMetadata, judgeMetadata } from '../../../../src/broker/doctor/metadata.ts';
import { metadataHttp } from '../../../../src/broker/doctor/metadataHttp.ts';
import { lookAtOwnFiles } from '../../../../src/broker/doctor/ownFiles.ts';
import type { Check, Finding } from '../../../../src/broker/doctor/report.ts';
import { whoseKey } from '../../../../src/broker/doctor/whoseKey.ts';
import { LIMITS, workspaceFiles } from '../../../../src/broker/doctor/workspaceFiles.ts';
import { ALICE } from '../../identity/world.ts';
import { KEY, SECRET, short } from './found.ts';

const never = new AbortController().signal;

describe('the doctor', () => {
  const finding = (severity: Finding['severity']): Finding => ({
    id: severity,
    severity,
    title: '',
    what: '',
    fix: '',
  });
  const check = (about: string, look: Check['look']): Check => ({ about, fine: 'all well', look });
  const doctor = (...checks: Check[]) => createDoctor({ checks, now: () => 1, log: silentLog });

  it('puts the worst first, and keeps fine, found and not looked at apart', async () => {
    const report = await doctor(
      check('a', async () => ({ findings: [finding('low'), finding('high')] })),
      check('b', async () => ({ findings: [] })),
      check('c', async () => ({ findings: [], unchecked: ['denied'] })),
      check('d', async () => {
        throw new Error(`secret_access_key=${SECRET}`);
      }),
      check('e', async () => ({ findings: [finding('medium')] })),
    ).examine(never);
    assert.deepEqual(
      report.findings.map(({ id }) => id),
      ['high', 'medium', 'low'],
    );
    assert.deepEqual(report.fine, [{ about: 'b', text: 'all well' }]);
    assert.deepEqual(
      report.unchecked.map(({ about }) => about),
      ['c', 'd'],
    );
    assert.ok(!JSON.stringify(report).includes(SECRET));
  });

  it('stops when it is cancelled', async () => {
    const controller = new AbortController();
    const looking = doctor(
      check('a', async () => {
        controller.abort();
        return { findings: [] };
      }),
    ).examine(controller.signal);
    await assert.rejects(looking, isCancelled);
  });
});

describe('files on a disk', () => {
  let home = '';
  before(() => {
    home = mkdtempSync(join(tmpdir(), 'nw-doctor-'));
  });
  after(() => rmSync(home, { recursive: true, force: true }));
  const at = (...names: string[]): string => join(home, ...names);
  const folder = (...names: string[]): string => {
    mkdirSync(at(...names), { recursive: true });
    return at(...names);
  };
  const ENV = `AWS_ACCESS_KEY_ID=${KEY}\nAWS_SECRET_ACCESS_KEY=${SECRET}\n`;

  it('a workspace: what is usually left there, and nothing that leads out of it or never ends', {
    timeout: 5000,
  }, async () => {
    const root = folder('w');
    folder('w', '.vscode');
    folder('w', 'a', 'b');
    folder('w', 'node_modules', 'x');
    for (const name of [
      '.env',
      '.env.local',
      'a/b/docker-compose.dev.yml',
      'x.tfvars',
      '.vscode/settings.json',
      'notes.txt',
      'settings.json',
      'node_modules/x/.env',
    ])
      writeFileSync(at('w', ...name.split('/')), ENV);
    writeFileSync(at('outside'), ENV);
    symlinkSync(at('outside'), at('w', '.envrc'));
    symlinkSync(root, at('w', 'a', 'loop'));
    execFileSync('mkfifo', [at('w', 'a', '.env')]);
    const { files, left } = await workspaceFiles([root], diskFiles, never);
    const names = files.map(({ path }) => path.slice(root.length + 1)).sort();
    assert.deepEqual(names, [
      '.env',
      '.env.local',
      '.vscode/settings.json',
      'a/b/docker-compose.dev.yml',
      'x.tfvars',
    ]);
    assert.deepEqual(left, []);
  });

  it('says where it stopped', async () => {
    const root = folder('many');
    for (let index = 0; index < LIMITS.files + 5; index++) writeFileSync(at('many', `.env.${index}`), '');
    folder('many', ...'abcdefghijk');
    const { files, left } = await workspaceFiles([root], diskFiles, never);
    assert.equal(files.length, LIMITS.files);
    assert.equal(left.length, 2, String(left));
  });

  it('a large file is read at its beginning, and that is said', async () => {
    writeFileSync(at('large'), 'x'.repeat(300_000));
    const found = await diskFiles.read(at('large'));
    assert.deepEqual([found?.cut, found?.text.length], [true, 262_144]);
    assert.equal(await diskFiles.read(at('absent')), undefined);
    assert.equal(await diskFiles.read(home), undefined);
  });

  it('what became a link or a pipe since it was listed is not followed, nor waited for', {
    timeout: 5000,
  }, async () => {
    writeFileSync(at('real'), 'text');
    symlinkSync(at('real'), at('link'));
    execFileSync('mkfifo', [at('pipe')]);
    assert.equal((await diskFiles.read(at('link')))?.text, 'text', 'in a home, links are common');
    assert.equal(await diskFiles.read(at('link'), { noLinks: true }), undefined);
    assert.equal(await diskFiles.read(at('pipe')), undefined);
  });

  it("No Wing's own files are for this user alone", { skip: process.platform === 'win32' }, async () => {
    const directory = folder('data');
    folder('data', 'broker', 'tokens');
    for (const path of ['data', 'data/broker', 'data/broker/tokens']) chmodSync(at(path), 0o700);
    writeFileSync(at('data', 'no-wing.db'), '', { mode: 0o600 });
    const token = at('data', 'broker', 'tokens', 'abc');
    writeFileSync(token, '', { mode: 0o600 });
    const program = join(folder('no-wing', 'bin'), 'no-wing');
    writeFileSync(program, '');
    chmodSync(program, 0o755);
    chmodSync(at('no-wing'), 0o700);
    const ofProgram = () =>
      lookAtOwnFiles({ directory: at('no-wing'), files: diskFiles, platform: 'linux' }, never);
    assert.deepEqual((await ofProgram()).findings, [], 'a program may be run by anybody');
    chmodSync(program, 0o775);
    assert.deepEqual(
      (await ofProgram()).findings.map(({ fix }) => fix),
      [`chmod 755 ${program}`],
    );
    const look = () => lookAtOwnFiles({ directory, files: diskFiles, platform: 'linux' }, never);
    assert.deepEqual((await look()).findings, []);
    chmodSync(token, 0o640);
    chmodSync(directory, 0o755);
    assert.deepEqual((await look()).findings.map(short), [
      `medium ownFiles.mode:${directory} @${directory}`,
      `high ownFiles.mode:${token} @${token}`,
    ]);
    const { findings, unchecked = [] } = await lookAtOwnFiles(
      { directory, files: diskFiles, platform: 'win32' },
      never,
    );
    assert.deepEqual([findings.length, unchecked.length], [0, 1]);
  });
});

describe('the metadata service', () => {
  const TOKEN = 'AQAEAGd1cXZ4eXo1NjU2NTY1NjU2NTY1NjU2NTY1';
  const cases: readonly [name: string, answers: (Answer | Error)[], expected: string][] = [
    [
      'version 2 with a role',
      [
        { status: 200, text: TOKEN },
        { status: 200, text: 'dev-box' },
      ],
      'answers 2 dev-box',
    ],
    [
      'version 1 with a role',
      [
        { status: 404, text: '' },
        { status: 200, text: 'dev-box\n' },
      ],
      'answers 1 dev-box',
    ],
    [
      'no role',
      [
        { status: 200, text: TOKEN },
        { status: 404, text: '<html>' },
      ],
      'answers 2 none',
    ],
    ['nobody', [new Error('timeout')], 'silent'],
    [
      'a proxy',
      [
        { status: 502, text: '<html>' },
        { status: 502, text: '<html>' },
      ],
      'other',
    ],
    [
      'a portal that answers everything',
      [
        { status: 200, text: '<html>' },
        { status: 200, text: '<html>hello</html>' },
      ],
      'other',
    ],
  ];
  for (const [name, answers, expected] of cases) {
    it(name, async () => {
      const left = [...answers];
      const ask = async (): Promise<Answer> => {
        const next = left.shift();
        if (!next || next instanceof Error) throw next ?? new Error('asked too often');
        return next;
      };
      const found = await askMetadata(ask, never);
      const said =
        found.state === 'answers' ? `answers ${found.version} ${found.role ?? 'none'}` : found.state;
      assert.equal(said, expected);
      assert.equal(judgeMetadata(found).findings.length, /dev-box/.test(expected) ? 1 : 0);
    });
  }

  it('waits a second for it, and can be cancelled', { timeout: 5000 }, async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await new Promise(resolve => silent.once('listening', resolve));
    const address = silent.address();
    const ask = metadataHttp(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
    try {
      const began = performance.now();
      assert.deepEqual(await askMetadata(ask, never), { state: 'silent' });
      assert.ok(performance.now() - began < 2500);
      const controller = new AbortController();
      const asked = askMetadata(ask, controller.signal);
      controller.abort();
      await assert.rejects(asked, { name: 'AbortError' });
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
  });
});

describe('the keychain', () => {
  const cases: readonly [name: string, facts: Parameters<typeof judgeKeychain>[0], expected: string[]][] = [
    ['of the OS', { status: { backend: 'os', reason: 'x' }, plainKeyrings: [] }, []],
    [
      'without a password',
      { status: { backend: 'os', reason: 'x' }, plainKeyrings: ['/k'] },
      ['high keychain.plain:/k @/k'],
    ],
    [
      'of the editor',
      { status: { backend: 'secretStorage', reason: 'x' }, plainKeyrings: ['/k'] },
      ['medium keychain.secretStorage'],
    ],
    [
      'of the editor, basic',
      { status: { backend: 'secretStorage', reason: 'x' }, plainKeyrings: [], passwordStore: 'basic' },
      ['high keychain.secretStorage'],
    ],
  ];
  for (const [name, facts, expected] of cases)
    it(name, () => assert.deepEqual(judgeKeychain(facts).findings.map(short), expected));

  it('reads what tells', () => {
    assert.ok(isPlainKeyring('\n[keyring]\ndisplay-name=Login\n'));
    assert.ok(!isPlainKeyring('GnomeKeyring\n\r\0\n'));
    assert.equal(
      passwordStoreOf('{\n\t// "password-store": "gnome"\n\t"password-store": "basic",\n}'),
      'basic',
    );
    assert.equal(passwordStoreOf('{}'), undefined);
  });
});

describe('what only others know', () => {
  const look = async (check: Check): Promise<string[]> => {
    const { findings, unchecked = [] } = await check.look(never);
    return [...findings.map(({ id }) => id), ...unchecked.map(() => 'unchecked')];
  };
  it('terminals', async () => {
    assert.deepEqual(await look(terminals(() => 'unchanged')), ['terminals.unchanged']);
    assert.deepEqual(await look(terminals(() => 'agent')), []);
    assert.deepEqual(await look(terminals(() => undefined)), ['unchecked'], 'outside of the editor');
  });

  it('agents that are there and not set up', async () => {
    const tool = agentTools.find(({ way }) => way.kind === 'file') ?? assert.fail();
    const other = agentTools.find(({ way }) => way.kind !== 'file') ?? assert.fail();
    const none = { state: 'none' } as const;
    const of = (...tools: Parameters<typeof foundAgents>[0][number][]) =>
      look(agentPrograms(async () => foundAgents(tools)));
    assert.deepEqual(await of({ tool, installed: true, state: none }), [`agents.notSetUp:${tool.name}`]);
    const changed = { state: 'changed', agent: 'copilot', names: [] } as const;
    assert.deepEqual(await of({ tool, installed: true, state: changed }), [`agents.notSetUp:${tool.name}`]);
    assert.deepEqual(await of({ tool, installed: true, state: { state: 'setUp', agent: 'copilot' } }), []);
    assert.deepEqual(
      await of({ tool, installed: false, state: none }, { tool: other, installed: true, state: none }),
      [],
    );
  });
});

it('whose a key is', () => {
  const inAccount = { ...ALICE, verified: { ...ALICE.verified, accountId: '029608264753' } };
  const of = (id: string, profiles = [ALICE]) => whoseKey(profiles, () => undefined)(id);
  assert.equal(of('AKIAALICEALICEALICE1'), 'user alice in account 1111-2222-3333');
  assert.equal(of('AKIAQNZGKIQY56JQ7WML'), 'an identity that No Wing does not know');
  assert.equal(
    of('ASIAQNZGKIQY56JQ7WML', [inAccount]),
    'an identity in account 0296-0826-4753 that No Wing does not know',
  );
});
