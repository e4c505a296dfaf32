/**
 * What is deployed, as it was asked for: all that is needed to plan the same again. One shape for each engine; what is
 * kept in the store is without secret values.
 */
import * as v from 'valibot';

const CloudFormationSource = v.object({
  engine: v.literal('cloudformation'),
  template: v.object({ name: v.string(), text: v.string() }),
  /** On an update, those that are missing keep the value they have. */
  parameters: v.record(v.string(), v.string()),
});
export type CloudFormationSource = Readonly<v.InferOutput<typeof CloudFormationSource>>;

export const Source = v.variant('engine', [CloudFormationSource]);
export type Source = Readonly<v.InferOutput<typeof Source>>;

export type EngineKind = Source['engine'];
export const ENGINES = ['cloudformation'] as const satisfies readonly EngineKind[];
