/** The changes of a change set as a plan shows them: those of nested stacks as `Nested/Queue`, secret values as `****`. */
import { canonicalJson, type PlannedChange } from '../plan.ts';
import type { CloudFormationApi, FoundChange } from './cloudFormation.ts';
import { HIDDEN_VALUE } from './parameters.ts';

/** @param secrets values of `NoEcho` parameters: AWS hides them where it knows them as such, not where they were joined. */
export async function foundChanges(
  api: CloudFormationApi,
  changeSetArn: string,
  secrets: readonly string[],
  signal: AbortSignal,
): Promise<FoundChange[]> {
  const found = await changesWithin(api, changeSetArn, '', signal);
  const hidden = secrets.filter(secret => secret !== '');
  return found.map(change => withoutSecrets(change, hidden));
}

export function plannedChange({ nestedArn: _arn, isKept: _kept, ...change }: FoundChange): PlannedChange {
  return change;
}

async function changesWithin(
  api: CloudFormationApi,
  changeSetArn: string,
  prefix: string,
  signal: AbortSignal,
): Promise<FoundChange[]> {
  const all: FoundChange[] = [];
  for (const change of await api.changes(changeSetArn, signal)) {
    const address = prefix + change.address;
    all.push({ ...change, address });
    const inner = change.nestedArn;
    if (inner !== undefined) all.push(...(await changesWithin(api, inner, `${address}/`, signal)));
  }
  return all;
}

function withoutSecrets({ before, after, ...change }: FoundChange, secrets: readonly string[]): FoundChange {
  return {
    ...change,
    ...(before === undefined ? {} : { before: hide(before, secrets) }),
    ...(after === undefined ? {} : { after: hide(after, secrets) }),
  };
}

function hide(json: string, secrets: readonly string[]): string {
  if (secrets.length === 0) return json;
  return canonicalJson(
    JSON.parse(json, (_key, value: unknown) =>
      typeof value === 'string' || typeof value === 'number' ? hiddenIn(value, secrets) : value,
    ),
  );
}

function hiddenIn(value: string | number, secrets: readonly string[]): string | number {
  if (typeof value === 'number') return secrets.includes(String(value)) ? HIDDEN_VALUE : value;
  return secrets.reduce((text, secret) => text.replaceAll(secret, HIDDEN_VALUE), value);
}
