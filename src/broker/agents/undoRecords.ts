/** What undoing needs to know, a file for each tool beside ours. */
import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { privateFolder } from '../identityFiles.ts';
import type { AgentTool } from './agentTool.ts';
import type { ConfigFile } from './configFile.ts';
import { UndoRecord } from './setUpPlan.ts';

type Tool = Pick<AgentTool, 'id'>;

/** A record of another file, from before the tool's folder was moved, is none of this one. */
export function readRecord(
  directory: string,
  tool: Tool,
  { target }: Pick<ConfigFile, 'target'>,
): UndoRecord | undefined {
  try {
    const record = v.parse(UndoRecord, JSON.parse(readFileSync(recordPath(directory, tool), 'utf8')));
    return record.file === target ? record : undefined;
  } catch {
    return undefined;
  }
}

/** @param record undefined takes it away. @throws the file system's error. */
export function writeRecord(directory: string, tool: Tool, record: UndoRecord | undefined): void {
  const path = recordPath(directory, tool);
  if (!record) {
    rmSync(path, { force: true });
    return;
  }
  privateFolder(join(directory, 'agents'));
  const next = `${path}.${randomUUID().slice(0, 8)}`;
  writeFileSync(next, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(next, path);
}

function recordPath(directory: string, { id }: Tool): string {
  return join(directory, 'agents', `${id}.json`);
}
