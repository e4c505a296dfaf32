/**
 * Which program plans: the preferred one, the other with a warning, none, one that is too old. OpenTofu cannot be had
 * here: a stand-in that records its arguments proves the choice, and nothing else.
 */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runTool } from '../../../../src/deployment/terraform/runTool.ts';
import { findTool, toolOf } from '../../../../src/deployment/terraform/tool.ts';
import { toolEnvironment } from '../../../../src/deployment/terraform/toolEnvironment.ts';
import { removeFolder } from '../../../setup/ownedProcess.ts';
import { scratchFolder } from '../../../setup/scratchFolder.ts';

const NONE = { terraform: '', opentofu: '' };

describe('the tool', () => {
  let folder = '';
  before(() => {
    folder = scratchFolder();
    for (const name of ['terraform', 'tofu']) standIn(join(folder, name), name);
  });
  after(() => removeFolder(folder));

  function standIn(path: string, program: string): void {
    mkdirSync(path);
    const file = join(path, program);
    writeFileSync(
      file,
      `#!/bin/sh\necho "$@" >> ${path}/arguments\necho '{"terraform_version": "1.10.0"}'\n`,
    );
    chmodSync(file, 0o755);
  }
  const place = (...names: string[]) => ({
    env: { PATH: names.map(name => join(folder, name)).join(':') },
    platform: process.platform,
    workspaces: ['/home/alice/shop'],
  });

  it('is the preferred one where both are', () => {
    for (const kind of ['terraform', 'opentofu'] as const) {
      const found = findTool(kind, NONE, place('terraform', 'tofu'));
      assert.deepEqual([found.kind, found.warning], [kind, undefined]);
    }
  });

  it('is the other one with a warning, and is run with its arguments', async () => {
    const found = findTool('terraform', NONE, place('tofu'));
    assert.equal(found.kind, 'opentofu');
    assert.equal(found.warning, 'Terraform is not installed: OpenTofu was used instead.');
    const signal = new AbortController().signal;
    const args = ['version', '-json', '; touch x'];
    const { stdout } = await runTool({ tool: found, args, cwd: folder, env: {}, signal });
    assert.equal(toolOf(found, stdout).version, '1.10.0');
    assert.equal(readFileSync(join(folder, 'tofu', 'arguments'), 'utf8'), 'version -json ; touch x\n');
  });

  it('is missed with both names', () => {
    assert.throws(
      () => findTool('opentofu', NONE, place('nowhere')),
      /Neither OpenTofu nor Terraform is installed/,
    );
  });

  it('at a set path is used or refused, never replaced', () => {
    const path = join(folder, 'tofu', 'tofu');
    assert.equal(findTool('opentofu', { ...NONE, opentofu: path }, place()).path, path);
    for (const wrong of ['tofu', '/nowhere/tofu', folder, '/home/alice/shop/tofu'])
      assert.throws(
        () => findTool('opentofu', { ...NONE, opentofu: wrong }, place('tofu')),
        /cannot be used/,
      );
  });

  it('that is too old or no tool at all is refused', () => {
    const found = { kind: 'terraform', path: '/bin/terraform' } as const;
    for (const version of ['1.10.0', '1.11.4', '2.0.0'])
      assert.equal(toolOf(found, `{"terraform_version":"${version}"}`).version, version);
    for (const version of ['1.9.8', '0.15.0'])
      assert.throws(() => toolOf(found, `{"terraform_version":"${version}"}`), /too old/);
    for (const answer of ['', 'Terraform v1.5', '{}'])
      assert.throws(() => toolOf(found, answer), /cannot be used/);
  });

  it('gets an environment that is made from nothing', () => {
    const env = {
      PATH: '/bin',
      HOME: '/home/alice',
      HTTPS_PROXY: 'http://proxy',
      TF_CLI_ARGS: '-destroy',
      TF_VAR_size: '9',
      AWS_SECRET_ACCESS_KEY: 'x',
      GOOGLE_CREDENTIALS: 'g',
      ARM_CLIENT_SECRET: 'a',
      GIT_SSH_COMMAND: 'evil',
      LD_PRELOAD: 'evil.so',
      NODE_OPTIONS: '--require evil',
    };
    const ask = {
      env,
      identity: { AWS_PROFILE: null, AWS_REGION: 'x' },
      region: 'eu-west-1',
      dataFolder: '/d',
      cliConfig: '/c',
      pluginCache: '/p',
      variables: { size: '1' },
    };
    const made = (backend: string) =>
      Object.keys(toolEnvironment({ ...ask, backend }))
        .filter(name => !/^(?:TF_(?!CLI_ARGS|VAR)|AWS_(?:DEFAULT_)?REGION|CHECKPOINT)/.test(name))
        .sort();
    assert.deepEqual(made('s3'), ['HOME', 'HTTPS_PROXY', 'PATH', 'TF_VAR_size']);
    assert.deepEqual(made('gcs'), ['GOOGLE_CREDENTIALS', 'HOME', 'HTTPS_PROXY', 'PATH', 'TF_VAR_size']);
    assert.deepEqual(made('azurerm'), ['ARM_CLIENT_SECRET', 'HOME', 'HTTPS_PROXY', 'PATH', 'TF_VAR_size']);
    const { TF_VAR_size, TF_DATA_DIR, TF_CLI_CONFIG_FILE, AWS_REGION } = toolEnvironment({
      ...ask,
      backend: 's3',
    });
    assert.deepEqual(
      [TF_VAR_size, TF_DATA_DIR, TF_CLI_CONFIG_FILE, AWS_REGION],
      ['1', '/d', '/c', 'eu-west-1'],
    );
  });

  it('is interrupted, not killed, when it is broken off', async () => {
    const path = join(folder, 'slow');
    writeFileSync(
      path,
      `#!/bin/sh\ntrap 'echo interrupted > ${folder}/ended; exit 1' INT\nwhile :; do sleep 0.05; done\n`,
    );
    chmodSync(path, 0o755);
    const tool = { kind: 'terraform', path } as const;
    const running = runTool({
      tool,
      args: [],
      cwd: folder,
      env: { PATH: '/bin:/usr/bin' },
      signal: AbortSignal.timeout(300),
    });
    await assert.rejects(running, { name: 'AbortError' });
    assert.equal(readFileSync(join(folder, 'ended'), 'utf8'), 'interrupted\n');
  });
});
