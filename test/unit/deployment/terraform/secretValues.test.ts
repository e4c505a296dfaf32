/** What of a source is kept: no value of a sensitive variable, in whatever file it stands. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { projectOf, tenantOf } from '../../../../src/deployment/terraform/projectSource.ts';
import {
  neededVariables,
  requireOneValue,
  withoutSecrets,
} from '../../../../src/deployment/terraform/secretValues.ts';
import { sourceOf } from './sources.ts';

const VARIABLES = `variable "password" {
  sensitive = true
}
variable "maybe" {
  sensitive = var.x
  default   = ""
}
variable "size" {}
variable "region" { default = "eu" }
`;

describe('what is kept of a source', () => {
  const cases: [name: string, path: string, text: string, kept: string][] = [
    ['an assignment', 'a.tfvars', 'size = 1\npassword = "hunter2"\n', 'size = 1\n# password: not kept\n'],
    [
      'over several lines',
      'a.tfvars',
      'password = {\n  a = "hunter2"\n}\nsize = 1',
      '# password: not kept\nsize = 1',
    ],
    ['a heredoc', 'a.auto.tfvars', 'password = <<E\nhunter2\nE\nsize = 1', '# password: not kept\nsize = 1'],
    ['an expression for sensitive', 'a.tfvars', 'maybe = "hunter2"', '# maybe: not kept'],
    ['a file that cannot be read', 'a.tfvars', 'size = 1\n} password = "hunter2"', ''],
    ['JSON', 'a.tfvars.json', '{"password": "hunter2", "size": 1}', '{"size":1}'],
    ['JSON that cannot be read', 'a.tfvars.json', '{"password": "hunter2"', '{}'],
    ['a file of the configuration', 'b.tf', 'locals {\n}\n', 'locals {\n}\n'],
  ];
  for (const [name, path, text, kept] of cases) {
    it(name, () => {
      const source = sourceOf({ 'main.tf': VARIABLES, [path]: text });
      const found = withoutSecrets(source).files.find(file => file.path === path);
      assert.equal(found?.content, kept);
    });
  }

  it('in JSON syntax, and by hand', () => {
    const source = {
      ...sourceOf({ 'main.tf.json': '{"variable": {"password": [{"sensitive": true}]}}' }),
      variables: { password: 'hunter2', size: 'large' },
    };
    assert.deepEqual(withoutSecrets(source).variables, { size: 'large' });
  });

  it('asks for what is nowhere, and refuses two values', () => {
    const source = sourceOf({ 'main.tf': VARIABLES, 'terraform.tfvars': 'size = 1' });
    assert.deepEqual(
      neededVariables(source).map(({ name, isSensitive }) => [name, isSensitive]),
      [['password', true]],
    );
    assert.throws(() => requireOneValue({ ...source, variables: { size: '2' } }), /size/);
    requireOneValue({ ...source, variables: { password: 'x' } });
  });

  it('two folders are two tenants; a folder in one is a project by its place', () => {
    assert.notEqual(tenantOf('/a/shop', {}), tenantOf('/b/shop', {}));
    assert.equal(tenantOf('/a/shop', { '/a/shop': 'acme' }), 'acme');
    assert.match(tenantOf('/a/../é', {}), /^[A-Za-z0-9][\w.-]*$/);
    const projects = ['', 'infra', 'infra/web', 'infra-web', 'infra.web', 'é'].map(path =>
      projectOf(`/w/${path}`, '/w'),
    );
    assert.equal(new Set(projects).size, projects.length, projects.join(' '));
    assert.equal(projects[1], 'infra');
  });
});
