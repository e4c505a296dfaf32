/** What AWS says of change sets and of the changes in them, parsed at the edge. */
import * as v from 'valibot';
import { canonicalJson, type PlannedChange } from '../plan.ts';
import type { ChangeSet, FoundChange } from './cloudFormation.ts';

const text = v.optional(v.string());

const Detail = v.object({
  Target: v.optional(v.object({ Attribute: text, Name: text })),
  ChangeSource: text,
  CausingEntity: text,
});

const ResourceChange = v.object({
  Action: text,
  LogicalResourceId: v.string(),
  PhysicalResourceId: text,
  ResourceType: v.string(),
  ChangeSetId: text,
  BeforeContext: text,
  AfterContext: text,
  Replacement: text,
  PolicyAction: text,
  Scope: v.optional(v.array(v.string()), []),
  Details: v.optional(v.array(Detail), []),
});
type ResourceChange = v.InferOutput<typeof ResourceChange>;

export const ChangeSetAnswer = v.pipe(
  v.object({
    ChangeSetId: v.string(),
    StackId: v.string(),
    Status: v.string(),
    StatusReason: v.optional(v.string(), ''),
    ExecutionStatus: v.optional(v.string(), 'UNAVAILABLE'),
  }),
  v.transform(
    (answer): ChangeSet => ({
      arn: answer.ChangeSetId,
      stackId: answer.StackId,
      status: answer.Status,
      statusReason: answer.StatusReason,
      executionStatus: answer.ExecutionStatus,
    }),
  ),
);

export const ChangesAnswer = v.pipe(
  v.object({
    Changes: v.optional(v.array(v.object({ ResourceChange: v.optional(ResourceChange) })), []),
    NextToken: text,
  }),
  v.transform(({ Changes, NextToken }) => ({
    items: Changes.flatMap(({ ResourceChange: change }) => (change ? [foundChange(change)] : [])),
    ...(NextToken === undefined ? {} : { nextToken: NextToken }),
  })),
);

const ACTIONS: ReadonlyMap<string | undefined, PlannedChange['action']> = new Map([
  ['Add', 'add'],
  ['Modify', 'modify'],
  ['Remove', 'remove'],
  ['Import', 'import'],
  ['SyncWithActual', 'sync'],
]);
const REPLACEMENTS: ReadonlyMap<string | undefined, PlannedChange['replacement']> = new Map([
  ['True', 'yes'],
  ['Conditional', 'maybe'],
]);

function foundChange(change: ResourceChange): FoundChange {
  const { PolicyAction } = change;
  return {
    address: change.LogicalResourceId,
    ...(change.PhysicalResourceId ? { physicalId: change.PhysicalResourceId } : {}),
    type: change.ResourceType,
    action: ACTIONS.get(change.Action) ?? 'decidedLater',
    replacement: REPLACEMENTS.get(change.Replacement) ?? 'no',
    detail: [...kept(change), ...changedParts(change)].join('; '),
    ...values(change),
    ...(PolicyAction ? { isKept: /(?:Retain|Snapshot)$/.test(PolicyAction) } : {}),
    ...(change.ChangeSetId ? { nestedArn: change.ChangeSetId } : {}),
  };
}

function values(change: ResourceChange): Pick<FoundChange, 'before' | 'after'> {
  const [before, after] = [propertiesIn(change.BeforeContext), propertiesIn(change.AfterContext)];
  return { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
}

const Context = v.pipe(v.string(), v.parseJson(), v.object({ Properties: v.optional(v.unknown(), {}) }));

/** @returns undefined when AWS gives none, or none that can be read. */
function propertiesIn(context: string | undefined): string | undefined {
  const read = v.safeParse(Context, context);
  return read.success ? canonicalJson(read.output.Properties) : undefined;
}

function kept({ PolicyAction }: ResourceChange): string[] {
  if (PolicyAction?.endsWith('Retain')) return ['the old one stays in the account'];
  if (PolicyAction?.endsWith('Snapshot')) return ['a snapshot of the old one is kept'];
  return [];
}

function changedParts({ Scope, Details }: ResourceChange): string[] {
  const named = Details.flatMap(({ Target, CausingEntity }) => {
    const name = Target?.Name ?? Target?.Attribute;
    return name === undefined ? [] : [CausingEntity ? `${name} (because of ${CausingEntity})` : name];
  });
  return named.length > 0 ? [...new Set(named)] : Scope;
}
