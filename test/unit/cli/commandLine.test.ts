import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UserError } from '../../../src/base/userError.ts';
import { parseCommandLine } from '../../../src/cli/commandLine.ts';
import { COMMANDS, isCommand } from '../../../src/cli/commandTable.ts';
import { exitCodeOf } from '../../../src/cli/exitCodes.ts';
import { explain, overview } from '../../../src/cli/help.ts';
import { nearest } from '../../../src/cli/nearest.ts';

describe('a command line', () => {
  it('is read by the table', () => {
    const line = parseCommandLine(['clients', 'create', '--name', 'CI', '--days=3', '--json']);
    assert.deepEqual([line.name, ...line.operands], ['clients', 'create']);
    assert.deepEqual(
      [line.text('name'), line.text('days'), line.json, line.has('all')],
      ['CI', '3', true, false],
    );
  });

  it('leaves what follows -- alone', () => {
    const line = parseCommandLine(['exec', '--as', 'copilot', '--', 'sh', '--json', '--', '-h']);
    assert.deepEqual(line.command, ['sh', '--json', '--', '-h']);
    assert.equal(line.json, false);
  });

  const ALONE: readonly [string[], string][] = [
    [['--help'], 'help'],
    [['-h'], 'help'],
    [['--version'], 'version'],
    [['-v'], 'version'],
  ];
  for (const [args, name] of ALONE) it(args.join(' '), () => assert.equal(parseCommandLine(args).name, name));

  const WRONG: readonly [args: string[], message: RegExp, hint: RegExp][] = [
    [[], /No command/, /help/],
    [['credentails'], /"credentails"/, /no-wing credentials/],
    [['frobnicate'], /"frobnicate"/, /See: no-wing help/],
    [['__proto__'], /no command/, /help/],
    [['constructor'], /no command/, /help/],
    [['status', '--jsn'], /--jsn/, /--json/],
    [['status', 'now'], /"now"/, /help status/],
    [['credentials', '--profile'], /profile/, /help credentials/],
    [['status', '--json=yes'], /json/, /help status/],
    [['exec', 'aws'], /"aws"/, /follows --/],
    [['env', '--shell', 'tcsh'], /sh, fish, powershell; not "tcsh"/, /help env/],
    [['switch', 'a', 'b'], /"b"/, /help switch/],
  ];
  for (const [args, message, hint] of WRONG) {
    it(`is wrong: ${args.join(' ')}`, () => {
      assert.throws(
        () => parseCommandLine(args),
        (error: unknown) => {
          assert.ok(error instanceof UserError);
          assert.match(error.message, message);
          assert.match(error.hint ?? '', hint);
          return exitCodeOf(error) === 2;
        },
      );
    });
  }
});

describe('the help', () => {
  it('lists every command', () => {
    for (const name of Object.keys(COMMANDS)) assert.match(overview(), new RegExp(`^  ${name} +\\S`, 'm'));
  });

  for (const name of Object.keys(COMMANDS).filter(isCommand)) {
    it(`of ${name} has its options, an example and the exit codes`, () => {
      const text = explain(name);
      for (const option of Object.keys(COMMANDS[name].options))
        assert.ok(text.includes(`--${option}`), option);
      assert.match(text, /Examples:\n {2}# \S/);
      assert.match(text, /Exit codes: 0 done/);
    });
  }
});

describe('what was meant', () => {
  const KNOWN = ['status', 'switch', 'exec', 'env', 'clients', 'credentials'];
  const CASES: readonly [string, string | undefined][] = [
    ['statsu', 'status'],
    ['Status', 'status'],
    ['stat', 'status'],
    ['swtich', 'switch'],
    ['client', 'clients'],
    ['exce', 'exec'],
    ['cred', 'credentials'],
    ['x', undefined],
    ['', undefined],
    ['completely-else', undefined],
  ];
  for (const [word, meant] of CASES)
    it(`${word} → ${meant}`, () => assert.equal(nearest(word, KNOWN), meant));
});

describe('exit codes', () => {
  const CASES: readonly [unknown, number][] = [
    [new Error('x'), 1],
    [new UserError('aws.unreachable', 'x'), 1],
    [new UserError('cli.usage', 'x'), 2],
    [new UserError('cli.refused.user', 'x'), 3],
    [new UserError('identity.revoked', 'x'), 3],
    [new UserError('broker.otherUser', 'x'), 3],
    [new UserError('cli.nothingSetUp', 'x'), 4],
    [new UserError('cli.notExecutable', 'x'), 126],
    [new UserError('cli.notFound', 'x'), 127],
  ];
  for (const [error, code] of CASES)
    it(`${error instanceof UserError ? error.code : 'unexpected'} → ${code}`, () =>
      assert.equal(exitCodeOf(error), code));
});
