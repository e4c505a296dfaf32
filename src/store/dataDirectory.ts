/** Where No Wing keeps its own files: one place per user, the same for every window and for the command line. */
import { homedir } from 'node:os';
import { join } from 'node:path';

const NAME = 'no-wing';

/** The store itself, in that place. */
export const DATABASE_FILE = 'no-wing.db';

export function dataDirectory(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), NAME);
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', NAME);
  return join(env['XDG_DATA_HOME'] || join(home, '.local', 'share'), NAME);
}
