/** What was found when a stack was compared with its template, as a document. Pure. */
import { type Deployment, whoAndWhere } from '../deployment/deployment.ts';
import type { Drift, DriftedResource } from '../deployment/engine.ts';
import { markdownCode as code, oneLine } from './wording.ts';

type Compared = Pick<Deployment, 'stackName' | 'agent' | 'accountId' | 'accountAlias' | 'region'>;

export function driftText(stack: Compared, drift: Drift): string {
  const changed = drift.resources.filter(({ status }) => status === 'MODIFIED' || status === 'DELETED');
  const unseen = drift.resources.filter(({ status }) => !['MODIFIED', 'DELETED', 'IN_SYNC'].includes(status));
  return [
    `# Drift of ${code(stack.stackName)}`,
    `Compared as ${whoAndWhere(stack)}: ${drift.resources.length} resources looked at.`,
    VERDICTS[drift.status] ?? `AWS says: ${oneLine(drift.status)}.`,
    ...(drift.reason === undefined ? [] : [`AWS adds: ${oneLine(drift.reason)}`]),
    ...changed.map(resourceText),
    ...(unseen.length === 0
      ? []
      : [
          `## Not compared\n\n${unseen.map(item => `- ${nameOf(item)}: ${oneLine(item.status)}`).join('\n')}`,
        ]),
    changed.length === 0
      ? ''
      : 'Only properties that the template names are compared. Deploy the template again to put them back where AWS sees a change to make, or take what was changed over into the template.',
  ]
    .filter(part => part !== '')
    .join('\n\n')
    .concat('\n');
}

const VERDICTS: Readonly<Record<string, string>> = {
  IN_SYNC: '**All that was compared is as the template says.**',
  DRIFTED: '**Somebody changed resources beside the template.**',
  UNKNOWN: '**AWS could not compare all of it.**',
  NOT_CHECKED: '**Nothing in it can be compared.**',
};

function resourceText(resource: DriftedResource): string {
  const head = `## ${nameOf(resource)}`;
  if (resource.status === 'DELETED') return `${head}\n\nIt was deleted beside the template.`;
  const rows = resource.differences.map(
    ({ path, kind, expected, actual }) =>
      `| ${code(path)} | ${KINDS[kind] ?? oneLine(kind)} | ${code(expected)} | ${code(actual)} |`,
  );
  return [head, '', '| Property | | In the template | In AWS |', '|---|---|---|---|', ...rows].join('\n');
}

const KINDS: Readonly<Record<string, string>> = {
  ADD: 'added',
  REMOVE: 'removed',
  NOT_EQUAL: 'differs',
};

function nameOf({ address, type, physicalId }: DriftedResource): string {
  return `${code(address)} ${type}${physicalId === undefined ? '' : ` ${code(physicalId)}`}`;
}
