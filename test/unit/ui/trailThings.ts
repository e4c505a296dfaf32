/** An event and a leak, for what only shows them. */
import type { Leak } from '../../../src/trail/leaks/leakStore.ts';
import type { StoredEvent } from '../../../src/trail/storedEvent.ts';

export const EVENT: StoredEvent = {
  seq: 1,
  accountId: '111122223333',
  eventId: 'e-1',
  time: Date.UTC(2026, 2, 10, 10),
  region: 'eu-west-1',
  name: 'PutObject',
  source: 's3.amazonaws.com',
  readOnly: false,
  error: undefined,
  accessKeyId: 'ASIAEXAMPLE000001234',
  sessionName: 'no-wing-copilot-1a2b3c4d',
  resources: ['arn:aws:s3:::orders-bucket-1x2y3z'],
  deploymentId: 'd-1',
  attribution: {
    actor: { kind: 'agent', name: 'copilot', arn: 'arn:aws:iam::111122223333:role/agent' },
    onBehalfOf: 'alice',
    deploymentId: 'd-1',
    strength: 'exact',
    reason: 'The ledger knows the access key.',
  },
};

export function storedEvent(overrides: Partial<StoredEvent> = {}): StoredEvent {
  return { ...EVENT, ...overrides };
}

export const LEAK: Leak = {
  key: 'k',
  kind: 'agentAsUser',
  severity: 'high',
  confidence: 'likely',
  sentence: 'Claude Code made this call with the identity of alice.',
  whatToDo: 'Open Claude Code in a terminal of No Wing.',
  events: [],
  count: 1,
  firstAt: 1,
  lastAt: 5,
  shapes: ['s3 write'],
  acknowledged: undefined,
  status: 'open',
};
