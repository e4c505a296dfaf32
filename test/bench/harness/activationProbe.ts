// Runs inside the extension host: activates the extensions named, in that order, and reads what it cost.
import { writeFileSync } from 'node:fs';
import * as vscode from 'vscode';

/** In milliseconds, as VS Code reports them. */
export interface Activation {
  readonly id: string;
  readonly load: number;
  readonly call: number;
  readonly finish: number;
}

export async function run(): Promise<void> {
  const ids = (process.env['NO_WING_BENCH_ORDER'] ?? '').split(',');
  for (const id of ids) await activate(id);
  const file = process.env['NO_WING_HOST_RESULTS'] ?? '';
  writeFileSync(file, JSON.stringify(parseActivations(await performanceReport(ids))));
}

async function activate(id: string): Promise<void> {
  const extension = vscode.extensions.getExtension(id);
  if (!extension) throw new Error(`${id} is not here`);
  await extension.activate();
}

async function performanceReport(ids: readonly string[]): Promise<string> {
  await vscode.commands.executeCommand('perfview.show');
  return new Promise(resolve => {
    const look = () => {
      const report = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'perf')?.getText() ?? '';
      if (ids.every(id => report.includes(id))) resolve(report);
    };
    vscode.workspace.onDidOpenTextDocument(look);
    vscode.workspace.onDidChangeTextDocument(look);
    look();
  });
}

/** Rows look like `| publisher.name | false | 17 | 0 | 1 | event | by |`. */
function parseActivations(report: string): Activation[] {
  return report
    .split('\n')
    .map(line => line.split('|').map(cell => cell.trim()))
    .filter(([, id, eager]) => id?.includes('.') && (eager === 'true' || eager === 'false'))
    .map(([, id = '', , load, call, finish]) => ({
      id,
      load: Number(load),
      call: Number(call),
      finish: Number(finish),
    }));
}
