// `npm run test:desktop`: the tests of the extension host in a desktop VS Code, which is downloaded first.
// On Linux with a keyring and an AWS of its own, as in the other host; elsewhere with neither.
import { existsSync, mkdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { cleanEnv } from '../../setup/cleanEnv.ts';
import { removeFolder } from '../../setup/ownedProcess.ts';
import { packageVsix, thisTarget } from '../../setup/packageVsix.ts';
import { cacheRoot } from '../../setup/places.ts';
import { chosenNames } from '../../setup/run/choice.ts';
import { scratchFolder } from '../../setup/scratchFolder.ts';
import { bundleTests } from './bundleTests.ts';
import { reportHost } from './reportHost.ts';
import { withSurroundings } from './surroundings.ts';

const dir = scratchFolder();
try {
  const vscodeExecutablePath = await download();
  await withSurroundings(surroundings => main(vscodeExecutablePath, surroundings));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await removeFolder(dir);
}

async function main(vscodeExecutablePath: string, surroundings: Record<string, string>): Promise<void> {
  const results = join(dir, 'results.json');
  const { folder } = await packageVsix(thisTarget());
  const settled = await runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: folder,
    extensionTestsPath: await bundleTests(),
    launchArgs: await launchArguments(),
    extensionTestsEnv: hideOurs({
      ...surroundings,
      NO_WING_HOST_RESULTS: results,
      NO_WING_HOST_GREP: chosenNames() ?? '',
    }),
  }).catch((error: unknown) => error);
  if (!existsSync(results)) throw new Error(`VS Code ended without results: ${settled}`);
  reportHost(JSON.parse(await readFile(results, 'utf8')));
}

async function download(): Promise<string> {
  const version = process.env['NO_WING_VSCODE_VERSION'] ?? 'stable';
  try {
    return await downloadAndUnzipVSCode({ version, cachePath: join(cacheRoot, 'vscode') });
  } catch (error) {
    throw new Error(
      `VS Code ${version} cannot be downloaded here: ${error instanceof Error ? error.message : error}\n` +
        'The same tests run in another host, without this download: npm run test:host',
      { cause: error },
    );
  }
}

async function launchArguments(): Promise<string[]> {
  const data = join(dir, 'data');
  mkdirSync(join(data, 'User'), { recursive: true });
  await writeFile(join(data, 'User', 'settings.json'), JSON.stringify({ 'telemetry.telemetryLevel': 'off' }));
  const folders = [dir, `--user-data-dir=${data}`, `--extensions-dir=${join(dir, 'ext')}`];
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return [
    ...folders,
    '--disable-workspace-trust',
    '--skip-welcome',
    '--skip-release-notes',
    '--disable-gpu',
    ...root,
  ];
}

// The environment given is laid over ours, so what must not get through has to be named and left undefined.
function hideOurs(env: Record<string, string>): Record<string, string | undefined> {
  const kept = cleanEnv();
  const foreign = Object.keys(process.env).filter(name => !(name in kept) && name !== 'DISPLAY');
  return { ...Object.fromEntries(foreign.map(name => [name, undefined])), HOME: dir, ...env };
}
