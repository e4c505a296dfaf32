/** A plan file as `show -json` tells it. Format: Terraform documentation, "JSON Output Format". */
import * as v from 'valibot';

const Actions = v.array(
  v.picklist(['no-op', 'create', 'read', 'update', 'delete', 'forget', 'open', 'renew', 'close']),
);

const Change = v.object({
  actions: Actions,
  before: v.optional(v.unknown()),
  after: v.optional(v.unknown()),
  after_unknown: v.optional(v.unknown()),
  before_sensitive: v.optional(v.unknown()),
  after_sensitive: v.optional(v.unknown()),
  importing: v.exactOptional(v.unknown()),
  replace_paths: v.exactOptional(v.array(v.array(v.union([v.string(), v.number()])))),
});

const ResourceChange = v.object({
  address: v.string(),
  previous_address: v.exactOptional(v.string()),
  mode: v.string(),
  type: v.string(),
  change: Change,
  action_reason: v.exactOptional(v.string()),
});
export type ResourceChange = v.InferOutput<typeof ResourceChange>;

const ConfiguredResource = v.object({
  address: v.string(),
  mode: v.string(),
  type: v.string(),
  provider_config_key: v.exactOptional(v.string()),
  expressions: v.exactOptional(v.record(v.string(), v.unknown())),
  provisioners: v.exactOptional(v.array(v.object({ type: v.string() }))),
});

export interface Module {
  readonly resources?: readonly v.InferOutput<typeof ConfiguredResource>[] | undefined;
  readonly module_calls?: Readonly<Record<string, { readonly module?: Module | undefined }>> | undefined;
}

const Module: v.GenericSchema<unknown, Module> = v.object({
  resources: v.optional(v.array(ConfiguredResource)),
  module_calls: v.optional(v.record(v.string(), v.object({ module: v.optional(v.lazy(() => Module)) }))),
});

const Provider = v.object({
  name: v.string(),
  full_name: v.optional(v.string(), ''),
  module_address: v.exactOptional(v.string()),
  expressions: v.optional(v.record(v.string(), v.unknown()), {}),
});
export type Provider = v.InferOutput<typeof Provider>;

const ShownPlan = v.object({
  resource_changes: v.optional(v.array(ResourceChange), []),
  output_changes: v.optional(v.record(v.string(), Change), {}),
  variables: v.optional(v.record(v.string(), v.object({ value: v.optional(v.unknown()) })), {}),
  configuration: v.optional(
    v.object({
      provider_config: v.optional(v.record(v.string(), Provider), {}),
      root_module: v.optional(Module, {}),
    }),
    { provider_config: {}, root_module: {} },
  ),
  applyable: v.exactOptional(v.boolean()),
  errored: v.exactOptional(v.boolean()),
});
export type ShownPlan = v.InferOutput<typeof ShownPlan>;

/** @throws ValiError for another format. */
export function shownPlan(text: string): ShownPlan {
  return v.parse(ShownPlan, JSON.parse(text));
}
