// Files as the doctor finds them, and findings as tests compare them.
import type { FoundFile } from '../../../../src/broker/doctor/files.ts';
import type { Finding } from '../../../../src/broker/doctor/report.ts';

export const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYzz9Z9Z9Z9Z';
export const KEY = 'AKIAQNZGKIQY56JQ7WML';

export function file(path: string, text: string, mode = 0o600): FoundFile {
  return { path, text, mode, cut: false };
}

/** `high sharedFiles.key:/f:default @/f:2` */
export function short({ severity, id, where }: Finding): string {
  const line = where?.line === undefined ? '' : `:${where.line}`;
  return `${severity} ${id}${where ? ` @${where.file}${line}` : ''}`;
}

export const whose = (): string => 'user alice';
