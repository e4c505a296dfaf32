import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { type Shell, shellLines } from '../../../src/cli/shellLines.ts';

const ODD = `it's "a" $HOME \`id\` $(id) \\ \\' ; & | # %PATH% !x ü\tz`;

describe('lines for a shell', () => {
  const EXPECTED: Readonly<Record<Shell, string>> = {
    sh: "export A='b'\\''c'\nunset D",
    fish: "set -gx A 'b\\'c'\nset -e D",
    powershell: "$env:A = 'b''c'\nRemove-Item Env:D -ErrorAction SilentlyContinue",
  };
  for (const shell of ['sh', 'fish', 'powershell'] as const)
    it(`of ${shell}`, () => assert.equal(shellLines(shell, { A: "b'c", D: null }), EXPECTED[shell]));

  it('of PowerShell, which takes other quotes for straight ones', () => {
    assert.equal(shellLines('powershell', { A: 'a’; id; ‘' }), "$env:A = 'a’’; id; ‘‘'");
  });

  const SHELLS: readonly [program: string, shell: Shell][] = [
    ['sh', 'sh'],
    ['bash', 'sh'],
    ['zsh', 'sh'],
    ['fish', 'fish'],
  ];
  for (const [program, shell] of SHELLS) {
    it(`mean the text itself to ${program}, if it is here`, () => {
      const script = `${shellLines(shell, { A: ODD, GONE: null })}\nprintenv A; printenv GONE; true`;
      const { error, stdout } = spawnSync(program, ['-c', script], {
        encoding: 'utf8',
        env: { ...process.env, GONE: 'x' },
      });
      if (error === undefined) assert.equal(stdout, `${ODD}\n`);
      else assert.match(String(error), /ENOENT/);
    });
  }
});
