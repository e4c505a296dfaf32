/**
 * What is deployed, as it was asked for: all that is needed to plan the same again. One shape for each engine; what is
 * kept in the store is without secret values.
 */
import * as v from 'valibot';
import { TerraformSource } from './terraform/terraformSource.ts';

export const CAPABILITIES = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'] as const;

const CloudFormationSource = v.object({
  engine: v.literal('cloudformation'),
  template: v.object({ name: v.string(), text: v.string() }),
  /** On an update, those that are missing keep the value they have. */
  parameters: v.record(v.string(), v.string()),
  /** All that the stack is to have besides No Wing's own; absent: those that it has. */
  tags: v.exactOptional(v.record(v.string(), v.string())),
  /** Used for this and every later operation on the stack, whoever orders it; absent: the one that the stack has. */
  serviceRoleArn: v.exactOptional(v.string()),
  /** Absent: as it is. */
  terminationProtection: v.exactOptional(v.boolean()),
  /** As JSON; absent: as it is. */
  stackPolicy: v.exactOptional(v.string()),
  /** Absent: those that the template shows to need. */
  capabilities: v.exactOptional(v.array(v.picklist(CAPABILITIES))),
  /** Logical ids of resources that a deletion leaves in the account; AWS takes it after a deletion that has failed. */
  retain: v.exactOptional(v.array(v.string())),
});
export type CloudFormationSource = Readonly<v.InferOutput<typeof CloudFormationSource>>;

const CdkAsset = v.object({
  /** For people: the construct's name. */
  name: v.string(),
  /** In the assembly. */
  path: v.string(),
  packaging: v.picklist(['file', 'zip']),
  /** With `${AWS::AccountId}` and the like in it. */
  bucket: v.string(),
  key: v.string(),
  /** Of what is to lie in the bucket. */
  sha256: v.string(),
});
export type CdkAsset = Readonly<v.InferOutput<typeof CdkAsset>>;

const CdkSource = v.object({
  engine: v.literal('cdk'),
  /** The app's folder in the workspace, for people. */
  app: v.string(),
  /** What the app calls the stack: `Prod/Db`. */
  construct: v.string(),
  /** "CDK 2.1148.1, assembly 55.0.0" */
  tool: v.string(),
  /** Where the app says that the stack belongs, if it does. */
  accountId: v.exactOptional(v.string()),
  region: v.exactOptional(v.string()),
  assets: v.array(CdkAsset),
  /** Where the template itself is put when it is too large for a request. */
  templatePlace: v.exactOptional(v.object({ bucket: v.string(), key: v.string() })),
  /** What the app made of the stack. It is planned as it stands here: the app does not run again. */
  stack: CloudFormationSource,
  /** Where the assets lie on this computer, as long as they do; not kept. */
  assembly: v.exactOptional(v.string()),
});
export type CdkSource = Readonly<v.InferOutput<typeof CdkSource>>;

export const Source = v.variant('engine', [CloudFormationSource, CdkSource, TerraformSource]);
export type Source = Readonly<v.InferOutput<typeof Source>>;

export type EngineKind = Source['engine'];
export const ENGINES = ['cloudformation', 'cdk', 'terraform'] as const satisfies readonly EngineKind[];

/** The pipeline gives an engine what is its own only, a source or a plan; anything else is a fault of ours. */
export function ownOf<T extends OfAnEngine, E extends EngineKind>(engine: E, given: T): OwnOf<T, E> {
  if (isOf(engine, given)) return given;
  throw new Error(`Not of the engine ${engine}, but of ${given.engine}`);
}

type OfAnEngine = { readonly engine: EngineKind };
type OwnOf<T extends OfAnEngine, E extends EngineKind> = Extract<T, { readonly engine: E }>;

function isOf<T extends OfAnEngine, E extends EngineKind>(engine: E, given: T): given is OwnOf<T, E> {
  return given.engine === engine;
}
