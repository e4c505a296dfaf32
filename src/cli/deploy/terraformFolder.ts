/**
 * A folder of Terraform. Where its state is and whose it is, the settings of the window know: so it is deployed from a
 * window first, and from then on as it was there.
 */
import type { Deployment } from '../../deployment/deployment.ts';
import type { Deployments } from '../../deployment/deployments.ts';
import { terraformSource } from '../../deployment/terraform/projectSource.ts';
import { DEFAULT_SETTINGS } from '../../deployment/terraform/settings.ts';
import { type TerraformSource, unitName } from '../../deployment/terraform/terraformSource.ts';
import { wrong } from '../commandLine.ts';
import { parametersOf, type SourceAsk, type Sourced } from './sourced.ts';

/** @throws UserError `cli.usage` when no window has deployed it; `terraform.*` */
export async function terraformFolder({ desk, line }: SourceAsk, folder: string): Promise<Sourced> {
  const { deployments } = await desk.features();
  const before = lastOf(deployments, folder);
  if (!before)
    throw wrong(
      'No window has deployed this folder yet: its settings say where the state is.',
      'In VS Code, run "No Wing: Deploy Terraform as Agent" on the folder once.',
    );
  const { last, deployment } = before;
  const ground = deployment.folder ?? folder;
  const { workspace, varFiles, preferred, backend, tenant } = last;
  const settings = { ...DEFAULT_SETTINGS, preferred, backend, tenants: { [ground]: tenant } };
  const variables = { ...last.variables, ...parametersOf(line) };
  const source = await terraformSource({ folder, ground, workspace, varFiles, variables }, settings);
  return { source, stackName: unitName(source), folder: ground, dispose: () => undefined };
}

function lastOf(
  deployments: Pick<Deployments, 'list' | 'source'>,
  folder: string,
): { last: TerraformSource; deployment: Deployment } | undefined {
  for (const deployment of deployments.list()) {
    if (deployment.engine !== 'terraform' || deployment.askedBy.door !== 'window') continue;
    const last = deployments.source(deployment.id);
    if (last?.engine === 'terraform' && last.folder === folder) return { last, deployment };
  }
  return undefined;
}
