/**
 * A plan's resources as guardrails see them. What runs a program on this computer (provisioners, `external`) is never
 * let through without a question: no rule can look into it.
 */

import { known } from '../../guardrail/fact.ts';
import { resourceFacts } from '../../guardrail/facts/resourceFacts.ts';
import { canonicalType } from '../../guardrail/facts/typeAliases.ts';
import { type Properties, Unresolved, type Value, valueFrom } from '../../guardrail/facts/value.ts';
import type { Facts, GuardedResource } from '../../guardrail/guardedResource.ts';
import { awsProperties } from './awsProperties.ts';
import { actionOf, fieldsOf, isChange, isReplaced } from './changes.ts';
import type { Module, ResourceChange, ShownPlan } from './shownPlan.ts';
import { regionsIn, withoutKeys } from './shownProviders.ts';

export interface Program {
  /** The address in the configuration, without keys of instances. */
  readonly address: string;
  /** "provisioner local-exec", "data external". */
  readonly what: string;
}

export function guardedResources(plan: ShownPlan): GuardedResource[] {
  const programs = programsIn(plan.configuration.root_module ?? {});
  const byAddress = new Map(programs.map(program => [program.address, program]));
  const regionOf = regionsIn(plan);
  const managed = plan.resource_changes.filter(({ mode }) => mode === 'managed');
  return [
    ...managed.map(resource => {
      const program = byAddress.get(withoutKeys(resource.address));
      const region = regionOf(resource);
      return guardedResource(resource, {
        ...factsOf(resource),
        ...(region === undefined ? {} : { region }),
        ...(program === undefined ? {} : { unreadable: runs(program) }),
      });
    }),
    ...programs.filter(({ what }) => what === EXTERNAL).map(externalProgram),
  ];
}

const EXTERNAL = 'data external';

export function programsIn(module: Module, prefix = ''): Program[] {
  const own = (module.resources ?? []).flatMap(({ address, mode, type, provisioners = [] }) => {
    const full = `${prefix}${address}`;
    if (mode === 'data' && type === 'external') return [{ address: full, what: EXTERNAL }];
    const kinds = [...new Set(provisioners.map(provisioner => provisioner.type))].join(', ');
    return kinds === '' ? [] : [{ address: full, what: `provisioner ${kinds}` }];
  });
  const called = Object.entries(module.module_calls ?? {}).flatMap(([name, call]) =>
    programsIn(call.module ?? {}, `${prefix}module.${name}.`),
  );
  return [...own, ...called];
}

function guardedResource(resource: ResourceChange, facts: Facts): GuardedResource {
  const { address, type } = resource;
  const action = isChange(resource) ? actionOf(resource) : 'unchanged';
  return {
    address,
    type,
    action: action === 'sync' ? 'modify' : action,
    replacement: isReplaced(resource) ? 'yes' : 'no',
    facts,
  };
}

function externalProgram(program: Program): GuardedResource {
  const facts: Facts = { unreadable: runs(program), charges: [] };
  return { address: program.address, type: 'external', action: 'decidedLater', replacement: 'no', facts };
}

function runs({ what }: Program): string {
  return `it runs a program on this computer (${what})`;
}

/** They are in the state alone: nothing of them is in AWS, and nothing is lost with them. */
const IN_STATE_ONLY = /^(?:terraform_data|null_resource|random_\w+|time_\w+)$/;

function factsOf({ type, change }: ResourceChange): Facts {
  if (IN_STATE_ONLY.test(type)) return { stateful: known(false), charges: [] };
  const gone = change.after === null || change.after === undefined;
  const properties = gone
    ? valuesOf(change.before, change.before_sensitive, undefined)
    : valuesOf(change.after, change.after_sensitive, change.after_unknown);
  const canonical = canonicalType(type);
  return resourceFacts({ type: canonical, properties: awsProperties(type, properties) });
}

function valuesOf(value: unknown, sensitive: unknown, unknown: unknown): Properties {
  const [values, marks, later] = [fieldsOf(value), fieldsOf(sensitive), fieldsOf(unknown)];
  const names = new Set([...Object.keys(values), ...Object.keys(later)]);
  return Object.fromEntries(
    [...names].map(name => [name, resolved(values[name], marks[name], later[name])] as const),
  );
}

/** A value that is secret may be anything: marking a policy so does not hide it from a rule. */
function resolved(value: unknown, sensitive: unknown, unknown: unknown): Value {
  if (sensitive === true) return new Unresolved('it is a secret value');
  if (unknown === true) return new Unresolved('it is known only after the apply');
  if (Array.isArray(value)) {
    return value.map((item, index) => resolved(item, itemOf(sensitive, index), itemOf(unknown, index)));
  }
  if (typeof value === 'object' && value !== null) return valuesOf(value, sensitive, unknown);
  return valueFrom(value);
}

function itemOf(marks: unknown, index: number): unknown {
  return Array.isArray(marks) ? marks[index] : undefined;
}
