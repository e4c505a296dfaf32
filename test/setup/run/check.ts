// Checks the types of each project: what runs in webviews has the browser's instead of Node's.
import { spawnSync } from 'node:child_process';
import { repoRoot } from '../places.ts';

const projects = ['.', 'src/ui/webview'];
const tsc = 'node_modules/typescript/bin/tsc';
const failed = projects.filter(
  project =>
    spawnSync(process.execPath, [tsc, '-p', project], { cwd: repoRoot, stdio: 'inherit' }).status !== 0,
);
process.exitCode = failed.length === 0 ? 0 : 1;
