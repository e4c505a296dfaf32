/** Keys in files of a workspace and of other tools, found by their shapes alone. Pure. */
import { shortKeyId } from '../../base/redact.ts';
import type { FoundFile } from './files.ts';
import { type PlainKey, plainKeys } from './plainKeys.ts';
import type { Finding, Outcome } from './report.ts';

/** Below the home folder: boto, s3cmd, s3fs, rclone. */
export const TOOL_FILES: readonly string[] = [
  '.boto',
  '.s3cfg',
  '.passwd-s3fs',
  '.config/rclone/rclone.conf',
  '.mrjob.conf',
];

export interface LooseKeys {
  readonly files: readonly FoundFile[];
  readonly whose: (accessKeyId: string) => string;
  readonly where: 'workspace' | 'tool';
}

export function judgeLooseKeys({ files, whose, where }: LooseKeys): Outcome {
  return {
    findings: files.flatMap(file => plainKeys(file.text).map(key => finding(file, key, whose, where))),
    unchecked: files.filter(({ cut }) => cut).map(({ path }) => `${path} is too large to be read whole.`),
  };
}

const FIXES: Readonly<Record<LooseKeys['where'], string>> = {
  workspace:
    'Take it out of the file, and let the program find its identity in its environment. If the file was ever committed or shared, make a new key in IAM and delete this one.',
  tool: 'Most of these tools can use the environment instead. Take the key out, and run them in a terminal that No Wing opens as you.',
};

function finding(
  { path }: FoundFile,
  key: PlainKey,
  whose: LooseKeys['whose'],
  where: LooseKeys['where'],
): Finding {
  const place = { file: path, line: key.line };
  return {
    id: `looseKeys:${path}:${shortKeyId(key.accessKeyId)}`,
    severity: key.temporary ? 'medium' : 'high',
    title:
      where === 'workspace'
        ? 'An AWS key lies in the workspace'
        : 'An AWS key lies in the file of another tool',
    what: `${where === 'workspace' ? 'An agent reads the files of its workspace first of all' : 'Every process of yours, so every agent, can read it'}: with key ${shortKeyId(key.accessKeyId)} it acts as ${whose(key.accessKeyId)}.`,
    where: place,
    fix: FIXES[where],
    action: { type: 'openFile', place },
  };
}
