/** Where states are: no two tenants, environments, accounts, Regions or projects share one, and nothing leads elsewhere. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Backend,
  type BackendPlace,
  backendFor,
  overrideText,
  requireBackend,
} from '../../../../src/deployment/terraform/backend.ts';
import type { BackendChoice } from '../../../../src/deployment/terraform/backendChoice.ts';
import { backendSetting } from '../../../../src/deployment/terraform/settings.ts';

const PLACE: BackendPlace = {
  accountId: '111122223333',
  environment: 'dev',
  region: 'eu-west-1',
  sourceIdentity: 'alice',
  states: '/nw/states',
};
const UNIT = { tenant: 'acme', project: 'shop' };
const KEY = 'no-wing/acme/dev-111122223333-eu-west-1/shop';
const S3 = { kind: 's3', bucket: 'states', region: 'eu-west-1' } as const;

describe('backends', () => {
  const cases: [
    name: string,
    choice: BackendChoice,
    declared: string | undefined,
    override: Backend['override'],
  ][] = [
    [
      's3 locks by itself',
      S3,
      undefined,
      {
        type: 's3',
        config: {
          bucket: 'states',
          region: 'eu-west-1',
          key: `${KEY}/terraform.tfstate`,
          workspace_key_prefix: `${KEY}/workspaces`,
          encrypt: true,
          use_lockfile: true,
        },
      },
    ],
    [
      'gcs',
      { kind: 'gcs', bucket: 'states' },
      's3',
      { type: 'gcs', config: { bucket: 'states', prefix: KEY } },
    ],
    [
      'azure blob',
      { kind: 'azurerm', storageAccount: 'acc', container: 'states', prefix: '/team/' },
      undefined,
      {
        type: 'azurerm',
        config: {
          storage_account_name: 'acc',
          container_name: 'states',
          key: `${KEY.replace('no-wing', 'team')}/terraform.tfstate`,
        },
      },
    ],
    ["the configuration's own", { kind: 'configured' }, 's3', undefined],
    [
      'this computer, when it has none',
      { kind: 'configured' },
      undefined,
      {
        type: 'local',
        config: {
          path: '/nw/states/acme/dev-111122223333-eu-west-1/shop/terraform.tfstate',
          workspace_dir: '/nw/states/acme/dev-111122223333-eu-west-1/shop/workspaces',
        },
      },
    ],
  ];
  for (const [name, choice, declared, override] of cases)
    it(name, () => assert.deepEqual(backendFor(choice, UNIT, PLACE, declared).override, override));

  it('a role for the state is assumed for the same human', () => {
    const choice = { ...S3, roleArn: 'arn:aws:iam::1:role/state', externalId: 'x' };
    assert.deepEqual(backendFor(choice, UNIT, PLACE, undefined).override?.config['assume_role'], {
      role_arn: 'arn:aws:iam::1:role/state',
      external_id: 'x',
      source_identity: 'alice',
    });
  });

  it('whatever differs, the key does', () => {
    const others: [Partial<typeof UNIT>, Partial<BackendPlace>][] = [
      [{}, {}],
      [{ tenant: 'other' }, {}],
      [{ project: 'other' }, {}],
      [{}, { environment: 'prod' }],
      [{}, { accountId: '444455556666' }],
      [{}, { region: 'us-east-1' }],
    ];
    const keys = others.map(
      ([unit, place]) => backendFor(S3, { ...UNIT, ...unit }, { ...PLACE, ...place }, undefined).label,
    );
    assert.equal(new Set(keys).size, others.length);
  });

  it('what init has recorded has to be it', () => {
    const backend = backendFor(S3, UNIT, PLACE, undefined);
    const config = backend.override?.config;
    const recorded = (type: string, other = {}): string =>
      JSON.stringify({ backend: { type, config: { ...config, ...other } } });
    requireBackend(backend, recorded('s3', { profile: null }), 'copilot');
    const elsewhere = [
      undefined,
      recorded('local'),
      recorded('s3', { key: 'theirs' }),
      recorded('s3', { bucket: 'theirs' }),
    ];
    for (const other of elsewhere)
      assert.throws(() => requireBackend(backend, other, 'copilot'), /keeps its state elsewhere/);
    assert.match(overrideText(backend) ?? '', /"use_lockfile":true/);
  });

  it('a setting that is not complete is refused', () => {
    assert.deepEqual(backendSetting({ kind: 'local' }), { kind: 'local' });
    for (const written of [{ kind: 's3', bucket: 'x' }, { kind: 'http' }, 'local', undefined])
      assert.throws(() => backendSetting(written), /not complete/);
  });
});
