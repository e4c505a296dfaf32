// What the manifest promises, held against the running workbench.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { COMMANDS, VIEWS } from '../../src/ui/contributions.ts';
import { activated, manifest } from './extension.ts';

describe('commands', () => {
  it('of the manifest are all registered, and nothing else under noWing', async () => {
    await activated();
    // VS Code makes these for each view.
    const made = ['focus', 'open', 'removeView', 'resetViewLocation', 'toggleVisibility'];
    const ofViews = new Set(VIEWS.flatMap(view => made.map(action => `${view}.${action}`)));
    const registered = (await vscode.commands.getCommands(true)).filter(id => id.startsWith('noWing.'));
    const own = registered.filter(id => !ofViews.has(id)).sort();
    assert.deepEqual(own, Object.keys(COMMANDS).sort());
    assert.deepEqual(
      manifest()
        .contributes.commands.map(({ command }) => command)
        .sort(),
      own,
    );
  });

  it('that speak of a row do nothing, and raise no error, when there is none', async () => {
    await activated();
    const ofRows = [
      'deployment.openConsole',
      'deployment.openReport',
      'deployment.verify',
      'trail.openEvent',
    ];
    for (const id of ofRows)
      for (const argument of [undefined, 'no such id', { id: 'no such id' }, 42])
        await vscode.commands.executeCommand(`noWing.${id}`, argument);
    assert.equal(vscode.window.activeTextEditor, undefined);
  });

  it('open the views', async () => {
    await activated();
    for (const view of VIEWS) await vscode.commands.executeCommand(`${view}.focus`);
  });
});
