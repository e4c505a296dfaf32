/** The output channel "No Wing", behind the redactor. */
import * as vscode from 'vscode';
import { type Log, redactedLog } from '../base/log.ts';

export interface OutputLog extends Log, vscode.Disposable {
  show(): void;
}

export function createOutputLog(): OutputLog {
  const channel = vscode.window.createOutputChannel('No Wing', { log: true });
  return { ...redactedLog(channel), show: () => channel.show(), dispose: () => channel.dispose() };
}
