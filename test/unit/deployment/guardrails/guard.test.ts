import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createGuard } from '../../../../src/deployment/guardrails/guard.ts';
import { machineFile } from '../../../../src/deployment/guardrails/machineFile.ts';
import { known } from '../../../../src/guardrail/fact.ts';
import type { GuardrailResult } from '../../../../src/guardrail/guardrailResult.ts';
import { resource } from '../../guardrail/plans.ts';
import { noPrices, SESSION } from './prices.ts';

const DIRECTORY = '/data/no-wing';
const MACHINE = join(DIRECTORY, 'guardrails.yaml');
const FOLDER = '/home/alice/orders';
const WORKSPACE = join(FOLDER, '.no-wing', 'guardrails.yaml');
const BIG = resource({ disks: known([{ count: known(1), gb: known(100) }]) }, { address: 'Big' });

interface Computer {
  readonly files?: Readonly<Record<string, string | Error>>;
  readonly setting?: string;
  readonly folder?: string;
}

function judged({ files = {}, setting = '', folder }: Computer): Promise<GuardrailResult> {
  const guard = createGuard({
    machineFile: () => machineFile(setting, DIRECTORY),
    readText: async path => {
      const found = Object.hasOwn(files, path) ? files[path] : undefined;
      if (found instanceof Error) throw found;
      return found;
    },
    prices: noPrices,
  });
  const target = { environment: 'dev', accountId: '111122223333', region: 'eu-west-1' } as const;
  const where = folder === undefined ? target : { ...target, folder };
  return guard(where, [BIG], SESSION, new AbortController().signal);
}

const limit = (gb: number): string => `version: 1\neverywhere: { diskSize: { limit: ${gb} } }\n`;

async function assertDisk(computer: Computer, verdict: string, words: string, source: string): Promise<void> {
  const found = (await judged(computer)).verdicts.find(({ rule }) => rule === 'diskSize');
  assert.deepEqual([found?.verdict, found?.limit, found?.source], [verdict, words, source]);
}

describe('the limit comes from', () => {
  it('the defaults', () => assertDisk({}, 'pass', 'at most 500 GB a disk', "No Wing's defaults"));

  it("this computer's file", () =>
    assertDisk({ files: { [MACHINE]: limit(50) } }, 'refuse', 'at most 50 GB a disk', MACHINE));

  it('the file that a person chose', () =>
    assertDisk(
      { setting: '/my/rules.yaml', files: { '/my/rules.yaml': limit(50), [MACHINE]: limit(900) } },
      'refuse',
      'at most 50 GB a disk',
      '/my/rules.yaml',
    ));

  it("the workspace's file, when it is tighter", () =>
    assertDisk(
      { folder: FOLDER, files: { [MACHINE]: limit(200), [WORKSPACE]: limit(20) } },
      'refuse',
      'at most 20 GB a disk',
      `orders/.no-wing/guardrails.yaml, within ${MACHINE}`,
    ));

  it("this computer's file, when the workspace's is looser", () =>
    assertDisk(
      { folder: FOLDER, files: { [MACHINE]: limit(50), [WORKSPACE]: limit(900) } },
      'refuse',
      'at most 50 GB a disk',
      MACHINE,
    ));

  it('every file of the workspace, however it is called', () =>
    assertDisk(
      {
        folder: FOLDER,
        files: {
          [WORKSPACE]: limit(90),
          [join(FOLDER, '.no-wing', 'guardrails.json')]:
            '{"version":1,"everywhere":{"diskSize":{"limit":20}}}',
        },
      },
      'refuse',
      'at most 20 GB a disk',
      "orders/.no-wing/guardrails.json, within No Wing's defaults",
    ));

  it('no workspace when nothing of one is deployed', () =>
    assertDisk({ files: { [WORKSPACE]: limit(1) } }, 'pass', 'at most 500 GB a disk', "No Wing's defaults"));
});

interface WrongCase extends Computer {
  readonly source: string;
  readonly value: RegExp;
}

const WRONG: Readonly<Record<string, WrongCase>> = {
  "this computer's does not parse": {
    files: { [MACHINE]: 'version: 1\ndev: {\n' },
    source: MACHINE,
    value: /^line 3, column 1: /,
  },
  "this computer's has a rule that is misspelt": {
    files: { [MACHINE]: 'version: 1\ndev:\n  disk: {}\n' },
    source: MACHINE,
    value: /^line 3, column 3: dev\.disk /,
  },
  "this computer's cannot be read": {
    files: { [MACHINE]: new Error('EACCES: permission denied') },
    source: MACHINE,
    value: /EACCES/,
  },
  'the chosen one is not there': {
    setting: '/my/rules.yaml',
    source: '/my/rules.yaml',
    value: /is not there/,
  },
  'the chosen one is relative': {
    setting: 'rules.yaml',
    files: { 'rules.yaml': limit(9) },
    source: 'rules.yaml',
    value: /absolute/,
  },
  "the workspace's does not parse": {
    folder: FOLDER,
    files: { [WORKSPACE]: '}' },
    source: WORKSPACE,
    value: /^line 1/,
  },
  "the workspace's is empty": {
    folder: FOLDER,
    files: { [WORKSPACE]: '' },
    source: WORKSPACE,
    value: /^line 1/,
  },
};

describe('everything is refused when a guardrail file is wrong:', () => {
  for (const [what, { source, value, ...computer }] of Object.entries(WRONG)) {
    it(what, async () => {
      const { verdict, verdicts } = await judged(computer);
      assert.equal(verdict, 'refuse');
      assert.deepEqual([verdicts[0]?.rule, verdicts[0]?.source], ['guardrailFile', source]);
      assert.match(verdicts[0]?.value ?? '', value);
    });
  }
});

it('another file gives another hash, the same the same', async () => {
  const hashes = await Promise.all(
    [{}, {}, { files: { [MACHINE]: limit(501) } }, { files: { [MACHINE]: limit(502) } }].map(
      async computer => (await judged(computer)).policyHash,
    ),
  );
  assert.equal(hashes[0], hashes[1]);
  assert.equal(new Set(hashes).size, 3);
});
