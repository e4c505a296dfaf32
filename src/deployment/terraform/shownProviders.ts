/** The providers of a plan, as `show -json` tells them: as whom they would act, and in which Region. Pure. */
import { type Fact, known, unknown } from '../../guardrail/fact.ts';
import { fieldsOf } from './changes.ts';
import { foreignSettings, otherIdentity } from './foreignIdentity.ts';
import type { Module, Provider, ResourceChange, ShownPlan } from './shownPlan.ts';

/** @throws UserError `terraform.otherIdentity` */
export function requireOwnIdentity({ configuration }: ShownPlan, stackName: string): void {
  const others = Object.entries(configuration.provider_config ?? {})
    .filter(([, provider]) => isAws(provider))
    .map(([key, { expressions }]) => ({ key, names: foreignSettings(setIn(expressions)) }))
    .filter(({ names }) => names.length > 0);
  if (others.length === 0) return;
  throw otherIdentity(
    stackName,
    others.map(({ key, names }) => `provider ${key} sets ${names.join(', ')}`),
  );
}

function isAws({ name, full_name }: Provider): boolean {
  return name === 'aws' || full_name.endsWith('/aws');
}

/** A block that is not there may be told as an empty list. */
function setIn(expressions: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(expressions).flatMap(([name, value]) =>
    Array.isArray(value) && value.length === 0 ? [] : [name],
  );
}

export type RegionOf = (resource: ResourceChange) => Fact<string> | undefined;

/** @returns what tells where a resource will be; undefined for the Region of the deployment. */
export function regionsIn({ configuration }: ShownPlan): RegionOf {
  const providers = configuration.provider_config ?? {};
  const resources = new Map(resourcesIn(configuration.root_module ?? {}));
  return resource => {
    if (!resource.type.startsWith('aws_')) return undefined;
    const { region } = fieldsOf(resource.change.after);
    if (typeof region === 'string') return known(region);
    const configured = resources.get(withoutKeys(resource.address));
    const own = regionIn(configured?.expressions);
    return own ?? regionIn(providerOf(providers, configured?.provider_config_key)?.expressions);
  };
}

type Configured = NonNullable<Module['resources']>[number];

function resourcesIn(module: Module, prefix = ''): [string, Configured][] {
  const own = (module.resources ?? []).map((resource): [string, Configured] => [
    `${prefix}${resource.address}`,
    resource,
  ]);
  const called = Object.entries(module.module_calls ?? {}).flatMap(([name, call]) =>
    resourcesIn(call.module ?? {}, `${prefix}module.${name}.`),
  );
  return [...own, ...called];
}

/** `module.a["x"].aws_instance.b[0]` → `module.a.aws_instance.b` */
export function withoutKeys(address: string): string {
  return address.replace(/\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/g, '');
}

/** A module that has none of its own uses that of the module around it. */
function providerOf(
  providers: Readonly<Record<string, Provider>>,
  key: string | undefined,
): Provider | undefined {
  if (key === undefined) return undefined;
  return providers[key] ?? providers[key.slice(key.lastIndexOf(':') + 1)];
}

function regionIn(expressions: Readonly<Record<string, unknown>> | undefined): Fact<string> | undefined {
  if (expressions === undefined || !Object.hasOwn(expressions, 'region')) return undefined;
  const { constant_value } = fieldsOf(expressions['region']);
  if (typeof constant_value === 'string') return known(constant_value);
  return unknown('its Region is computed by the configuration');
}
