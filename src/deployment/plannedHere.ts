/**
 * What lay in the store, as this window may plan it. Whose state it is, where that is kept and which folder is read are
 * told by the window and its settings; what was stored is at most a wish. Pure.
 */
import { relative, resolve } from 'node:path';
import { UserError } from '../base/userError.ts';
import { localFiles } from './cloudformation/localFiles.ts';
import type { DeployRequest } from './engine.ts';
import { fromStore } from './fromStore.ts';
import type { CloudFormationSource } from './source.ts';
import { projectOf, tenantOf } from './terraform/projectSource.ts';
import type { TerraformSettings } from './terraform/settings.ts';
import { type TerraformSource, unitName } from './terraform/terraformSource.ts';

/** The part of a request that is judged anew. */
export type Wish = Pick<DeployRequest, 'stackName' | 'operation' | 'source' | 'folder' | 'reverses'>;

export interface Here {
  /** The workspace folder of this window that a path is in; undefined when none is, or it is not trusted. */
  readonly groundOf: (path: string) => string | undefined;
  /** As the person has set them on this computer. */
  readonly terraform: () => Pick<TerraformSettings, 'preferred' | 'backend' | 'tenants'>;
}

/** @throws UserError `deployment.notOpenHere`, `deployment.otherState`, `template.syntax` */
export function plannedHere(wish: Wish, here: Here): Wish {
  const source = fromStore(wish.source);
  if (source.engine === 'terraform') return projectHere(wish, source, here);
  const { folder, ...rest } = wish;
  const ground = folder === undefined ? undefined : here.groundOf(resolve(folder));
  const own = (stack: CloudFormationSource): CloudFormationSource => stackHere(stack, wish, ground);
  return {
    ...rest,
    source: source.engine === 'cdk' ? { ...source, stack: own(source.stack) } : own(source),
    ...(ground === undefined ? {} : { folder: ground }),
  };
}

/** Its files come from the folder that the window knows, from where the template's own place is told too. */
function stackHere(
  stack: CloudFormationSource,
  { stackName, operation, folder }: Wish,
  ground: string | undefined,
): CloudFormationSource {
  const { template } = stack;
  if (folder !== undefined && ground !== undefined) {
    if (resolve(folder) === ground) return stack;
    const name = relative(ground, resolve(folder, template.name));
    return { ...stack, template: { ...template, name } };
  }
  if (operation === 'destroy') return stack;
  const [file] = localFiles(template.text, template.name);
  if (file === undefined) return stack;
  const place = folder === undefined ? 'this computer' : folder;
  throw notOpenHere(`Planning ${stackName} publishes ${file.written} of ${place}`);
}

function projectHere(wish: Wish, stored: TerraformSource, here: Here): Wish {
  const folder = resolve(stored.folder);
  const ground = here.groundOf(folder);
  if (ground === undefined) throw notOpenHere(`Planning ${wish.stackName} runs the project in ${folder}`);
  const { preferred, backend, tenants } = here.terraform();
  const place = { tenant: tenantOf(ground, tenants), project: projectOf(folder, ground), folder };
  const source: TerraformSource = { ...stored, ...place, preferred, backend };
  const stackName = unitName(source);
  if (wish.reverses !== undefined && stackName !== wish.stackName) throw otherState(wish, stackName);
  return { ...wish, stackName, source, folder: ground };
}

function notOpenHere(what: string): UserError {
  return new UserError(
    'deployment.notOpenHere',
    `${what}, which is not in a trusted folder of this window. Nothing was planned.`,
    { hint: 'Open that folder in VS Code, trust it if you do, and review the deployment there.' },
  );
}

/** What is taken back lies in one state; in another there is nothing of it. */
function otherState({ stackName }: Wish, now: string): UserError {
  return new UserError(
    'deployment.otherState',
    `${stackName} cannot be rolled back here: by the settings of this window, the state of its folder is ${now}.`,
    { hint: 'Set "Terraform: Tenants" as it was, or open the folder as it was opened then.' },
  );
}
