import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { UserError } from '../../../../src/base/userError.ts';
import { readAssembly } from '../../../../src/deployment/cdk/assembly.ts';
import { obstacleOf } from '../../../../src/deployment/cdk/cdkSource.ts';
import { KNOWN_SCHEMA } from '../../../../src/deployment/cdk/manifest.ts';
import { filesOf, unpacked, VERSIONS } from './assemblies.ts';

describe('the cloud assembly of an app', () => {
  const schemas = { '2.1.0': '15.0.0', '2.100.0': '34.0.0', '2.276.0': '55.0.0' };
  for (const version of VERSIONS) {
    it(`as CDK ${version} writes it: stacks, stages, assets, what stands in the way`, async () => {
      const { schema, isNewer, stacks } = await readAssembly(unpacked(filesOf(version)));
      assert.deepEqual([schema, isNewer], [schemas[version], false]);
      const told = stacks.map(({ displayName, stackName, accountId, region, needs }) =>
        [displayName, stackName, accountId, region, ...needs].join(' '),
      );
      assert.deepEqual(told.sort(), [
        'Bad Bad  ',
        'Image Image 111122223333 us-east-1',
        'Legacy Legacy 111122223333 us-east-1',
        'Prod/Db Prod-Db 222233334444 eu-west-1',
        'Shop Shop 111122223333 us-east-1',
        'Two Two 111122223333 us-east-1 Shop',
      ]);
      const shop = stacks.find(({ displayName }) => displayName === 'Shop');
      assert.deepEqual(shop?.tags, { team: 'orders' });
      assert.equal(shop.terminationProtection, true);
      assert.match(shop.template.text, /AWS::SQS::Queue/);
      assert.deepEqual(
        shop.assets.files.map(({ packaging, bucket }) => `${packaging} in ${bucket}`),
        ['zip in cdk-hnb659fds-assets-111122223333-us-east-1'],
      );
      assert.equal(shop.templatePlace?.bucket, 'cdk-hnb659fds-assets-111122223333-us-east-1');
    });

    it(`says what No Wing cannot deploy of CDK ${version}`, async () => {
      const { stacks } = await readAssembly(unpacked(filesOf(version)));
      const obstacles = stacks.flatMap(stack => obstacleOf(stack) ?? []).sort();
      assert.equal(obstacles.length, 3);
      assert.match(obstacles[0] ?? '', /^Image needs container images to be built and pushed/);
      assert.match(obstacles[1] ?? '', /^Legacy uses the LegacyStackSynthesizer/);
      assert.match(obstacles[2] ?? '', /itself says that Bad is wrong: \/Bad: no queue without an alarm$/);
    });
  }

  it('of a newer CDK is read as well as it can be, and told', async () => {
    const newer = `${KNOWN_SCHEMA + 1}.0.0`;
    const folder = unpacked({
      ...NOTHING,
      'manifest.json': { version: newer, artifacts: { new: { type: 'new' } } },
    });
    assert.deepEqual(await readAssembly(folder), { schema: newer, isNewer: true, stacks: [] });
  });

  it('with stacks that need each other in a circle is in some order', async () => {
    const needing = (other: string) => ({ ...STACK, dependencies: [other] });
    const folder = unpacked({ ...NOTHING, 'manifest.json': manifest({ A: needing('B'), B: needing('A') }) });
    assert.equal((await readAssembly(folder)).stacks.length, 2);
  });
});

const STACK = { type: 'aws:cloudformation:stack', properties: { templateFile: 't.json' } };
const NOTHING = { 't.json': { Resources: {} } };
const manifest = (artifacts: object): object => ({ version: '55.0.0', artifacts });
const stack = (properties: object, more: object = {}): object =>
  manifest({ Evil: { ...STACK, properties: { ...STACK.properties, ...properties }, ...more } });
const assets = (path: string): object => ({
  'manifest.json': manifest({
    Evil: { ...STACK, dependencies: ['Evil.assets'] },
    'Evil.assets': { type: 'cdk:asset-manifest', properties: { file: 'a.json' } },
  }),
  'a.json': {
    files: {
      x: { source: { path, packaging: 'file' }, destinations: { d: { bucketName: 'b', objectKey: 'k' } } },
    },
  },
});

describe('a hostile assembly', () => {
  const hostile: [string, object, string, RegExp][] = [
    ['no manifest', {}, 'cdk.noAssembly', /left no cloud assembly/],
    ['no JSON', { 'manifest.json': '{"version":' }, 'cdk.assembly', /manifest\.json/],
    ['no version', { 'manifest.json': { version: 'new' } }, 'cdk.assembly', /\(version\)/],
    ['CDK 1', { 'manifest.json': { version: '8.0.0' } }, 'cdk.schema', /CDK 1 \(schema 8\.0\.0\)/],
    [
      'a stack without template',
      { 'manifest.json': stack({ templateFile: 7 }) },
      'cdk.assembly',
      /templateFile/,
    ],
    [
      'a template above it',
      { 'manifest.json': stack({ templateFile: '../../etc/passwd' }) },
      'cdk.assembly',
      /./,
    ],
    [
      'a template that is the folder',
      { 'manifest.json': stack({ templateFile: '.' }) },
      'cdk.assembly',
      /outside/,
    ],
    [
      'a template behind a link',
      { 'manifest.json': stack({ templateFile: 'out/hostname' }) },
      'cdk.assembly',
      /outside/,
    ],
    [
      'metadata behind a link',
      { 'manifest.json': stack({}, { additionalMetadataFile: 'out/hostname' }) },
      'cdk.assembly',
      /outside/,
    ],
    ['an asset above it', assets('../../../../../../../../etc/hostname'), 'cdk.assembly', /outside/],
    ['an asset behind a link', assets('out/hostname'), 'cdk.assembly', /outside/],
    ['an asset that is not there', assets('gone'), 'cdk.assembly', /cannot be read: gone/],
    [
      'stages in themselves',
      {
        'manifest.json': manifest({ S: { type: 'cdk:cloud-assembly', properties: { directoryName: '.' } } }),
      },
      'cdk.assembly',
      /outside/,
    ],
    [
      'a stage elsewhere',
      {
        'manifest.json': manifest({
          S: { type: 'cdk:cloud-assembly', properties: { directoryName: '../..' } },
        }),
      },
      'cdk.assembly',
      /./,
    ],
  ];
  for (const [name, files, code, message] of hostile) {
    it(`with ${name} is refused: nothing outside of the folder is read`, async () => {
      const folder = unpacked({ ...NOTHING, ...files });
      symlinkSync('/etc', join(folder, 'out'));
      await assert.rejects(
        readAssembly(folder),
        (error: unknown) => error instanceof UserError && error.code === code && message.test(error.message),
      );
    });
  }
});
