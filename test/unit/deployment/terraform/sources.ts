/** Sources of Terraform as tests ask for them. */
import type { TerraformSource } from '../../../../src/deployment/terraform/terraformSource.ts';

export function sourceOf(files: Readonly<Record<string, string>>): TerraformSource {
  return {
    engine: 'terraform',
    tenant: 'acme',
    project: 'shop',
    workspace: 'default',
    preferred: 'terraform',
    backend: { kind: 'configured' },
    folder: '/home/alice/shop',
    root: '',
    files: Object.entries(files).map(([path, content]) => ({ path, encoding: 'utf8', content })),
    varFiles: [],
    variables: {},
    runsPrograms: false,
  };
}
