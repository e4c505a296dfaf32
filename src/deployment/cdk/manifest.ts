/**
 * The cloud assembly that a CDK app leaves: which stacks, in which files. Written by code of the workspace, so it is
 * parsed as a stranger's; the schema's source is `cloud-assembly-schema` of the CDK. Pure.
 */
import * as v from 'valibot';
import { UserError } from '../../base/userError.ts';

export interface ManifestStack {
  readonly kind: 'stack';
  /** Unique in its manifest. */
  readonly id: string;
  /** As the app calls it: `Prod/Db`. */
  readonly displayName: string;
  readonly stackName: string;
  /** Undefined where the app leaves it open. */
  readonly accountId?: string;
  readonly region?: string;
  readonly templateFile: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly terminationProtection: boolean;
  readonly tags: Readonly<Record<string, string>>;
  /** Of what the app said about it: errors among them. */
  readonly metadataFile?: string;
  readonly metadata: Metadata;
  /** Ids of other artifacts. */
  readonly dependencies: readonly string[];
}

export interface ManifestAssets {
  readonly kind: 'assets';
  readonly id: string;
  readonly file: string;
}

export interface NestedAssembly {
  readonly kind: 'assembly';
  readonly id: string;
  readonly directory: string;
}

export type Artifact = ManifestStack | ManifestAssets | NestedAssembly;

export interface Manifest {
  readonly schema: string;
  /** Written by a newer CDK than this one knows: what it adds is not understood here. */
  readonly isNewer: boolean;
  readonly artifacts: readonly Artifact[];
}

/** The schema's major version: it grows with every addition, so a newer one is read as well as it can be, and told. */
export const KNOWN_SCHEMA = 55;
/** CDK 2.0; of CDK 1, which is long out of support, nothing is read. */
const OLDEST_SCHEMA = 15;

const Entry = v.object({ type: v.string(), data: v.optional(v.unknown()) });
/** By construct path: what the app noted. */
export const Metadata = v.record(v.string(), v.array(Entry));
export type Metadata = v.InferOutput<typeof Metadata>;

const Text = v.optional(v.string());
const Common = {
  dependencies: v.optional(v.array(v.string()), []),
  environment: Text,
  metadata: v.optional(Metadata, {}),
  additionalMetadataFile: Text,
  displayName: Text,
};
/** Parameters and tags may be written as numbers. */
const Texts = v.record(
  v.string(),
  v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.transform(String)),
);

const StackArtifact = v.object({
  ...Common,
  type: v.literal('aws:cloudformation:stack'),
  properties: v.object({
    templateFile: v.string(),
    stackName: Text,
    parameters: v.optional(Texts, {}),
    tags: v.optional(Texts, {}),
    terminationProtection: v.optional(v.boolean(), false),
  }),
});
const AssetsArtifact = v.object({
  type: v.literal('cdk:asset-manifest'),
  properties: v.object({ file: v.string() }),
});
const NestedArtifact = v.object({
  type: v.literal('cdk:cloud-assembly'),
  properties: v.object({ directoryName: v.string() }),
});
const Other = v.object({ type: v.string() });
const Root = v.object({
  version: v.pipe(v.string(), v.regex(/^\d+\.\d+\.\d+$/)),
  artifacts: v.optional(v.record(v.string(), v.unknown()), {}),
});

/** @param name of the file, for people. @throws UserError `cdk.assembly`, `cdk.schema` */
export function parseManifest(text: string, name: string): Manifest {
  const { version, artifacts } = read(Root, text, name);
  const major = Number(version.split('.')[0]);
  if (major < OLDEST_SCHEMA) throw tooOld(version, name);
  return {
    schema: version,
    isNewer: major > KNOWN_SCHEMA,
    artifacts: Object.entries(artifacts).flatMap(([id, body]) => artifact(id, body, name) ?? []),
  };
}

/** @throws UserError `cdk.assembly` when it is not JSON of that shape. */
export function read<S extends v.GenericSchema>(schema: S, text: string, name: string): v.InferOutput<S> {
  try {
    return v.parse(schema, JSON.parse(text));
  } catch (cause) {
    const at = cause instanceof v.ValiError ? ` (${v.getDotPath(cause.issues[0]) ?? 'the document'})` : '';
    throw new UserError(
      'cdk.assembly',
      `The CDK app left a file that No Wing does not understand: ${name}${at}.`,
      {
        hint: 'Synthesize it with `cdk synth` to see what the app makes; update the CDK of the app and No Wing.',
        cause,
      },
    );
  }
}

function artifact(id: string, body: unknown, name: string): Artifact | undefined {
  const kind = v.safeParse(Other, body);
  switch (kind.success ? kind.output.type : '') {
    case 'aws:cloudformation:stack':
      return stackOf(id, parsed(StackArtifact, body, id, name));
    case 'cdk:asset-manifest':
      return { kind: 'assets', id, file: parsed(AssetsArtifact, body, id, name).properties.file };
    case 'cdk:cloud-assembly':
      return {
        kind: 'assembly',
        id,
        directory: parsed(NestedArtifact, body, id, name).properties.directoryName,
      };
    default:
      // The tree of constructs, reports and the like: nothing that is deployed.
      return undefined;
  }
}

function parsed<S extends v.GenericSchema>(
  schema: S,
  body: unknown,
  id: string,
  name: string,
): v.InferOutput<S> {
  return read(schema, JSON.stringify(body), `${name}, ${id}`);
}

function stackOf(id: string, { properties, ...body }: v.InferOutput<typeof StackArtifact>): ManifestStack {
  const { templateFile, stackName = id, parameters, tags, terminationProtection } = properties;
  return {
    kind: 'stack',
    id,
    displayName: body.displayName ?? id,
    stackName,
    ...placeOf(body.environment),
    templateFile,
    parameters,
    tags,
    terminationProtection,
    metadata: body.metadata,
    ...(body.additionalMetadataFile === undefined ? {} : { metadataFile: body.additionalMetadataFile }),
    dependencies: body.dependencies,
  };
}

const ENVIRONMENT = /^aws:\/\/([^/]+)\/([^/]+)$/;

function placeOf(environment = ''): { accountId?: string; region?: string } {
  const [, accountId, region] = ENVIRONMENT.exec(environment) ?? [];
  return {
    ...(accountId === undefined || accountId === 'unknown-account' ? {} : { accountId }),
    ...(region === undefined || region === 'unknown-region' ? {} : { region }),
  };
}

function tooOld(version: string, name: string): UserError {
  return new UserError('cdk.schema', `${name} is a cloud assembly of CDK 1 (schema ${version}).`, {
    hint: 'No Wing deploys apps of CDK 2: migrate the app, or deploy its templates with Deploy Stack as Agent.',
  });
}
