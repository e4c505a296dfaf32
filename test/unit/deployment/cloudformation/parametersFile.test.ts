import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UserError } from '../../../../src/base/userError.ts';
import {
  type ParametersFile,
  parseParametersFile,
} from '../../../../src/deployment/cloudformation/parametersFile.ts';

describe('a file of parameters', () => {
  const A = { parameters: { A: '1', B: 'x=y' } };
  const forms: [string, string, ParametersFile][] = [
    [
      "the CLI's",
      '[{"ParameterKey":"A","ParameterValue":"1"},{"ParameterKey":"B","ParameterValue":"x=y"},{"ParameterKey":"C","UsePreviousValue":true}]',
      A,
    ],
    ["the CLI's overrides", '["A=1","B=x=y"]', A],
    ["CodePipeline's", '{"Parameters":{"A":1,"B":"x=y"}}', A],
    [
      "CodePipeline's, with all",
      '{"Parameters":{"L":["a","b"]},"Tags":{"team":"shop"},"StackPolicy":{"Statement":[{"Effect":"Allow"}]}}',
      { parameters: { L: 'a,b' }, tags: { team: 'shop' }, stackPolicy: '{"Statement":[{"Effect":"Allow"}]}' },
    ],
    ["CodePipeline's, tags alone", '{"Tags":{"team":"shop"}}', { parameters: {}, tags: { team: 'shop' } }],
    ['a plain map', '{"A":1,"B":"x=y"}', A],
    ['a plain map with a name of a section', '{"Tags":"x","A":"1"}', { parameters: { Tags: 'x', A: '1' } }],
    ['YAML', 'A: 1\nB: x=y\n', A],
    ['a list of nothing', '[]', { parameters: {} }],
  ];
  for (const [name, text, expected] of forms)
    it(`${name}`, () => assert.deepEqual(parseParametersFile(text, 'p.json'), expected));

  const broken: [string, string, string][] = [
    ['no JSON', '{"A": 1', 'template.syntax'],
    ['a value that is missing', '[{"ParameterKey":"A"}]', 'parameters.form'],
    ['a template', '{"Resources":{"Q":{"Type":"AWS::SQS::Queue"}}}', 'parameters.form'],
    ['nothing', '{}', 'parameters.form'],
    ['a text', 'hello', 'parameters.form'],
    ['overrides without values', '["A"]', 'parameters.form'],
  ];
  for (const [name, text, code] of broken) {
    it(`with ${name} is refused`, () =>
      assert.throws(
        () => parseParametersFile(text, 'p.json'),
        (error: unknown) => error instanceof UserError && error.code === code,
      ));
  }
});
