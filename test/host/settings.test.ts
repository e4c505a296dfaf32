// Settings come from the person alone: what a workspace says is not heard.
import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Settings } from '../../src/ui/contributions.ts';
import { setting } from '../../src/ui/settings.ts';
import { activated } from './extension.ts';

const OF_WORKSPACE: Settings = {
  'aws.endpointUrl': 'http://127.0.0.1:1',
  'keychain.backend': 'secretStorage',
  environments: { dev: { accountId: '999999999999' } },
  'guardrails.file': '/nowhere/guardrails.yaml',
  'terraform.preferred': 'opentofu',
  'terraform.path': '/nowhere/terraform',
  'terraform.openTofuPath': '/nowhere/tofu',
  'terraform.cliConfigFile': '/nowhere/terraform.rc',
  'terraform.backend': { kind: 's3', bucket: 'theirs', region: 'eu-west-3' },
  'terraform.tenants': { '/nowhere': 'theirs' },
  'trail.regions': ['eu-west-3'],
  'trail.days': 90,
  'trail.keepDays': 1,
  'trail.maxSizeMB': 64,
  'trail.savedFilters': { theirs: { actorKind: 'user' } },
  'terminal.identity': 'agent',
  'notifications.deploymentEnded': false,
  'notifications.signInNeeded': false,
  'notifications.leakFound': false,
  'notifications.deploymentAsked': false,
};
const KEYS = Object.keys(OF_WORKSPACE) as (keyof Settings)[];

describe('settings', () => {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';

  before(async () => {
    await activated();
    const ours = Object.fromEntries(KEYS.map(key => [`noWing.${key}`, OF_WORKSPACE[key]]));
    await mkdir(join(folder, '.vscode'), { recursive: true });
    await writeFile(
      join(folder, '.vscode', 'settings.json'),
      JSON.stringify({ ...ours, 'editor.rulers': [42] }),
    );
    await heard(() => rulers().includes(42));
  });
  after(() => rm(join(folder, '.vscode'), { recursive: true, force: true }));

  for (const key of KEYS) {
    it(`of the workspace do not change noWing.${key}`, () => {
      const declared = vscode.workspace.getConfiguration('noWing').inspect(key)?.defaultValue;
      assert.notDeepEqual(declared, OF_WORKSPACE[key], 'the workspace asks for something else');
      assert.deepEqual(setting(key), declared);
    });
  }

  it('of the person do', async () => {
    const configuration = vscode.workspace.getConfiguration('noWing');
    await configuration.update('trail.days', 7, vscode.ConfigurationTarget.Global);
    assert.equal(setting('trail.days'), 7);
    await configuration.update('trail.days', undefined, vscode.ConfigurationTarget.Global);
    assert.equal(setting('trail.days'), 1);
  });
});

function rulers(): readonly unknown[] {
  return vscode.workspace.getConfiguration('editor').get<unknown[]>('rulers') ?? [];
}

/** Until the workbench has read the file. */
function heard(isTrue: () => boolean): Promise<void> {
  if (isTrue()) return Promise.resolve();
  return new Promise(resolve => {
    const listening = vscode.workspace.onDidChangeConfiguration(() => {
      if (!isTrue()) return;
      listening.dispose();
      resolve();
    });
  });
}
