// Temporary folders with short names: unix sockets are made in them, whose paths may have 108 bytes at most.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function scratchFolder(): string {
  return mkdtempSync(join(tmpdir(), 'nw-'));
}
