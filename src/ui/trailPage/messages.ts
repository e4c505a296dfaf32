/** What the page of charts and the extension say to one another. The page knows no more of the trail than is here. */
import * as v from 'valibot';

export const KINDS = ['user', 'agent', 'service', 'root', 'external', 'unknown'] as const;
export type Kind = (typeof KINDS)[number];

/** How far back; 0 is all there is. */
export const PERIODS = [1, 7, 30, 90, 0] as const;
export type Days = (typeof PERIODS)[number];

const days = v.picklist(PERIODS);
const kind = v.picklist(KINDS);
const time = v.pipe(v.number(), v.safeInteger());

const ActorName = v.object({
  kind,
  name: v.string(),
  onBehalfOf: v.string(),
  accountId: v.string(),
});
export type ActorName = Readonly<v.InferOutput<typeof ActorName>>;

export const Asked = v.variant('is', [
  /** It is there, with what it was shown before it was hidden. */
  v.object({
    is: v.literal('ready'),
    days: v.exactOptional(days),
    deploymentId: v.exactOptional(v.string()),
  }),
  v.object({ is: v.literal('period'), days }),
  v.object({ is: v.literal('deployment'), id: v.string() }),
  /** Show the events of a bar or a cell in the tree. */
  v.object({
    is: v.literal('show'),
    kind: v.exactOptional(kind),
    actor: v.exactOptional(ActorName),
    service: v.exactOptional(v.string()),
    from: v.exactOptional(time),
    to: v.exactOptional(time),
    deploymentId: v.exactOptional(v.string()),
  }),
  v.object({ is: v.literal('open'), accountId: v.string(), eventId: v.string(), name: v.string() }),
]);
export type Asked = Readonly<v.InferOutput<typeof Asked>>;

export interface Charts {
  readonly days: Days;
  readonly activity: Activity;
  readonly matrix: Matrix;
  /** Newest first. */
  readonly deployments: readonly { readonly id: string; readonly label: string }[];
  readonly deployment?: DeploymentTimeline | undefined;
}

export interface Activity {
  /** What a bar stands for, in milliseconds. */
  readonly step: number;
  /** Oldest first, without gaps: one number for each kind in each. */
  readonly bars: readonly ActivityBar[];
  /** Those that occur, in the order of the legend. */
  readonly kinds: readonly Kind[];
}

export interface ActivityBar {
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly events: Readonly<Partial<Record<Kind, number>>>;
  readonly failed: number;
}

export interface Matrix {
  readonly services: readonly { readonly source: string; readonly label: string }[];
  readonly rows: readonly MatrixRow[];
  /** What is too rare to be shown. */
  readonly hiddenActors: number;
  readonly hiddenServices: number;
  /** The milliseconds since the epoch from which it counts; 0 for all. */
  readonly from: number;
}

export interface MatrixRow {
  readonly actor: ActorName;
  readonly label: string;
  /** One for each service. */
  readonly cells: readonly { readonly events: number; readonly failed: number }[];
  readonly events: number;
}

export interface DeploymentTimeline {
  readonly id: string;
  /** Oldest first. */
  readonly events: readonly TimelineEvent[];
  readonly hasMore: boolean;
}

export interface TimelineEvent {
  readonly time: number;
  readonly name: string;
  readonly service: string;
  readonly kind: Kind;
  readonly who: string;
  readonly error?: string | undefined;
  readonly accountId: string;
  readonly eventId: string;
}
