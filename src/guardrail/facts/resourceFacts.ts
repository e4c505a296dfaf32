/**
 * The facts of one resource from its properties, named as CloudFormation names them, whatever the engine: one that says
 * `instance_type` gives `InstanceType`. What an engine alone knows (tags of the whole, what stays behind) is passed in.
 */
import { type Fact, known, unknown } from '../fact.ts';
import type { Facts } from '../guardedResource.ts';
import { chargesOf } from './chargeFacts.ts';
import { statefulFact, tagsFact } from './dataFacts.ts';
import { machineFacts } from './machineFacts.ts';
import { ingressFact, openFacts } from './networkFacts.ts';
import { policyFacts } from './policyFacts.ts';
import type { Properties } from './value.ts';

export interface ResourceDescription {
  /** CloudFormation's name: `AWS::EC2::Instance`. See `typeAliases.ts`. */
  readonly type: string;
  readonly properties: Properties;
  /** The keys of the tags that everything in the deployment gets. */
  readonly inheritedTags?: readonly string[];
  /** The old one, or a snapshot of it, stays in the account when it is replaced or deleted. */
  readonly isKept?: Fact<boolean>;
}

export function resourceFacts(resource: ResourceDescription): Facts {
  const { type, properties, inheritedTags = [], isKept = known(false) } = resource;
  const machines = machineFacts(type, properties);
  const ingress = ingressFact(type, properties);
  const tags = tagsFact(type, properties, inheritedTags);
  const { publicAccess, ...policies } = policyFacts(type, properties);
  const open = [...openFacts(type, properties), ...openings(publicAccess)];
  return {
    ...machines,
    ...policies,
    ...(ingress === undefined ? {} : { ingress }),
    ...(open.length === 0 ? {} : { publicAccess: known(open) }),
    ...(tags === undefined ? {} : { tags }),
    stateful: statefulFact(type, isKept),
    charges: chargesOf(type, properties, machines),
    ...contentsUnseen(type),
  };
}

/** Of one whose properties cannot be seen at all: a macro makes it, or the engine does not tell. */
export function unreadableFacts(type: string, why: string, isKept: Fact<boolean> = known(false)): Facts {
  return { unreadable: why, stateful: statefulFact(type, isKept) };
}

function openings(publicAccess: Facts['publicAccess']): Fact<string>[] {
  if (publicAccess === undefined) return [];
  return 'value' in publicAccess ? [...publicAccess.value] : [unknown(publicAccess.unknown)];
}

/** These make other resources, or run code, with what the plan does not show. */
function contentsUnseen(type: string): Pick<Facts, 'unreadable'> {
  if (/^AWS::CloudFormation::(?:Stack|StackSet)$/.test(type))
    return { unreadable: 'the resources of a nested stack are not seen' };
  if (/^Custom::|^AWS::CloudFormation::(?:CustomResource|Macro)$/.test(type))
    return { unreadable: 'it is made by code that is not seen' };
  if (type.endsWith('::MODULE')) return { unreadable: 'the resources of a module are not seen' };
  return type.startsWith('AWS::')
    ? {}
    : { unreadable: `${type} is not a resource of AWS that No Wing knows` };
}
