import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dotenvFormat } from '../../../../src/broker/agents/dotenvFormat.ts';
import {
  type EnvironmentFormat,
  Unreadable,
  type VariableChanges,
} from '../../../../src/broker/agents/environmentFormat.ts';
import { jsonFormat } from '../../../../src/broker/agents/jsonFormat.ts';
import { tomlFormat } from '../../../../src/broker/agents/tomlFormat.ts';

const json = jsonFormat('env');
const toml = tomlFormat(['shell_environment_policy', 'set']);
const formats = { json, toml, dotenv: dotenvFormat };
type Name = keyof typeof formats;

const OURS = {
  AWS_PROFILE: 'no-wing',
  AWS_ACCESS_KEY_ID: '',
  AWS_CONFIG_FILE: '/home/al ice/#1 "x"/config',
  NO_WING_AGENT: 'copilot',
};

const TEXTS: Readonly<Record<Name, Readonly<Record<string, string>>>> = {
  json: {
    nothing: '{}\n',
    'a list on a line': '{\n  "permissions": { "allow": ["a",   "b"] }\n}\n',
    'a comment first': '{ // mine\n  "env": { /* empty */ },\n  "x": 1\n}\n',
    'spaces on one line': '{ "env": { "FOO": "1" }, "x": 1 }\n',
    'no variables, no end of line': '{\n  "model": "opus"\n}',
    'variables of a person': '{\n  "env": {\n    "FOO": "1"\n  },\n  "model": "opus"\n}\n',
    'an empty table': '{\n  "env": {},\n  "model": "opus"\n}\n',
    tabs: '{\n\t"env": {\n\t\t"FOO": "1"\n\t},\n\t"x": [1,   2]\n}\n',
    'four spaces': '{\n    "x": {\n        "y": 1\n    }\n}\n',
    'Windows line ends': '{\r\n  "model": "opus",\r\n  "env": {\r\n    "FOO": "1"\r\n  }\r\n}\r\n',
    'a byte order mark': '\ufeff{\n  "model": "opus"\n}\n',
    comments: '// mine\n{\n  /* why */ "model": "opus", // because\n  "x": 1 // last\n}\n// end\n',
    'a trailing comma': '{\n  "model": "opus",\n}\n',
    'one line': '{"model":"opus","env":{"FOO":"1"}}',
    'numbers and odd values':
      '{\n  "env": {\n    "FOO": 1e3,\n    "BAR": null\n  },\n  "big": 12345678901234567890\n}\n',
  },
  toml: {
    nothing: '',
    'no end of line': 'model = "gpt-5"',
    'comments everywhere':
      '# mine\nmodel = "gpt-5" # why\n\n[projects."/home/a b"]\ntrust_level = "trusted"\n# the end\n',
    'a policy without variables': "[shell_environment_policy] # mine\ninherit = 'all'\n\n[z]\na = 1\n",
    'Windows line ends': 'model = "x"\r\n\r\n[z]\r\na = 1\r\n',
    'a byte order mark': '\ufeffmodel = "x"\n',
    'variables of a person': '[shell_environment_policy.set]\nFOO = "1" # mine\n\n[z]\na = 1\n',
    'variables on a line, below a list with a comma at its end':
      '[shell_environment_policy]\nexclude = [\n  "A",\n]\nset = { FOO = "1" }\n',
    'variables on a line': '[shell_environment_policy]\nset = { FOO = "1" }\n\n[z]\na = 1\n',
    'a policy on a line': 'shell_environment_policy = { inherit = "all" }\nb = 1\n',
    'dotted keys': 'shell_environment_policy.inherit = "all"\nb = 1\n',
    'dates, long numbers, texts of many lines':
      'a = 1979-05-27\nb = 1_000\nc = """\nx\n"""\nd = [[1, 2], ["x"]]\n',
  },
  dotenv: {
    nothing: '',
    'no end of line': 'GEMINI_API_KEY=x',
    'comments and exports': '# mine\nexport GEMINI_API_KEY="x"  # why\n\nFOO=\'1\'\n',
    'Windows line ends': 'A=1\r\nB=2\r\n',
    'a byte order mark': '\ufeffA=1\n',
    'the same variable': 'AWS_PROFILE=mine\nA=1\n',
    'an end without a beginning': 'A=1\n# <<< No Wing\nB=2\n',
  },
};

