/**
 * What Terraform or OpenTofu deploys: the files of a configuration as they were when a person asked, and where its
 * state is. Agents may edit the folder meanwhile: what is planned, and what a later roll back plans, is this.
 */
import * as v from 'valibot';
import { AnyBackend } from './backendChoice.ts';

export const TOOLS = ['terraform', 'opentofu'] as const;
export type ToolKind = (typeof TOOLS)[number];

/** A path in the snapshot, with slashes, below its root. */
export const ProjectFile = v.object({
  path: v.string(),
  encoding: v.picklist(['utf8', 'base64']),
  content: v.string(),
});
export type ProjectFile = Readonly<v.InferOutput<typeof ProjectFile>>;

export const TerraformSource = v.object({
  engine: v.literal('terraform'),
  /** Whose state it is, below an environment: two tenants with a project of the same name have nothing in common. */
  tenant: v.string(),
  project: v.string(),
  workspace: v.string(),
  preferred: v.picklist(TOOLS),
  backend: AnyBackend,
  /** Where the folder was, an absolute path, for people. */
  folder: v.string(),
  /** The folder of the configuration in the snapshot; empty when it is the snapshot's root. */
  root: v.string(),
  files: v.array(ProjectFile),
  /** Paths in the snapshot, in their order. */
  varFiles: v.array(v.string()),
  /** Of variables that are not in those files; those that the configuration calls sensitive are never kept. */
  variables: v.record(v.string(), v.string()),
  /** A person has agreed that planning it runs programs on this computer (`data "external"`). */
  runsPrograms: v.boolean(),
});
export type TerraformSource = Readonly<v.InferOutput<typeof TerraformSource>>;

/** The name of what is deployed. */
export function unitName({
  tenant,
  project,
  workspace,
}: Pick<TerraformSource, 'tenant' | 'project' | 'workspace'>): string {
  return `${tenant}/${project}/${workspace}`;
}

/** Of a tenant, a project, a workspace: it becomes a part of paths and keys. */
export function isName(name: string): boolean {
  return /^[A-Za-z0-9][\w.-]{0,63}$/.test(name);
}
