/** Filters that an event offers: what it has in common with others. Pure. */
import { formatAccount } from '../base/arn.ts';
import type { StoredEvent } from '../trail/storedEvent.ts';
import { serviceName } from './trailRows.ts';
import type { ViewFilter } from './trailView.ts';
import { oneLine } from './wording.ts';

export interface Likeness {
  readonly label: string;
  readonly description: string;
  readonly value: ViewFilter;
}

const MOST_RESOURCES = 5;

/** Each is added to what is filtered already. */
export function likenesses(event: StoredEvent, filter: ViewFilter): Likeness[] {
  const { name, source, error, sessionName, accessKeyId, deploymentId, accountId, region } = event;
  const { actor } = event.attribution;
  const session = sessionName ?? accessKeyId;
  const like = (label: string, text: string, added: ViewFilter): Likeness => ({
    label,
    description: oneLine(text),
    value: { ...filter, ...added },
  });
  return [
    like('$(account) this actor', actor.name, { actor: actor.name, actorKind: actor.kind }),
    like('$(symbol-event) this call', name, { event: name, service: source }),
    like('$(server) this service', serviceName(source), { service: source }),
    ...(error === undefined ? [] : [like('$(error) this error', error, { error })]),
    ...(session === undefined ? [] : [like('$(key) this session', session, { text: session })]),
    ...(deploymentId === undefined
      ? []
      : [like('$(rocket) this deployment', deploymentId, { deploymentId })]),
    ...event.resources.slice(0, MOST_RESOURCES).map(text => like('$(package) this resource', text, { text })),
    like('$(location) this account and Region', `${formatAccount(accountId)} · ${region}`, {
      accountId,
      region,
    }),
  ];
}
