/** Hostile workspaces of Terraform: what lies in a folder neither runs as the agent unseen, nor leads out of it. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { TerraformSource } from '../../src/deployment/terraform/terraformSource.ts';
import { findTool } from '../../src/deployment/terraform/tool.ts';
import {
  openTerraformScene,
  planOf,
  resources,
  type TerraformScene,
} from '../local-aws-product/terraformScene.ts';
import { refused, say } from './computer.ts';

describe('a hostile workspace of Terraform', () => {
  let scene: TerraformScene;
  before(async () => {
    scene = await openTerraformScene();
  });
  after(() => scene.close());

  async function refusedFolder(folder: string, code: string): Promise<string> {
    return (await refused(scene.source(folder), code)).message;
  }

  it('a link that leads out of the workspace is not followed, whatever it is called', async () => {
    const secret = join(scene.computer.folder, 'credentials');
    writeFileSync(secret, 'aws_secret_access_key = hunter2');
    for (const [index, name] of ['main.tf', 'terraform.tfvars', 'key.txt'].entries()) {
      const files = name === 'key.txt' ? { 'main.tf': 'locals {\n  a = file("key.txt")\n}\n' } : {};
      const folder = scene.project(`link-${index}`, { 'other.tf': resources(1), ...files });
      symlinkSync(secret, join(folder, name));
      assert.match(await refusedFolder(folder, 'terraform.outside'), /leads out of the workspace folder/);
    }
  });

  it('a module or a file outside of the workspace is not taken along', async () => {
    const outside = scene.project('outside', { 'main.tf': resources(1) });
    for (const source of ['../outside', outside]) {
      const folder = scene.project(`module-${source.length}`, {
        'main.tf': `module "a" {\n  source = "${source}"\n}\n`,
      });
      const read = scene.source(folder);
      if (source.startsWith('..')) await refused(read, 'terraform.outside');
      // An absolute path is a source that Terraform itself has to find: nothing of it is in the snapshot.
      else assert.equal((await read).files.length, 1);
    }
  });

  it('a program of the workspace is never the tool, whatever PATH says', () => {
    const folder = scene.project('path', { 'bin/terraform': '#!/bin/sh\necho owned\n' });
    chmodSync(join(folder, 'bin', 'terraform'), 0o755);
    const elsewhere = scene.project('elsewhere', { '.keep': '' });
    symlinkSync(join(folder, 'bin', 'terraform'), join(elsewhere, 'terraform'));
    const paths = { terraform: '', opentofu: '' };
    const PATH = [join(folder, 'bin'), '.', 'bin', elsewhere, process.env['PATH'] ?? ''].join(delimiter);
    const place = { env: { PATH }, platform: process.platform, workspaces: [folder] };
    const found = findTool('terraform', paths, place);
    assert.ok(!found.path.startsWith(folder), found.path);
    const set = { ...paths, terraform: join(folder, 'bin', 'terraform') };
    assert.throws(() => findTool('terraform', set, place), /cannot be used/);
  });

  it('settings of Terraform in the workspace and in the environment of the window do not arrive', async () => {
    const marker = join(scene.computer.folder, 'owned');
    const folder = scene.project('settings', {
      'main.tf': resources(2),
      '.terraformrc': 'provider_installation {\n  dev_overrides {\n    "a/b" = "/tmp"\n  }\n}\n',
      'terraform.rc': 'plugin_cache_dir = "/tmp"',
      '.terraform/terraform.tfstate': '{"backend": {"type": "local", "config": {"path": "/tmp/theirs"}}}',
      '.terraform/environment': 'theirs',
      'terraform.tfstate': '{"version": 4}',
    });
    const hostile = {
      TF_CLI_ARGS: `-chdir=${folder}`,
      TF_CLI_ARGS_plan: '-destroy',
      TF_CLI_CONFIG_FILE: join(folder, '.terraformrc'),
      TF_DATA_DIR: join(folder, '.terraform'),
      TF_WORKSPACE: 'theirs',
      TF_PLUGIN_CACHE_DIR: folder,
      TF_REATTACH_PROVIDERS: '{}',
      TF_LOG: 'trace',
      TF_LOG_PATH: marker,
      TF_VAR_count: '99',
      AWS_ACCESS_KEY_ID: scene.computer.aws.world.alice.accessKeyId,
      AWS_SECRET_ACCESS_KEY: scene.computer.aws.world.alice.secretAccessKey,
      AWS_PROFILE: 'alice',
      LD_PRELOAD: join(folder, 'evil.so'),
    };
    const before = { ...process.env };
    Object.assign(process.env, hostile);
    try {
      const plan = planOf(await scene.plan(await scene.source(folder, { project: 'settings' })));
      assert.equal(plan.action, 'create');
      assert.equal(plan.changes.length, 2);
      assert.match(plan.identityArn, /no-wing-agent/);
      assert.match(plan.state, /^s3:\/\/acme-states\/no-wing\/acme\//);
    } finally {
      for (const name of Object.keys(hostile)) delete process.env[name];
      Object.assign(process.env, before);
    }
    assert.ok(!existsSync(marker));
  });

  it('an override file does not move the state of somebody else', async () => {
    const folder = scene.project('override', {
      'main.tf': resources(1),
      '\u{10ffff}_override.tf':
        'terraform {\n  backend "local" {\n    path = "/tmp/nw-theirs.tfstate"\n  }\n}\n',
    });
    const source = await scene.source(folder, { project: 'override' });
    await refused(scene.plan(source), 'terraform.otherBackend');
  });

  it('names do not climb into the states of others', async () => {
    const folder = scene.project('names', { 'main.tf': resources(1) });
    for (const project of ['../other', 'a/b', '.', '', 'x\0y']) {
      const source = await scene.source(folder, { project });
      await refused(scene.plan(source), 'terraform.name');
    }
  });

  it('a recorded configuration that somebody has rewritten writes nowhere else', async () => {
    const folder = scene.project('recorded', { 'main.tf': resources(1) });
    const source = await scene.source(folder, { project: 'recorded' });
    const evil = (path: string): TerraformSource => ({
      ...source,
      files: [...source.files, { path, encoding: 'utf8', content: 'owned' }],
    });
    for (const path of ['../../escape', '/tmp/nw-escape', 'a/../../b', 'main.tf', ''])
      await refused(scene.plan(evil(path)), 'terraform.snapshot');
    await refused(scene.plan({ ...source, root: '../..' }), 'terraform.snapshot');
    await refused(scene.plan({ ...source, varFiles: ['/etc/passwd'] }), 'terraform.snapshot');
  });

  it('what runs on this computer while it is planned is refused without a yes of its own', async () => {
    const folder = scene.project('external', {
      'main.tf': 'data "external" "x" {\n  program = ["sh", "-c", "touch /tmp/nw-owned"]\n}\n',
    });
    const error = await refused(
      scene.plan(await scene.source(folder, { project: 'external' })),
      'terraform.runsPrograms',
    );
    assert.match(error.message, /data\.external\.x/);
  });

  it('neither another spelling nor a module from elsewhere gets around that question', async () => {
    const files = [
      'data "\\u0065xternal" "x" {\n  program = ["true"]\n}\n',
      'data /* c */ "external" "x" {\n  program = ["true"]\n}\n',
      'module "m" {\n  source = "git::https://127.0.0.1:1/x"\n}\n',
    ];
    for (const [index, main] of files.entries()) {
      const folder = scene.project(`spelled-${index}`, { 'main.tf': main });
      const source = await scene.source(folder, { project: 'spelled' });
      await refused(scene.plan(source), 'terraform.runsPrograms');
    }
  });

  it('a provider with credentials of its own is refused before anything is started', async () => {
    const folder = scene.project('provider', {
      'main.tf': `provider "aws" {\n  profile = "alice"\n}\n${resources(1)}`,
    });
    const source = await scene.source(folder, { project: 'provider' });
    const error = await refused(scene.plan(source), 'terraform.otherIdentity');
    assert.match(error.message, /provider aws sets profile/);
  });

  it('a record that names another program starts nothing in the window that takes it up', async () => {
    const marker = join(scene.computer.folder, 'forged-ran');
    const folder = scene.project('forged', { 'main.tf': resources(1), evil: `#!/bin/sh\ntouch ${marker}\n` });
    const evil = join(folder, 'evil');
    chmodSync(evil, 0o755);
    const planned = await scene.plan(await scene.source(folder, { project: 'forged' }));
    const { directory, features } = scene.person;
    features.db.run(
      `UPDATE deployment SET owner = NULL, body = json_set(body, '$.state.plan.binary.path', ?, '$.createsStack', json('true')) WHERE id = ?`,
      evil,
      planned.id,
    );
    const { deployments } = scene.computer.window(directory);
    const end = await deployments.follow(planned.id, say);
    assert.equal(end.state.status, 'abandoned');
    assert.equal(end.createsStack, true);
    assert.ok(!existsSync(marker));
  });

  it('what runs on this computer while it is applied is asked about', async () => {
    const provisioner = 'provisioner "local-exec" {\n    command = "true"\n  }';
    const folder = scene.project('provisioner', {
      'main.tf': 'module "deep" {\n  source = "./deep"\n}\n',
      'deep/main.tf': resources(2, provisioner),
    });
    const plan = planOf(await scene.plan(await scene.source(folder, { project: 'provisioner' })));
    assert.equal(plan.guardrails.verdict, 'ask');
    assert.deepEqual(plan.programs, ['module.deep.terraform_data.item: provisioner local-exec']);
    const asked = plan.guardrails.verdicts.filter(({ verdict }) => verdict === 'ask');
    assert.ok(asked.some(({ value }) => value.includes('runs a program on this computer')));
  });

  it('no credential is in a file of the deployment, in arguments or in the environment', async () => {
    const seen = join(scene.computer.folder, 'seen');
    mkdirSync(seen);
    const command = `env > ${seen}/env; cat /proc/$PPID/cmdline > ${seen}/arguments`;
    const folder = scene.project('seen', {
      'main.tf': resources(1, `provisioner "local-exec" {\n    command = "${command}"\n  }`),
    });
    const end = await scene.deploy(await scene.source(folder, { project: 'seen' }));
    assert.equal(end.state.status, 'succeeded', JSON.stringify(end.state));
    const environment = readFileSync(join(seen, 'env'), 'utf8');
    assert.match(environment, /AWS_CONTAINER_CREDENTIALS_FULL_URI=http:\/\/127\.0\.0\.1/);
    assert.doesNotMatch(environment, /AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)=/);
    assert.doesNotMatch(readFileSync(join(seen, 'arguments'), 'utf8'), /ASIA|AKIA/);
    assert.ok(!existsSync(join(scene.person.directory, 'terraform', 'work', end.id, 'token')));
  });
});
