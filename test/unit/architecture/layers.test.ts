/** The rules that hold the structure together are enforced: each wrong import here must fail the linter. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

const REFUSED: readonly [file: string, imports: string][] = [
  ['src/base/x.ts', '../store/database.ts'],
  ['src/store/x.ts', '../identity/ledger.ts'],
  ['src/identity/x.ts', '../trail/trail.ts'],
  ['src/identity/keychain/x.ts', '../../ui/commands.ts'],
  ['src/trail/x.ts', '../deployment/plan.ts'],
  ['src/guardrail/x.ts', '../identity/profile.ts'],
  ['src/deployment/x.ts', '../ui/commands.ts'],
  ['src/deployment/cloudformation/x.ts', '../../extension.ts'],
  ['src/mcp/x.ts', '../ui/commands.ts'],
  ['src/broker/x.ts', '../trail/trail.ts'],
  ['src/broker/doctor/x.ts', '../../cli/run.ts'],
  ['src/cli/commands/x.ts', '../../ui/commands.ts'],
  ['src/ui/x.ts', '../cli/run.ts'],
  ['src/identity/x.ts', 'vscode'],
  ['src/trail/x.ts', '@aws-sdk/client-cloudtrail'],
  ['src/ui/x.ts', '@aws-sdk/client-sts'],
];

const ALLOWED: readonly [file: string, imports: string][] = [
  ['src/ui/x.ts', 'vscode'],
  ['src/cli/commands/x.ts', '../desk.ts'],
  ['src/deployment/x.ts', '../trail/trail.ts'],
  ['src/trail/cloudTrailApi.ts', '@aws-sdk/client-cloudtrail'],
];

describe('which way dependencies point', () => {
  const refused = lint([...REFUSED, ...ALLOWED]);
  REFUSED.forEach(([file, imports], index) => {
    it(`${file} may not import ${imports}`, () => assert.ok(refused.has(nameOf(file, index))));
  });
  ALLOWED.forEach(([file, imports], index) => {
    it(`${file} may import ${imports}`, () => assert.ok(!refused.has(nameOf(file, index + REFUSED.length))));
  });
});

/** Lints one file per case, in a folder of its own under the project's rules; gives the files whose import was refused. */
function lint(cases: readonly (readonly [file: string, imports: string])[]): Set<string> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'no-wing-layers-')));
  try {
    copyFileSync(join(root, 'biome.json'), join(folder, 'biome.json'));
    cases.forEach(([file, imports], index) => {
      const path = join(folder, nameOf(file, index));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `import { x } from '${imports}';\nexport const y = x;\n`);
    });
    const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
    const args = [
      biome,
      'lint',
      '--vcs-enabled=false',
      '--only=style/noRestrictedImports',
      '--max-diagnostics=none',
      '--reporter=github',
      '.',
    ];
    const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    return new Set(
      [...stdout.matchAll(/noRestrictedImports,file=([^,]+)/g)].map(([, file = '']) =>
        relative(folder, file).replaceAll('\\', '/'),
      ),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A file of its own for each case; an adapter keeps the end of its name, which the rules look at. */
function nameOf(file: string, index: number): string {
  return file.replace(
    /(\w+)\.ts$/,
    (_all, name: string) => `case${index}${name.charAt(0).toUpperCase()}${name.slice(1)}.ts`,
  );
}
