/** A CloudFormation template as No Wing needs it: its parameters, its resources, the capabilities it asks for. Pure. */
import * as v from 'valibot';
import { UserError } from '../../base/userError.ts';
import { type Parameter, parseParameters } from './parameters.ts';
import { parseTemplateText, type TemplateText } from './templateText.ts';

export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  /** From 1. */
  readonly line: number;
}

export interface Template {
  readonly name: string;
  readonly text: string;
  readonly description?: string;
  readonly parameters: readonly Parameter[];
  readonly resources: readonly Resource[];
  /** Names of its outputs. */
  readonly outputs: readonly string[];
  readonly capabilities: readonly Capability[];
  /** AWS makes something else of its text before it is deployed. */
  readonly isTransformed: boolean;
}

export type Capability = 'CAPABILITY_IAM' | 'CAPABILITY_NAMED_IAM' | 'CAPABILITY_AUTO_EXPAND';

/** Limits: CloudFormation quotas, "template body" in a bucket, in bytes, and "resources". */
const [MAX_BYTES, MAX_RESOURCES] = [1_048_576, 500];

/** @throws UserError `template.tooLarge`, `template.syntax`, `template.invalid`, `template.tooManyResources` */
export function parseTemplate(text: string, name: string): Template {
  checkSize(text, name);
  const source = parseTemplateText(text, name);
  const root = v.safeParse(Root, source.root);
  if (!root.success) throw notATemplate(source, name, root.issues[0]);
  const { Description, Parameters, Resources, Outputs } = root.output;
  checkCount(Object.keys(Resources).length, name);
  return {
    name,
    text,
    ...(typeof Description === 'string' ? { description: Description } : {}),
    parameters: parseParameters(Parameters),
    resources: Object.entries(Resources).map(([logicalId, { Type }]) => ({
      logicalId,
      type: Type,
      line: source.lineOf('Resources', logicalId),
    })),
    outputs: Object.keys(Outputs),
    capabilities: capabilitiesOf(root.output),
    isTransformed:
      root.output.Transform !== undefined || JSON.stringify(Resources).includes('"Fn::Transform"'),
  };
}

const ResourceBody = v.looseObject(
  {
    Type: v.pipe(
      v.string('has a Type that is not a text'),
      v.regex(/^[\w-]+::[\w:.@-]+$/, 'has a Type that is not like AWS::S3::Bucket'),
    ),
    Properties: v.optional(v.unknown()),
  },
  'is not a map',
);

const Root = v.looseObject(
  {
    Description: v.optional(v.unknown()),
    Parameters: v.optional(v.record(v.string(), v.unknown(), 'is not a map of parameters'), {}),
    Transform: v.optional(v.unknown()),
    Outputs: v.optional(v.record(v.string(), v.unknown(), 'is not a map of outputs'), {}),
    Resources: v.pipe(
      v.record(v.string(), ResourceBody, 'is not a map of resources'),
      v.check(resources => Object.keys(resources).length > 0, 'names no resource'),
    ),
  },
  'is not a map',
);
type Root = v.InferOutput<typeof Root>;

function notATemplate(source: TemplateText, name: string, issue: v.BaseIssue<unknown>): UserError {
  const path = (issue.path ?? []).map(item => String(item.key));
  // A missing entry is told of, and at the place of, the one that should have it.
  const isMissing = issue.received === 'undefined' && path.length > 0;
  const at = isMissing ? path.slice(0, -1) : path;
  const subject = at[0] === 'Resources' && at[1] ? `resource ${at[1]}` : (at[0] ?? 'the document');
  const problem = isMissing ? `has no ${path.at(-1)}` : issue.message;
  return new UserError(
    'template.invalid',
    `${name} is not a CloudFormation template: line ${source.lineOf(...at)}, column 1: ${subject} ${problem}.`,
    { hint: 'A template has a map "Resources" in which every entry has a "Type". Nothing was sent to AWS.' },
  );
}

function checkSize(text: string, name: string): void {
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_BYTES) return;
  const shown = (value: number): string => value.toLocaleString('en');
  throw new UserError(
    'template.tooLarge',
    `${name} has ${shown(bytes)} bytes; CloudFormation takes ${shown(MAX_BYTES)} at most.`,
    { hint: 'Split it into smaller stacks, or remove comments and indentation.' },
  );
}

function checkCount(count: number, name: string): void {
  if (count <= MAX_RESOURCES) return;
  throw new UserError(
    'template.tooManyResources',
    `${name} has ${count} resources; CloudFormation takes ${MAX_RESOURCES} in a stack.`,
    { hint: 'Split it into several stacks, or move parts into nested stacks. Nothing was sent to AWS.' },
  );
}

const IAM_TYPE = /^AWS::IAM::/;
/** Custom names of these need CAPABILITY_NAMED_IAM: CloudFormation API reference, CreateChangeSet. */
const IAM_NAMES = ['RoleName', 'UserName', 'GroupName', 'ManagedPolicyName', 'InstanceProfileName'];
/** These name an existing principal with such a property, not themselves. */
const IAM_ATTACHMENT =
  /^AWS::IAM::(?:RolePolicy|UserPolicy|GroupPolicy|UserToGroupAddition|AccessKey|Policy)$/;

function capabilitiesOf(root: Root): Capability[] {
  const resources = Object.values(root.Resources);
  const transforms = JSON.stringify(root.Transform ?? '');
  // What a nested stack or a serverless transform contains cannot be seen here, and AWS asks for both in advance.
  const nested = resources.some(({ Type }) => Type === 'AWS::CloudFormation::Stack');
  const iam = resources.some(({ Type }) => IAM_TYPE.test(Type)) || transforms.includes('AWS::Serverless');
  const named = nested || resources.some(namesIam);
  const expand = nested || transforms !== '""' || resources.some(expands);
  return [
    ...(named ? (['CAPABILITY_NAMED_IAM'] as const) : iam ? (['CAPABILITY_IAM'] as const) : []),
    ...(expand ? (['CAPABILITY_AUTO_EXPAND'] as const) : []),
  ];
}

function namesIam({ Type, Properties }: v.InferOutput<typeof ResourceBody>): boolean {
  if (!IAM_TYPE.test(Type) || IAM_ATTACHMENT.test(Type)) return false;
  return typeof Properties === 'object' && Properties !== null && IAM_NAMES.some(name => name in Properties);
}

function expands(resource: v.InferOutput<typeof ResourceBody>): boolean {
  return resource.Type.endsWith('::MODULE') || JSON.stringify(resource).includes('"Fn::Transform"');
}
