/** Which resource of a template an event is about. Pure. */
import type { StoredEvent } from '../trail/storedEvent.ts';

export interface DeployedResource {
  /** Its logical id. */
  readonly address: string;
  /** `AWS::SNS::Topic` */
  readonly type: string;
  readonly physicalId?: string | undefined;
}

type Subject = Pick<StoredEvent, 'name' | 'source' | 'resources'>;

/**
 * By the resource's own name where it is known, or by the name that CloudFormation makes of stack and logical id; else
 * by its type, when the deployment has one resource of that type only.
 */
export function resourceOf(
  event: Subject,
  stackName: string,
  deployed: readonly DeployedResource[],
): DeployedResource | undefined {
  const names = event.resources.map(name => name.toLowerCase());
  const isNamed = (text: string | undefined): boolean =>
    text !== undefined && text !== '' && names.some(name => name.includes(text.toLowerCase()));
  const named = deployed.filter(
    ({ address, physicalId }) => isNamed(physicalId) || isNamed(`${stackName}-${address}-`),
  );
  // `Queue` is the beginning of `QueuePolicy` in no name, but a longer address is the better match all the same.
  const [best] = named.toSorted((a, b) => b.address.length - a.address.length);
  return best ?? only(deployed.filter(({ type }) => isOfType(event, type)));
}

/** `CreateTopic` of `sns.amazonaws.com` is about an `AWS::SNS::Topic`. */
function isOfType({ name, source }: Subject, type: string): boolean {
  const [, service = '', kind = ''] = type.toLowerCase().split('::');
  return (
    kind !== '' && source.toLowerCase() === `${service}.amazonaws.com` && name.toLowerCase().includes(kind)
  );
}

/** Several moves of one resource are one resource. */
function only(found: readonly DeployedResource[]): DeployedResource | undefined {
  return new Set(found.map(({ address }) => address)).size === 1 ? found[0] : undefined;
}
