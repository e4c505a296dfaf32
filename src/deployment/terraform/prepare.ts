/** From a snapshot to a working copy in which the tool can plan: its own files, its own data, a backend of its own. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../base/userError.ts';
import type { Session } from '../../identity/session.ts';
import type { Run } from '../engine.ts';
import { type Backend, backendFor, OVERRIDE_FILE, overrideText, requireBackend } from './backend.ts';
import { allDeclarations } from './configuration.ts';
import type { Doing } from './faults.ts';
import { explainErrors } from './faults.ts';
import type { TerraformSource } from './terraformSource.ts';
import { validationErrors } from './toolLog.ts';
import { isBelow, readText, rootOf, type WorkFolder, writeSnapshot } from './workFolder.ts';
import { type Bench, command, type Workshop } from './workshop.ts';

/** @returns the backend that it will have. */
export function layOut(
  workshop: Workshop,
  source: TerraformSource,
  folder: WorkFolder,
  run: Run,
  session: Session,
): Backend {
  const endpoint = workshop.endpoint();
  const place = {
    accountId: session.accountId,
    environment: session.profile.environment,
    region: run.region,
    ...(session.marks === undefined ? {} : { sourceIdentity: session.marks.sourceIdentity }),
    states: join(workshop.directory, 'terraform', 'states'),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
  const declared = allDeclarations(source.files).backends[0];
  const backend = backendFor(source.backend, source, place, declared);
  rmSync(folder.path, { recursive: true, force: true });
  writeSnapshot(folder, source);
  const text = overrideText(backend);
  if (text !== undefined) {
    writeFileSync(join(rootOf(folder, source), OVERRIDE_FILE), text, { mode: 0o600, flag: 'wx' });
  }
  return backend;
}

/** @throws UserError */
export async function initialise(
  workshop: Workshop,
  bench: Bench,
  backend: Backend,
  folder: WorkFolder,
  run: Run,
  doing: Doing,
): Promise<void> {
  await command(workshop, bench, ['init', '-input=false', '-no-color', '-json'], run.signal, doing);
  requireBackend(backend, readText(join(folder.data, 'terraform.tfstate')), run.who);
}

/** @throws UserError with the place of the first fault. */
export async function validate(workshop: Workshop, bench: Bench, run: Run, doing: Doing): Promise<void> {
  const { stdout, stderr, exitCode } = await workshop.runTool({
    ...bench,
    args: ['validate', '-no-color', '-json'],
    signal: run.signal,
  });
  if (exitCode !== 0) throw explainErrors(stdout === '' ? [] : validationErrors(stdout), stderr, doing);
}

/** @param creating called before one is made. */
export async function selectWorkspace(
  workshop: Workshop,
  bench: Bench,
  workspace: string,
  run: Run,
  doing: Doing,
  creating: () => void,
): Promise<void> {
  if (workspace === 'default') return;
  const args = ['workspace', 'select', '-no-color', workspace];
  const { exitCode } = await workshop.runTool({ ...bench, args, signal: run.signal });
  if (exitCode === 0) return;
  creating();
  await command(workshop, bench, ['workspace', 'new', '-no-color', workspace], run.signal, doing);
}

/** What is in a snapshot comes from the store as well. @throws UserError `terraform.snapshot` */
export function requireOwnPaths({ root, files, varFiles }: TerraformSource): void {
  const paths = new Set(files.map(({ path }) => path));
  const good = [...paths].every(isBelow) && (root === '' || isBelow(root));
  if (good && varFiles.every(path => paths.has(path)) && paths.size === files.length) return;
  throw new UserError('terraform.snapshot', 'The recorded configuration is not one that No Wing wrote.', {
    hint: 'Deploy from the folder instead.',
  });
}
