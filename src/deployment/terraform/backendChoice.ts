/** Where states are kept, as a person has set it for this computer. */
import * as v from 'valibot';

const text = v.pipe(v.string(), v.nonEmpty());

export const AnyBackend = v.variant('kind', [
  /** As the configuration says; this computer when it says nothing. */
  v.object({ kind: v.literal('configured') }),
  v.object({ kind: v.literal('local') }),
  v.object({
    kind: v.literal('s3'),
    bucket: text,
    region: text,
    prefix: v.exactOptional(v.string()),
    kmsKeyId: v.exactOptional(text),
    /** A role for the state alone; without it the agent's session is used. */
    roleArn: v.exactOptional(text),
    externalId: v.exactOptional(text),
  }),
  v.object({ kind: v.literal('gcs'), bucket: text, prefix: v.exactOptional(v.string()) }),
  v.object({
    kind: v.literal('azurerm'),
    storageAccount: text,
    container: text,
    resourceGroup: v.exactOptional(text),
    prefix: v.exactOptional(v.string()),
  }),
]);
export type BackendChoice = Readonly<v.InferOutput<typeof AnyBackend>>;
