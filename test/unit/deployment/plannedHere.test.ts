/** What lay in the store decides neither what runs or is read on this computer nor whose state is planned. */
import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { UserError } from '../../../src/base/userError.ts';
import { fromStore } from '../../../src/deployment/fromStore.ts';
import { type Here, plannedHere, type Wish } from '../../../src/deployment/plannedHere.ts';
import type { CdkSource, CloudFormationSource, Source } from '../../../src/deployment/source.ts';
import { tenantOf } from '../../../src/deployment/terraform/projectSource.ts';
import type { TerraformSource } from '../../../src/deployment/terraform/terraformSource.ts';

const ORDERS = resolve('/home/alice/orders');
const TENANT = tenantOf(ORDERS, {});

const here: Here = {
  groundOf: path => (path === ORDERS || path.startsWith(join(ORDERS, '/')) ? ORDERS : undefined),
  terraform: () => ({ preferred: 'opentofu', backend: { kind: 'local' }, tenants: {} }),
};

const plain: CloudFormationSource = {
  engine: 'cloudformation',
  template: { name: 'web.yaml', text: 'Resources: { Queue: { Type: AWS::SQS::Queue } }' },
  parameters: {},
};
const withCode: CloudFormationSource = {
  ...plain,
  template: {
    name: 'web.yaml',
    text: 'Resources: { Web: { Type: AWS::Lambda::Function, Properties: { Code: .ssh } } }',
  },
};
const app: CdkSource = {
  engine: 'cdk',
  app: 'app',
  construct: 'Web',
  tool: 'CDK 2',
  assets: [],
  stack: plain,
  assembly: '/home/alice/.ssh',
};
const project: TerraformSource = {
  engine: 'terraform',
  tenant: TENANT,
  project: 'infra',
  workspace: 'default',
  preferred: 'terraform',
  backend: { kind: 'gcs', bucket: 'theirs' },
  folder: join(ORDERS, 'infra'),
  root: '',
  files: [{ path: 'main.tf', encoding: 'utf8', content: 'data "external" "x" {}' }],
  varFiles: [],
  variables: {},
  runsPrograms: true,
};

function wish(source: Source, changes: Partial<Wish> = {}): Wish {
  const stackName = source.engine === 'terraform' ? `${TENANT}/infra/default` : 'web';
  return { stackName, operation: 'deploy', source, ...changes };
}

function assertRefused(asked: Wish, code: string, at = here): void {
  assert.throws(
    () => plannedHere(asked, at),
    (error: unknown) => error instanceof UserError && error.code === code && error.hint !== undefined,
  );
}

function terraformOf({ source }: Wish): TerraformSource {
  assert.ok(source.engine === 'terraform');
  return source;
}

describe('a source from the store', () => {
  it('has nobody agree to programs, and names no folder of an assembly', () => {
    assert.equal(terraformOf(wish(fromStore(project))).runsPrograms, false);
    assert.ok(!('assembly' in fromStore(app)));
  });
});

describe('a project of Terraform that is wished', () => {
  it('is planned with the tool, the backend and the tenant that this window has set', () => {
    const { source, stackName, folder } = plannedHere(
      wish({ ...project, tenant: 'payroll', project: 'ledger' }, { stackName: 'payroll/ledger/default' }),
      here,
    );
    assert.ok(source.engine === 'terraform');
    const { preferred, backend, runsPrograms } = source;
    assert.deepEqual(
      { preferred, backend, runsPrograms, stackName, folder },
      {
        preferred: 'opentofu',
        backend: { kind: 'local' },
        runsPrograms: false,
        stackName: `${TENANT}/infra/default`,
        folder: ORDERS,
      },
    );
  });

  for (const folder of ['/home/alice', '/home/alice/orders-2', `${ORDERS}/../payroll`])
    it(`is not planned where ${folder} is no trusted folder of the window`, () =>
      assertRefused(wish({ ...project, folder }), 'deployment.notOpenHere'));

  it('is not rolled back in another state than it is in', () => {
    const reversal = { reverses: 'd1' };
    assert.equal(plannedHere(wish(project, reversal), here).stackName, `${TENANT}/infra/default`);
    const tenants = { ...here.terraform(), tenants: { [ORDERS]: 'payroll' } };
    assertRefused(wish(project, reversal), 'deployment.otherState', { ...here, terraform: () => tenants });
  });
});

describe('a template that is wished', () => {
  it('keeps the folder that is open and trusted, since its guardrails apply', () => {
    const asked = wish(withCode, { folder: ORDERS });
    assert.deepEqual(plannedHere(asked, here), asked);
  });

  it('is planned in the workspace folder around the one it was asked in', () => {
    const { source, folder } = plannedHere(wish(withCode, { folder: join(ORDERS, 'api') }), here);
    assert.ok(source.engine === 'cloudformation');
    assert.deepEqual([folder, source.template.name], [ORDERS, join('api', 'web.yaml')]);
  });

  const places: [string, Partial<Wish>][] = [
    ['the home folder', { folder: '/home/alice' }],
    ['a way out of the open one', { folder: `${ORDERS}/../payroll` }],
    ['no folder', {}],
  ];
  for (const [place, changes] of places) {
    it(`that names local files is not planned with ${place}`, () => {
      assertRefused(wish(withCode, changes), 'deployment.notOpenHere');
      assertRefused(wish({ ...app, stack: withCode }, changes), 'deployment.notOpenHere');
    });

    it(`that is text alone is planned without a folder for ${place}`, () => {
      assert.ok(!('folder' in plannedHere(wish(plain, changes), here)));
      const { source, folder } = plannedHere(wish(app, changes), here);
      assert.deepEqual([folder, 'assembly' in source], [undefined, false]);
    });
  }

  it('publishes nothing for a deletion', () => {
    const asked = wish(withCode, { operation: 'destroy', folder: '/home/alice' });
    assert.deepEqual(plannedHere(asked, here), wish(withCode, { operation: 'destroy' }));
  });
});
