// Starting up: nothing is thrown, logged or loaded that need not be.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { waitFor } from '../setup/waitFor.ts';
import { activated } from './extension.ts';

describe('activation', () => {
  it('succeeds, and offers nothing to other extensions', async () => {
    const { isActive, exports } = await activated();
    assert.equal(isActive, true);
    assert.equal(exports, undefined, 'another extension could use it as this window');
  });

  it('loads no AWS SDK', async () => {
    const { extensionPath } = await activated();
    const loaded = Object.keys(require.cache).filter(file => file.startsWith(extensionPath));
    assert.ok(loaded.includes(join(extensionPath, 'dist', 'extension.cjs')), loaded.join('\n'));
    const chunks = globSync(join(extensionPath, 'dist', 'chunks', '*.cjs'));
    const ofSdk = chunks.filter(file =>
      /AWS4-HMAC-SHA256|aws-sdk-js|AssumeRoleCommand/.test(readFileSync(file, 'utf8')),
    );
    assert.ok(ofSdk.length > 0, 'the chunks of the SDK are recognised');
    assert.deepEqual(
      loaded.filter(file => ofSdk.includes(file)),
      [],
    );
  });

  it('leaves no warning and no error in the log', async () => {
    await activated();
    // The log is written with a delay: an error of which we know marks how far it has come.
    await vscode.commands.executeCommand('noWing.deployment.deployStack');
    const marker = /There is no active agent to deploy as/;
    const lines = await waitFor('the log', async () => {
      const found = logLines('exthost*/no-wing.no-wing/No Wing.log').filter(line =>
        /\[(warning|error)\]/.test(line),
      );
      return found.some(line => marker.test(line)) ? found : undefined;
    });
    assert.deepEqual(
      lines.filter(line => !marker.test(line)),
      [],
    );
  });

  it('does not fail in the log of the extension host', async () => {
    await activated();
    const lines = logLines('exthost*/remoteexthost.log');
    assert.ok(
      lines.some(line => line.includes('no-wing.no-wing')),
      'the log of the host speaks of us',
    );
    assert.deepEqual(
      lines.filter(line => /no-wing/.test(line) && /\[error\]/.test(line)),
      [],
    );
  });
});

/** The harness writes the results beside the data of the server. */
function logLines(name: string): string[] {
  const folder = dirname(process.env['NO_WING_HOST_RESULTS'] ?? '');
  const files = globSync(join(folder, 'data', 'logs', '**', name));
  return files.flatMap(file => readFileSync(file, 'utf8').split('\n'));
}
