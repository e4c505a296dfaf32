/** From a folder and a person's settings to a source: whose state it is, by which name, and the files as they are now. */
import { createHash } from 'node:crypto';
import { basename, relative, sep } from 'node:path';
import { openGround } from './ground.ts';
import { readProject } from './project.ts';
import type { TerraformSettings } from './settings.ts';
import { isName, type TerraformSource } from './terraformSource.ts';

export interface SourceAsk {
  /** The configuration's folder, an absolute path. */
  readonly folder: string;
  /** The workspace folder that it is in: nothing is read outside of it. */
  readonly ground: string;
  readonly workspace: string;
  readonly varFiles: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
}

/** @throws UserError as `readProject` */
export async function terraformSource(
  ask: SourceAsk,
  { preferred, backend, tenants }: TerraformSettings,
): Promise<TerraformSource> {
  const { folder, ground, workspace, varFiles, variables } = ask;
  return {
    engine: 'terraform',
    tenant: tenantOf(ground, tenants),
    project: projectOf(folder, ground),
    workspace,
    preferred,
    backend,
    folder,
    ...(await readProject(await openGround(ground), { folder, varFiles })),
    variables,
    runsPrograms: false,
  };
}

/** Two folders have two names, also when they are called the same; a name that is set is shared on purpose. */
export function tenantOf(ground: string, tenants: TerraformSettings['tenants']): string {
  const set = Object.hasOwn(tenants, ground) ? tenants[ground] : undefined;
  return set ?? `${slug(basename(ground), 50)}-${shortHash(ground)}`;
}

/** Its place in the workspace folder, the same on every computer. */
export function projectOf(folder: string, ground: string): string {
  const path = relative(ground, folder).split(sep).join('/');
  return isName(path) ? path : `${slug(path, 50)}-${shortHash(path)}`;
}

function slug(text: string, most: number): string {
  const slugged = text.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  return slugged.slice(0, most) || 'main';
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
