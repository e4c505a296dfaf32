/** Names of stacks. Pure. Limits: CloudFormation API reference, CreateChangeSet, StackName. */
import { basename } from 'node:path';

export function stackNameProblem(name: string): string | undefined {
  if (/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name)) return undefined;
  return 'A letter first, then letters, digits and hyphens, 128 at most.';
}

/** `templates/orders_queue.yaml` → `orders-queue` */
export function suggestedStack(templateName: string): string {
  const name = basename(templateName).replace(/(\.template)?\.[^.]+$/, '');
  return name.replace(/[^a-zA-Z0-9]+/g, '-').replace(/^[^a-zA-Z]+|-+$/g, '') || 'stack';
}
