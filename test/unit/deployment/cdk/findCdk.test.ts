import assert from 'node:assert/strict';
import { delimiter, join } from 'node:path';
import { describe, it } from 'node:test';
import { UserError } from '../../../../src/base/userError.ts';
import { findCdk, type Places } from '../../../../src/deployment/cdk/findCdk.ts';
import { unpacked } from './assemblies.ts';

const MODULE = 'node_modules/aws-cdk/bin/cdk';

interface Case {
  readonly what: string;
  readonly files: readonly string[];
  readonly path: readonly string[];
  readonly platform?: NodeJS.Platform;
  readonly finds: readonly string[] | string;
}

const cases: Case[] = [
  {
    what: "the app's own",
    files: [`w/app/${MODULE}`, 'bin/node', 'bin/cdk'],
    path: ['bin'],
    finds: ['bin/node', `w/app/${MODULE}`],
  },
  {
    what: "a monorepo's",
    files: [`w/${MODULE}`, 'bin/node'],
    path: ['bin'],
    finds: ['bin/node', `w/${MODULE}`],
  },
  { what: "the computer's", files: ['bin/cdk', 'bin/node'], path: ['bin'], finds: ['bin/cdk'] },
  {
    what: "the computer's on Windows",
    files: [`npm/${MODULE}`, 'bin/node.exe'],
    path: ['npm', 'bin'],
    platform: 'win32',
    finds: ['bin/node.exe', `npm/${MODULE}`],
  },
  { what: 'none above the workspace', files: [MODULE, 'bin/node'], path: ['bin'], finds: 'cdk.notFound' },
  {
    what: 'none that a workspace has put on the PATH',
    files: ['w/bin/cdk', 'bin/node'],
    path: ['w/bin', 'bin'],
    finds: 'cdk.notFound',
  },
  {
    what: 'no Node of the workspace',
    files: [`w/app/${MODULE}`, 'w/bin/node'],
    path: ['w/bin'],
    finds: 'cdk.noNode',
  },
  { what: 'nothing', files: [], path: [], finds: 'cdk.notFound' },
];

describe('which CDK is run', () => {
  for (const { what, files, path, platform = 'linux', finds } of cases) {
    it(`finds ${what}`, () => {
      const folder = unpacked({
        'w/app/cdk.json': '{}',
        ...Object.fromEntries(files.map(file => [file, ''])),
      });
      const places: Places = {
        folder: join(folder, 'w', 'app'),
        root: join(folder, 'w'),
        path: path.map(entry => join(folder, entry)).join(delimiter),
        platform,
      };
      if (typeof finds === 'string') {
        assert.throws(
          () => findCdk(places),
          (error: unknown) => error instanceof UserError && error.code === finds,
        );
        return;
      }
      const { program, args } = findCdk(places);
      assert.deepEqual(
        [program, ...args],
        finds.map(found => join(folder, found)),
      );
    });
  }

  it('takes no relative entry of the PATH: it would be the folder that the app is in', () => {
    const folder = unpacked({ 'w/cdk': '', 'w/cdk.json': '{}' });
    const root = join(folder, 'w');
    assert.throws(() => findCdk({ folder: root, root, path: `.${delimiter}`, platform: 'linux' }));
  });
});