const each = (check: (format: EnvironmentFormat, text: string) => void): void => {
  for (const [name, texts] of Object.entries(TEXTS))
    for (const [what, text] of Object.entries(texts))
      it(`${name}: ${what}`, () => check(formats[name as Name], text));
};

/** The changes that lead back. */
function back(format: EnvironmentFormat, text: string): VariableChanges {
  const { replaceable } = format.read(text);
  return Object.fromEntries(Object.keys(OURS).map(name => [name, replaceable[name]]));
}

describe('variables are set and read back', () =>
  each((format, text) => {
    const before = format.read(text);
    const written = format.write(text, OURS);
    const after = format.read(written);
    assert.deepEqual(after.variables, { ...before.variables, ...OURS });
    assert.ok(after.hasTable);
    assert.equal(format.write(written, OURS), written, 'twice changes nothing');
  }));

describe('everything else stays as it was', () =>
  each((format, text) => {
    const written = format.write(text, OURS);
    const lines = text.split(/\r?\n/).filter(line => line.trim() !== '' && !/[{}]/.test(line));
    const bare = written.replaceAll(',', '');
    for (const line of lines)
      assert.ok(bare.includes(line.replaceAll(',', '').trim()), `${line}\n${written}`);
    // TOML has a comma at the end of an inline table only since 1.1.
    if (format === toml) assert.doesNotMatch(written, /,\s*\}/);
    if (text.includes('\r\n')) assert.doesNotMatch(written, /[^\r]\n/);
    assert.equal(written.startsWith('\ufeff'), text.startsWith('\ufeff'));
    assert.equal(/\n$/.test(written), text === '' || /\n$/.test(text));
  }));

describe('taken out again, to the byte', () =>
  each((format, text) => {
    const { hasTable } = format.read(text);
    const undone = format.write(format.write(text, OURS), back(format, text), !hasTable);
    assert.equal(undone, text);
  }));

describe('what a person added since stays', () =>
  each((format, text) => {
    const { variables, hasTable } = format.read(text);
    const theirs = format.write(format.write(text, OURS), { ...OURS, THEIRS: 'x' });
    const undone = format.read(format.write(theirs, back(format, text), !hasTable));
    assert.deepEqual(undone.variables, { ...variables, THEIRS: 'x' });
  }));

describe('what cannot be read is not written', () => {
  const cases: readonly (readonly [EnvironmentFormat, string, RegExp, number?])[] = [
    [json, '{\n  "env": {\n', /not JSON/, 3],
    [json, '{ "a": 1 } x', /not JSON/, 1],
    [json, '[]', /not a JSON object/],
    [json, '{ "env": [] }', /"env" is not an object/],
    [json, '{ "env": "x" }', /"env" is not an object/],
    [json, '{ "env": {}, "env": { "A": "1" } }', /more than once/],
    [toml, 'a = 1\nb =\n', /not TOML/, 2],
    [toml, 'shell_environment_policy = 1\n', /is not a table/],
    [toml, '[[shell_environment_policy]]\na = 1\n', /is not a table/],
    [toml, '[shell_environment_policy]\nset = []\n', /is not a table/],
  ];
  for (const [format, text, reason, line] of cases)
    it(JSON.stringify(text), () => {
      const check = (error: unknown): boolean => {
        assert.ok(error instanceof Unreadable);
        assert.match(error.message, reason);
        if (line !== undefined) assert.equal(error.line, line);
        return true;
      };
      assert.throws(() => format.write(text, OURS), check);
    });
});

describe('hostile texts of a variable', () => {
  const hostile = [
    '"',
    "'",
    '\\',
    '\n[x]\ny = 1',
    '"\nA = "1',
    '$HOME `id` %PATH%',
    '\u0000\u007f\u2028',
    '}, "x": {',
  ];
  for (const text of hostile)
    it(JSON.stringify(text), () => {
      for (const format of [json, toml]) {
        const written = format.write(format.empty, { A: text });
        assert.deepEqual(format.read(written).variables, { A: text });
      }
      const refused = /[\n\r]/.test(text);
      if (refused) assert.throws(() => dotenvFormat.write('', { A: text }), Unreadable);
      else assert.deepEqual(dotenvFormat.read(dotenvFormat.write('', { A: text })).variables, { A: text });
    });
});
