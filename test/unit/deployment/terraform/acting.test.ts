/** What runs or acts while it is planned is asked about first, in whatever spelling; and as whom it would act. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  allDeclarations,
  type Declarations,
  declarationsOf,
} from '../../../../src/deployment/terraform/configuration.ts';
import { withoutSecrets } from '../../../../src/deployment/terraform/secretValues.ts';
import { sourceOf } from './sources.ts';

const BODY = '{\n  program = ["sh"]\n}\n';
const EXTERNAL = { external: { x: { program: ['sh'] } } };
const json = JSON.stringify;

function declared(path: string, content: string): Declarations {
  return declarationsOf({ path, encoding: 'utf8', content });
}

describe('what runs programs while it is planned', () => {
  const spellings: [name: string, path: string, text: string][] = [
    ['plain', 'a.tf', `data "external" "x" ${BODY}`],
    ['without quotes', 'a.tf', `data external x ${BODY}`],
    ['an escape', 'a.tf', `data "\\u0065xternal" "x" ${BODY}`],
    ['a comment between', 'a.tf', `data /* c */ "external" /**//**/ "x" ${BODY}`],
    ['a long comment between', 'a.tf', `data /*${'c'.repeat(5000)}*/ "external" "x" ${BODY}`],
    ['a mark at the beginning', 'a.tf', `\ufeffdata "external" "x" ${BODY}`],
    ['in a check', 'a.tf', `check "c" {\n  data "external" "x" ${BODY}}\n`],
    ['behind what cannot be read', 'a.tf', `a = "\n\ndata "external" "x" ${BODY}`],
    [
      'behind a heredoc that ends elsewhere',
      'a.tf',
      `locals {\n  a = <<E\n\u2028E\u2028 /*\nE\n}\ndata "external" "x" ${BODY}# */\n`,
    ],
    [
      'behind an expression in a heredoc',
      'a.tf',
      `locals {\n  a = <<E\n\${ /*\nE\n b = <<X\n*/ "" }\nE\n}\ndata "external" "x" ${BODY}locals {\n  e = <<W\nX\n f = 1\n/*\nW\n#*/\n}\n`,
    ],
    ['of OpenTofu', 'a.tofu', `data "external" "x" ${BODY}`],
    ['JSON', 'a.tf.json', json({ data: EXTERNAL })],
    ['a list in JSON', 'a.tf.json', json({ data: [EXTERNAL] })],
    ['a list of lists in JSON', 'a.tf.json', json({ data: [{ external: [{ x: [{}] }] }] })],
    ['a list at the root of JSON', 'a.tf.json', json([{ data: EXTERNAL }])],
    ['a check in JSON', 'a.tf.json', json({ check: { c: { data: EXTERNAL } } })],
    ['a key twice', 'a.tf.json', `{"data":${json(EXTERNAL)},"data":{}}`],
    ['a key twice, escaped', 'a.tf.json', `{"data":${json(EXTERNAL)},"d\\u0061ta":{}}`],
    ['beside what does not fit', 'a.tf.json', json({ variable: [[]], data: EXTERNAL })],
    ['JSON that is none', 'a.tf.json', `${json({ data: EXTERNAL })}x`],
    ['a call of a function', 'a.tf', 'data "aws_lambda_invocation" "x" {\n}\n'],
    ['one that is not kept', 'a.tf', 'ephemeral "aws_lambda_invocation" "x" {\n}\n'],
    ['a request', 'a.tf', 'data "http" "x" {\n  method = "POST"\n}\n'],
    ['a command', 'a.tf', 'data "local_command" "x" {\n}\n'],
    ['a module from elsewhere', 'a.tf', 'module "m" {\n  source = "git::https://e/x"\n}\n'],
    ['a module of a registry', 'a.tf', 'module "m" {\n  source = "acme/m/aws"\n}\n'],
    ['a module in JSON', 'a.tf.json', json({ module: { m: { source: '$' + '{"git::x"}' } } })],
    ['a module whose source is escaped', 'a.tf', 'module "m" {\n  source = "\\u0067it::x"\n}\n'],
    [
      'a provider of others',
      'a.tf',
      'terraform {\n  required_providers {\n    x = {\n      source = "acme/x"\n    }\n  }\n}\n',
    ],
    [
      'a provider behind a comment',
      'a.tf',
      'terraform {\n  required_providers {\n    x = { /* source = "hashicorp/aws" */ source = "acme/x" }\n  }\n}\n',
    ],
    [
      'a provider of another registry',
      'a.tf.json',
      json({ terraform: { required_providers: { x: { source: 'evil.io/hashicorp/aws' } } } }),
    ],
    ['credentials by a program', 'a.tf', 'provider "kubernetes" {\n  exec {\n  }\n}\n'],
  ];
  for (const [name, path, text] of spellings) {
    it(name, () => assert.ok(declared(path, text).programs.length > 0, text));
  }

  it('a file that is kept as bytes', () => {
    const file = { path: 'a.tf', encoding: 'base64', content: 'AAAA' } as const;
    assert.ok(declarationsOf(file).programs.length > 0);
  });

  it('what is plain is not asked about', () => {
    const text = `terraform {
  required_providers {
    aws    = { source = "hashicorp/aws", version = "~> 6.0" }
    random = "3.0.0"
  }
}
provider "aws" {
  region = "eu-west-1"
}
module "m" {
  source = "./m"
}
data "aws_ami" "x" {
}
resource "terraform_data" "external" {
  input = <<-E
    It's "quoted" \${var.x} data
    E
}
variable "x" {}
`;
    const { programs, identities, isWhole, modules } = declared('a.tf', text);
    assert.deepEqual(
      { programs, identities, isWhole, modules },
      {
        programs: [],
        identities: [],
        isWhole: true,
        modules: ['./m'],
      },
    );
    const inJson = { '//': 'x', data: { aws_ami: { x: {} } }, module: { m: { source: './m' } } };
    assert.deepEqual(declared('a.tf.json', json(inJson)).programs, []);
  });

  it('ends soon on a hostile text', () => {
    for (const text of [
      'data /*'.repeat(100_000),
      `data ${'/**/'.repeat(100_000)}`,
      'data "'.repeat(50_000),
    ]) {
      const began = performance.now();
      assert.ok(declared('a.tf', text).programs.length > 0);
      assert.ok(performance.now() - began < 3000, text.slice(0, 10));
    }
  });

  it('where a file cannot be read, every value may be secret', () => {
    const source = {
      ...sourceOf({ 'a.tf': 'variable "\\u0070" {\n  sensitive = true\n}\n', 'a.tfvars': 'p = "hunter2"\n' }),
      variables: { p: 'hunter2' },
    };
    assert.ok(!json(withoutSecrets(source)).includes('hunter2'));
  });
});

