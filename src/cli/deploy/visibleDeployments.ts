/** Which deployments who asks may see: a person all of them, an agent its own. */
import type { Deployment } from '../../deployment/deployment.ts';
import type { Deployments } from '../../deployment/deployments.ts';
import type { Desk } from '../desk.ts';
import { visibleProfiles } from '../visible.ts';

export function deploymentsFor(desk: Desk, deployments: Pick<Deployments, 'list'>): Deployment[] {
  const all = deployments.list();
  if (desk.caller.kind === 'person') return all;
  const own = new Set(visibleProfiles(desk).map(({ id }) => id));
  return all.filter(({ profileId }) => own.has(profileId));
}
