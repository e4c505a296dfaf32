// What the extension itself has recorded: read from its store by its own code, after the job was done through the UI.
import { join } from 'node:path';
import { createDeploymentStore } from '../../src/deployment/deploymentStore.ts';
import { createLedger, type LedgerEntry } from '../../src/identity/ledger.ts';
import { openDatabase } from '../../src/store/database.ts';
import { indexFileIn, openIndex } from '../../src/trail/index/openIndex.ts';
import type { StoredEvent } from '../../src/trail/storedEvent.ts';
import { queryEvents } from '../../src/trail/trailQueries.ts';
import type { DemoReport } from './report.ts';

export function readBack(data: string, stackName: string): Pick<DemoReport, 'deployment' | 'events'> {
  const db = openDatabase(join(data, 'no-wing', 'no-wing.db'));
  try {
    const deployment = createDeploymentStore(db)
      .list()
      .find(each => each.stackName === stackName);
    if (!deployment) throw new Error(`The store has no deployment of ${stackName}.`);
    const events = madeBy(createLedger(db).byDeployment(deployment.id), storedEvents(data));
    const plan = 'plan' in deployment.state ? deployment.state.plan : undefined;
    return {
      deployment: {
        id: deployment.id,
        engine: plan?.engine ?? 'unknown',
        stack: deployment.stackName,
        status: deployment.state.status,
        identityArn: plan?.identityArn ?? '',
        sourceIdentity: plan?.sourceIdentity ?? '',
        verification: deployment.verification.summary,
      },
      events: events.map(({ name, source, accessKeyId, attribution }) => ({
        eventName: name,
        eventSource: source,
        actor: attribution.actor,
        onBehalfOf: attribution.onBehalfOf,
        via: attribution.via,
        reason: attribution.reason,
        strength: attribution.strength,
        accessKeyId: accessKeyId ?? '',
      })),
    };
  } finally {
    db.close();
  }
}

function storedEvents(data: string): readonly StoredEvent[] {
  const index = openIndex(indexFileIn(join(data, 'no-wing')));
  try {
    return queryEvents(index, { limit: 10_000 }).events;
  } finally {
    index.close();
  }
}

/**
 * The events of a deployment are those that its sessions made, directly or through a service, whatever the verdict on
 * them is. That the user started the session is the user's own act, and not among them.
 */
function madeBy(sessions: readonly LedgerEntry[], events: readonly StoredEvent[]): StoredEvent[] {
  const keys = new Set(sessions.map(({ accessKeyId }) => accessKeyId));
  const names = new Set(sessions.flatMap(({ roleSessionName }) => roleSessionName ?? []));
  return events.filter(
    ({ accessKeyId = '', sessionName = '' }) => keys.has(accessKeyId) || names.has(sessionName),
  );
}
