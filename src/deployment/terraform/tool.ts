/**
 * Which program plans and applies: the preferred one, else the other with a warning. It is never one that lies in the
 * workspace: whoever may write there would otherwise run as the agent, with a plan that a person has approved.
 */
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, sep } from 'node:path';
import * as v from 'valibot';
import { UserError } from '../../base/userError.ts';
import type { TerraformSettings } from './settings.ts';
import type { ToolKind } from './terraformSource.ts';

export interface FoundTool {
  readonly kind: ToolKind;
  /** Absolute, without links. */
  readonly path: string;
  /** Why it is not the preferred one. */
  readonly warning?: string;
}

export interface Tool extends FoundTool {
  readonly version: string;
}

export const TOOL_NAMES: Readonly<Record<ToolKind, string>> = {
  terraform: 'Terraform',
  opentofu: 'OpenTofu',
};
const PROGRAMS: Readonly<Record<ToolKind, string>> = { terraform: 'terraform', opentofu: 'tofu' };
const OTHER: Readonly<Record<ToolKind, ToolKind>> = { terraform: 'opentofu', opentofu: 'terraform' };

export interface ToolPlace {
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  /** Folders whose programs are not trusted. */
  readonly workspaces: readonly string[];
}

/** @throws UserError `terraform.notInstalled`, `terraform.notUsable` */
export function findTool(
  preferred: ToolKind,
  paths: TerraformSettings['paths'],
  place: ToolPlace,
): FoundTool {
  const first = locate(preferred, paths, place);
  if (first !== undefined) return { kind: preferred, path: first };
  const other = OTHER[preferred];
  const second = locate(other, paths, place);
  if (second === undefined) throw notInstalled(preferred);
  const warning = `${TOOL_NAMES[preferred]} is not installed: ${TOOL_NAMES[other]} was used instead.`;
  return { kind: other, path: second, warning };
}

function locate(
  kind: ToolKind,
  paths: TerraformSettings['paths'],
  { env, platform, workspaces }: ToolPlace,
): string | undefined {
  const set = paths[kind].trim();
  if (set !== '') return usable(set, workspaces) ?? refuse(kind, set);
  const program = platform === 'win32' ? `${PROGRAMS[kind]}.exe` : PROGRAMS[kind];
  for (const folder of (env['PATH'] ?? env['Path'] ?? '').split(delimiter)) {
    const path = isAbsolute(folder) ? usable(join(folder, program), workspaces) : undefined;
    if (path !== undefined) return path;
  }
  return undefined;
}

/** What a link in a trusted folder leads to counts as well. */
function usable(path: string, workspaces: readonly string[]): string | undefined {
  if (!isAbsolute(path) || workspaces.some(folder => isIn(path, folder))) return undefined;
  try {
    const real = realpathSync(path);
    accessSync(real, constants.X_OK);
    if (!statSync(real).isFile()) return undefined;
    return workspaces.some(folder => isIn(real, realOf(folder))) ? undefined : real;
  } catch {
    return undefined;
  }
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function realOf(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

function refuse(kind: ToolKind, path: string): never {
  throw new UserError(
    'terraform.notUsable',
    `${TOOL_NAMES[kind]} cannot be used from where the settings say: ${path}`,
    {
      hint: 'The path has to be absolute, lead to a program, and lie outside of the workspace. Correct the setting or empty it.',
    },
  );
}

function notInstalled(preferred: ToolKind): UserError {
  return new UserError(
    'terraform.notInstalled',
    `Neither ${TOOL_NAMES[preferred]} nor ${TOOL_NAMES[OTHER[preferred]]} is installed here. Nothing was planned.`,
    { hint: 'Install one of them, or set its path in the settings of No Wing (Terraform: Path).' },
  );
}

const VersionAnswer = v.object({ terraform_version: v.string() });

/** Locks in S3 without a table, workspaces that are made when they are selected, plans that say all in JSON. */
const OLDEST: readonly [number, number] = [1, 10];

/** @param answer of `version -json`. @throws UserError `terraform.version`, `terraform.notUsable` */
export function toolOf(found: FoundTool, answer: string): Tool {
  const version = versionIn(answer);
  if (version === undefined) return refuse(found.kind, found.path);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return { ...found, version };
  throw new UserError(
    'terraform.version',
    `${TOOL_NAMES[found.kind]} ${version} is too old for No Wing, which needs ${OLDEST.join('.')} or later: ${found.path}`,
    { hint: 'Install a newer one, or set the path of one in the settings. Nothing was planned.' },
  );
}

function versionIn(answer: string): string | undefined {
  try {
    return v.parse(VersionAnswer, JSON.parse(answer)).terraform_version;
  } catch {
    return undefined;
  }
}
