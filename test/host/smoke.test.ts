// The extension, as packaged, starts in a real extension host.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('the extension', () => {
  it('activates', async () => {
    const extension = vscode.extensions.all.find(({ packageJSON }) => packageJSON.name === 'no-wing');
    assert.ok(extension, 'it is installed');
    await extension.activate();
    assert.equal(extension.isActive, true);
  });
});
