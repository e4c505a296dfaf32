/** How a person has set Terraform on this computer; never a workspace. */
import * as v from 'valibot';
import { UserError } from '../../base/userError.ts';
import { AnyBackend, type BackendChoice } from './backendChoice.ts';
import type { ToolKind } from './terraformSource.ts';

export interface TerraformSettings {
  readonly preferred: ToolKind;
  /** Absolute paths; what is empty is looked for in PATH. */
  readonly paths: Readonly<Record<ToolKind, string>>;
  /** A CLI configuration file (mirrors, caches); ours, which uses nothing but the registry, when it is empty. */
  readonly cliConfig: string;
  readonly backend: BackendChoice;
  /** An absolute path of a workspace folder → its tenant's name, for those that share states with colleagues. */
  readonly tenants: Readonly<Record<string, string>>;
}

export const DEFAULT_SETTINGS: TerraformSettings = {
  preferred: 'terraform',
  paths: { terraform: '', opentofu: '' },
  cliConfig: '',
  backend: { kind: 'configured' },
  tenants: {},
};

/** @param written as a person wrote it. @throws UserError `terraform.backendSetting` */
export function backendSetting(written: unknown): BackendChoice {
  const read = v.safeParse(AnyBackend, written);
  if (read.success) return read.output;
  const [issue] = read.issues;
  const path = v.getDotPath(issue) ?? 'kind';
  throw new UserError(
    'terraform.backendSetting',
    `The setting "Terraform: Backend" is not complete: ${path}: ${issue.message}. Nothing was planned.`,
    { hint: 'Correct it in the settings: each kind of backend needs the names that its description says.' },
  );
}