describe('as whom it would act', () => {
  const others: [name: string, text: string, says: RegExp][] = [
    ['a profile', 'provider "aws" {\n  profile = "alice"\n}\n', /provider aws sets profile/],
    ['keys', 'provider "aws" {\n  access_key = "x"\n  secret_key = "y"\n}\n', /access_key, secret_key/],
    ['another role', 'provider "aws" {\n  assume_role {\n    role_arn = "x"\n  }\n}\n', /assume_role/],
    ['made blocks', 'provider "aws" {\n  dynamic "endpoints" {\n  }\n}\n', /endpoints/],
    ['files', 'provider "aws" {\n  shared_credentials_files = ["x"]\n}\n', /shared_credentials_files/],
    [
      'under another name',
      'terraform {\n  required_providers {\n    a = { source = "hashicorp/aws" }\n  }\n}\nprovider "a" {\n  token = "x"\n}\n',
      /provider a sets token/,
    ],
    [
      'the state of others',
      'data "terraform_remote_state" "s" {\n  backend = "s3"\n  config = {\n    profile = "alice"\n  }\n}\n',
      /terraform_remote_state.s sets profile/,
    ],
  ];
  for (const [name, text, says] of others) {
    it(name, () => assert.match(declared('a.tf', text).identities.join(), says));
  }

  it('in JSON, and of a backend', () => {
    const provider = json({ provider: { aws: [{ region: 'x' }, { profile: 'alice' }] } });
    assert.match(declared('a.tf.json', provider).identities.join(), /sets profile/);
    const backend = 'terraform {\n  backend "s3" {\n    bucket = "x"\n    profile = "alice"\n  }\n}\n';
    assert.deepEqual(
      allDeclarations([{ path: 'a.tf', encoding: 'utf8', content: backend }]).backendIdentities,
      ['backend s3 sets profile'],
    );
  });
});
