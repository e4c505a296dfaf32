/** A template that an agent, or a stranger on the internet, wrote: a clear refusal or a plain reading, and quickly. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UserError } from '../../src/base/userError.ts';
import { chooseParameters, keptParameters } from '../../src/deployment/cloudformation/parameterChoice.ts';
import { parseTemplate } from '../../src/deployment/cloudformation/template.ts';
import { looksLikeTemplate } from '../../src/deployment/cloudformation/templateGuess.ts';

/** Of the processor: a machine that is busy otherwise does not count. */
const LONGEST_MS = 2000;

const resource = (properties: string): string =>
  `Resources:\n  A: { Type: AWS::S3::Bucket, Properties: ${properties} }\n`;

/** Nine lists, each of nine of the one before: 9^9 items. */
const BOMB = [...'bcdefghi'].reduce(
  (text, name, at) => `${text}${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[at]}`).join(',')}]\n`,
  'a: &a [x,x,x,x,x,x,x,x,x]\n',
);

const REFUSED: Readonly<Record<string, string>> = {
  'a bomb of aliases': `${BOMB}${resource('*i')}`,
  'a bomb of merged maps': `${BOMB.replaceAll('[', '[<<: ')}${resource('*i')}`,
  'lists in lists without end': '['.repeat(50_000),
  'maps in maps, as YAML': `Resources: ${'{a: '.repeat(8000)}1${'}'.repeat(8000)}`,
  'maps in maps, as JSON': `${'{"a":'.repeat(8000)}1${'}'.repeat(8000)}`,
  'functions in functions': resource(`${'[!Sub '.repeat(6000)}x${']'.repeat(6000)}`),
  'deep indentation': Array.from({ length: 300 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
  'more than a megabyte': `${resource('x')}# ${'x'.repeat(1_100_000)}`,
  'an alias to itself': resource('&x [*x]'),
  'an alias to itself behind a function': resource('&x !Sub [*x]').replace('A:', '<<: &m *m\n  A:'),
  'a tag that asks for code': resource('!!js/function "f"'),
  'a tag that asks for a module': resource('!!python/object/apply:os.system ["id"]'),
  'a tag nobody knows': resource('!Import x'),
  'no resource but a prototype': 'Resources:\n  __proto__: { Type: AWS::S3::Bucket }\n',
  'two documents': `${resource('x')}---\n${resource('y')}`,
  'the same resource twice': `${resource('x')}  A: { Type: AWS::SQS::Queue }\n`,
  zeros: '\u0000'.repeat(1000),
};

function timed<T>(work: () => T): T {
  const start = process.cpuUsage();
  const result = work();
  const took = process.cpuUsage(start).user / 1000;
  assert.ok(took < LONGEST_MS, `took ${took} ms`);
  return result;
}

describe('a hostile template is refused in words', () => {
  for (const [what, text] of Object.entries(REFUSED)) {
    it(what, () => {
      const error = timed(() => {
        try {
          return JSON.stringify(parseTemplate(text, 'evil.yaml')).slice(0, 200);
        } catch (reason) {
          return reason;
        }
      });
      assert.ok(error instanceof UserError, `not refused in words: ${String(error)}`);
      assert.match(error.code, /^template\./);
      assert.match(error.message, /^evil\.yaml /);
      assert.ok(error.message.length < 500, 'a person can read it');
      looksLikeTemplate(text);
    });
  }
});

describe('names that every object has are names like others', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']) {
    const template = () =>
      parseTemplate(
        `Parameters: { ${name}: { Type: String } }\n${resource(`{ ${name}: { polluted: yes } }`)}`,
        't',
      );

    it(`${name} pollutes nothing`, () => {
      template();
      assert.equal(Reflect.get({}, 'polluted'), undefined);
    });

    it(`a parameter ${name} without a value is missed, not found in the prototype`, () => {
      if (template().parameters.length === 0) return;
      assert.deepEqual(keptParameters(template(), {}), {});
      assert.throws(() => chooseParameters(template(), {}, []), { code: 'deployment.parameters' });
    });
  }
});

describe('a parameter cannot stop the editor', () => {
  it('by a pattern that never ends', () => {
    const text = `Parameters: { P: { Type: String, AllowedPattern: '(a+)+$' } }\n${resource('x')}`;
    timed(() => keptParameters(parseTemplate(text, 't'), { P: `${'a'.repeat(40)}!` }));
  });

  it('by a pattern that is code', () => {
    const pattern = `x")); globalThis.owned = 1; ((RegExp("`;
    const text = `Parameters: { P: { Type: String, AllowedPattern: '${pattern}' } }\n${resource('x')}`;
    keptParameters(parseTemplate(text, 't'), { P: 'x' });
    assert.equal(Reflect.get(globalThis, 'owned'), undefined);
  });

  it('by a thousand items against a slow pattern', () => {
    const text = `Parameters: { P: { Type: CommaDelimitedList, AllowedPattern: '(a+)+$' } }\n${resource('x')}`;
    timed(() =>
      keptParameters(parseTemplate(text, 't'), {
        P: Array(100)
          .fill(`${'a'.repeat(36)}!`)
          .join(','),
      }),
    );
  });
});
