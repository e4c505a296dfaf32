// The extension under test, as the host sees it.
import assert from 'node:assert/strict';
import * as v from 'valibot';
import * as vscode from 'vscode';

const Manifest = v.object({
  contributes: v.object({ commands: v.array(v.object({ command: v.string() })) }),
});

export function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension('no-wing.no-wing');
  assert.ok(found, 'the extension is installed');
  return found;
}

/** With its features constructed, which happens shortly after. @throws what its activation throws. */
export async function activated(): Promise<vscode.Extension<unknown>> {
  const found = extension();
  await found.activate();
  await vscode.commands.executeCommand('noWing.trail.clearFilter');
  return found;
}

export function manifest(): v.InferOutput<typeof Manifest> {
  return v.parse(Manifest, extension().packageJSON);
}
