/** What is known of the session behind an event: from the ledger, else from what CloudTrail says. Pure. */
import { formatAccount } from '../base/arn.ts';
import { shortKeyId } from '../base/redact.ts';
import type { LedgerEntry } from '../identity/ledger.ts';
import type { StoredEvent } from '../trail/storedEvent.ts';
import { ACTOR_LOOKS, whoText } from './trailRows.ts';
import { markdownCode, markdownText } from './wording.ts';

/** @param time as the person's locale has it */
export function sessionDocument(
  event: StoredEvent,
  entry: LedgerEntry | undefined,
  time: (at: number) => string,
): string {
  const { attribution, sessionName, accessKeyId } = event;
  const title =
    entry?.roleSessionName ?? sessionName ?? (accessKeyId && shortKeyId(accessKeyId)) ?? 'no name';
  return [
    `# Session ${markdownText(title)}`,
    '',
    ...(entry ? ofLedger(entry, time) : [NOT_OURS]),
    '',
    '## What CloudTrail shows',
    '',
    `- ${ACTOR_LOOKS[attribution.actor.kind].word}: ${markdownText(whoText(attribution))}`,
    ...(attribution.actor.arn === undefined ? [] : [`- ${markdownCode(attribution.actor.arn)}`]),
    `- Account ${formatAccount(event.accountId)}, ${markdownText(event.region)}`,
    ...(accessKeyId === undefined ? [] : [`- Access key ${markdownCode(shortKeyId(accessKeyId))}`]),
    `- ${markdownText(attribution.reason)}`,
    '',
    'All of its events: **Filter Like This** on the event, then **this session**.',
  ].join('\n');
}

const NOT_OURS = 'No Wing did not mint it: the ledger does not know its access key, nor its name.';

function ofLedger(entry: LedgerEntry, time: (at: number) => string): string[] {
  const { kind, profileName, sourceIdentity, purpose, deploymentId, workspace, mintedAt, expiresAt } = entry;
  return [
    `No Wing minted it as ${kind} **${markdownText(profileName)}**${sourceIdentity === undefined ? '' : ` for **${markdownText(sourceIdentity)}**`}.`,
    '',
    `- Purpose: ${markdownText(purpose)}`,
    ...(workspace === undefined ? [] : [`- Workspace: ${markdownText(workspace)}`]),
    ...(deploymentId === undefined ? [] : [`- Deployment: ${markdownText(deploymentId)}`]),
    `- From ${time(mintedAt)}${expiresAt === undefined ? '' : ` to ${time(expiresAt)}`}`,
    `- ${markdownCode(entry.arn)}`,
  ];
}
