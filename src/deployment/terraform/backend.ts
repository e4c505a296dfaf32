/**
 * The backend that a working copy is given. The key has the tenant, the environment with its account and Region, and the
 * project in it; workspaces lie below. So two of them that differ in any of these share no state and no lock.
 */
import { join } from 'node:path';
import * as v from 'valibot';
import { UserError } from '../../base/userError.ts';
import type { Environment } from '../../identity/profile.ts';
import type { BackendChoice } from './backendChoice.ts';
import { foreignBackendSettings, otherIdentity } from './foreignIdentity.ts';
import type { TerraformSource } from './terraformSource.ts';

export interface BackendPlace {
  readonly accountId: string;
  readonly environment: Environment;
  readonly region: string;
  /** The session's, which a role for the state gets as well. */
  readonly sourceIdentity?: string;
  /** Where local states are: a folder of No Wing's own. */
  readonly states: string;
  /** Another address of AWS than its own. */
  readonly endpoint?: string;
}

export interface Backend {
  /** `undefined`: the configuration's own. */
  readonly override:
    | { readonly type: string; readonly config: Readonly<Record<string, unknown>> }
    | undefined;
  /** For a person: "s3://states/no-wing/…". */
  readonly label: string;
}

type Unit = Pick<TerraformSource, 'tenant' | 'project'>;

/** @param declared the backend that the configuration has itself. */
export function backendFor(
  choice: BackendChoice,
  unit: Unit,
  place: BackendPlace,
  declared: string | undefined,
): Backend {
  switch (choice.kind) {
    case 'configured':
      if (declared === undefined) return local(unit, place);
      return { override: undefined, label: `the configuration's own backend (${declared})` };
    case 'local':
      return local(unit, place);
    case 's3':
      return s3(choice, keyOf(unit, place, choice.prefix), place);
    case 'gcs':
      return gcs(choice, keyOf(unit, place, choice.prefix));
    case 'azurerm':
      return azure(choice, keyOf(unit, place, choice.prefix));
  }
}

function keyOf({ tenant, project }: Unit, place: BackendPlace, prefix = 'no-wing'): string {
  const { environment, accountId, region } = place;
  return [prefix, tenant, `${environment}-${accountId}-${region}`, project]
    .map(part => part.replace(/^\/+|\/+$/g, ''))
    .filter(part => part !== '')
    .join('/');
}

function local(unit: Unit, place: BackendPlace): Backend {
  const folder = join(place.states, ...keyOf(unit, place, '').split('/'));
  return {
    override: {
      type: 'local',
      config: { path: join(folder, 'terraform.tfstate'), workspace_dir: join(folder, 'workspaces') },
    },
    label: `this computer, ${folder}`,
  };
}

function s3(choice: Extract<BackendChoice, { kind: 's3' }>, key: string, place: BackendPlace): Backend {
  const { bucket, region, kmsKeyId } = choice;
  const config = {
    bucket,
    region,
    key: `${key}/terraform.tfstate`,
    // The key follows it once more, so that the states of workspaces are apart as well.
    workspace_key_prefix: `${key}/workspaces`,
    encrypt: true,
    use_lockfile: true,
    ...(kmsKeyId === undefined ? {} : { kms_key_id: kmsKeyId }),
    ...assumedRole(choice, place),
    ...(place.endpoint === undefined ? {} : { use_path_style: true }),
  };
  return { override: { type: 's3', config }, label: `s3://${bucket}/${key}/terraform.tfstate` };
}

/** With the same source identity: CloudTrail shows for whom the state was read and written. */
function assumedRole(
  { roleArn, externalId }: Extract<BackendChoice, { kind: 's3' }>,
  { sourceIdentity }: BackendPlace,
): Readonly<Record<string, unknown>> {
  if (roleArn === undefined) return {};
  return {
    assume_role: {
      role_arn: roleArn,
      ...(externalId === undefined ? {} : { external_id: externalId }),
      ...(sourceIdentity === undefined ? {} : { source_identity: sourceIdentity }),
    },
  };
}

function gcs({ bucket }: Extract<BackendChoice, { kind: 'gcs' }>, key: string): Backend {
  return { override: { type: 'gcs', config: { bucket, prefix: key } }, label: `gs://${bucket}/${key}` };
}

function azure(choice: Extract<BackendChoice, { kind: 'azurerm' }>, key: string): Backend {
  const { storageAccount, container, resourceGroup } = choice;
  const config = {
    storage_account_name: storageAccount,
    container_name: container,
    key: `${key}/terraform.tfstate`,
    ...(resourceGroup === undefined ? {} : { resource_group_name: resourceGroup }),
  };
  return {
    override: { type: 'azurerm', config },
    label: `Azure Blob ${storageAccount}/${container}/${key}/terraform.tfstate`,
  };
}

/** A file that Terraform reads after all others: its backend is the one that counts. */
export const OVERRIDE_FILE = '~no_wing_override.tf.json';

export function overrideText({ override }: Backend): string | undefined {
  if (override === undefined) return undefined;
  return JSON.stringify({ terraform: { backend: { [override.type]: override.config } } });
}

const Initialised = v.object({
  backend: v.object({ type: v.string(), config: v.record(v.string(), v.unknown()) }),
});

/** The configuration's own is read and written as the agent too. @throws UserError `terraform.otherIdentity` */
function requireOwnAccess(found: v.InferOutput<typeof Initialised>['backend'] | undefined): void {
  if (found?.type !== 's3') return;
  const names = Object.entries(found.config).flatMap(([name, value]) => (isSet(value) ? [name] : []));
  const others = foreignBackendSettings(names);
  if (others.length > 0) throw otherIdentity('The state', [`backend s3 sets ${others.join(', ')}`]);
}

function isSet(value: unknown): boolean {
  return value !== null && value !== undefined && value !== '' && value !== false;
}

/**
 * Whatever the configuration's files say: what `init` recorded has to be what was generated.
 * @throws UserError `terraform.otherBackend`
 */
export function requireBackend(backend: Backend, recorded: string | undefined, who: string): void {
  const { override } = backend;
  const found = recorded === undefined ? undefined : v.parse(Initialised, JSON.parse(recorded)).backend;
  if (override === undefined) {
    requireOwnAccess(found);
    return;
  }
  const config = found?.config ?? {};
  const same = Object.entries(override.config).every(
    ([name, value]) => typeof value === 'object' || config[name] === value,
  );
  if (found?.type === override.type && same) return;
  throw new UserError(
    'terraform.otherBackend',
    `The configuration keeps its state elsewhere than No Wing has set for ${who}: it overrides ${backend.label}.`,
    { hint: 'Remove the backend from its override files, then plan again. Nothing was changed.' },
  );
}
