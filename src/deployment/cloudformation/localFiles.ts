/**
 * What a template names of this computer: code and nested templates that AWS takes from a bucket only. The places, and
 * what is written there instead, are those of `aws cloudformation package`. Pure.
 */
import * as v from 'valibot';
import { parseTemplateText, type TemplateText } from './templateText.ts';

/** What AWS wants in place of a path. */
export type Form =
  | { readonly kind: 's3' }
  | { readonly kind: 'https' }
  | { readonly kind: 'map'; readonly bucket: string; readonly key: string };

interface Place {
  /** Under `Properties`. */
  readonly path: readonly string[];
  readonly form: Form;
  /** A folder, or a file that is not an archive already, is packed. */
  readonly zip: boolean;
  /** A template, whose own local files are published too. */
  readonly template?: boolean;
}

export interface LocalFile extends Place {
  readonly logicalId: string;
  /** As the template writes it. */
  readonly written: string;
  /** Where it stands in the text. */
  readonly range: readonly [number, number];
}

const S3: Form = { kind: 's3' };
const map = (bucket: string, key: string): Form => ({ kind: 'map', bucket, key });
const file = (form: Form, ...path: string[]): Place => ({ path, form, zip: false });
const code = (form: Form, ...path: string[]): Place => ({ path, form, zip: true });
const template = (property: string): Place => ({
  path: [property],
  form: { kind: 'https' },
  zip: false,
  template: true,
});

const LAMBDA = map('S3Bucket', 'S3Key');
const API = map('Bucket', 'Key');

/** AWS CLI reference, `aws cloudformation package`. */
const PLACES: Readonly<Record<string, readonly Place[]>> = {
  'AWS::ApiGateway::RestApi': [file(API, 'BodyS3Location')],
  'AWS::Lambda::Function': [code(LAMBDA, 'Code')],
  'AWS::Lambda::LayerVersion': [code(LAMBDA, 'Content')],
  'AWS::Serverless::Function': [code(S3, 'CodeUri')],
  'AWS::Serverless::LayerVersion': [code(S3, 'ContentUri')],
  'AWS::Serverless::Api': [file(S3, 'DefinitionUri')],
  'AWS::Serverless::HttpApi': [file(S3, 'DefinitionUri')],
  'AWS::Serverless::StateMachine': [file(S3, 'DefinitionUri')],
  'AWS::Serverless::Application': [template('Location')],
  'AWS::StepFunctions::StateMachine': [file(API, 'DefinitionS3Location')],
  'AWS::AppSync::GraphQLSchema': [file(S3, 'DefinitionS3Location')],
  'AWS::AppSync::Resolver': [
    file(S3, 'RequestMappingTemplateS3Location'),
    file(S3, 'ResponseMappingTemplateS3Location'),
    file(S3, 'CodeS3Location'),
  ],
  'AWS::AppSync::FunctionConfiguration': [
    file(S3, 'RequestMappingTemplateS3Location'),
    file(S3, 'ResponseMappingTemplateS3Location'),
    file(S3, 'CodeS3Location'),
  ],
  'AWS::ElasticBeanstalk::ApplicationVersion': [file(LAMBDA, 'SourceBundle')],
  'AWS::Glue::Job': [file(S3, 'Command', 'ScriptLocation')],
  'AWS::CodeCommit::Repository': [code(API, 'Code', 'S3')],
  'AWS::CloudFormation::ResourceVersion': [code(S3, 'SchemaHandlerPackage')],
  'AWS::CloudFormation::ModuleVersion': [code(S3, 'ModulePackage')],
  'AWS::CloudFormation::Stack': [template('TemplateURL')],
  'AWS::CloudFormation::StackSet': [template('TemplateURL')],
};

const Root = v.looseObject({
  Resources: v.record(v.string(), v.looseObject({ Type: v.string(), Properties: v.optional(v.unknown()) })),
});

/** In the order of the text. @throws UserError `template.syntax` */
export function localFiles(text: string, name: string): LocalFile[] {
  const read = parseTemplateText(text, name);
  const root = v.safeParse(Root, read.root);
  if (!root.success) return [];
  const found = Object.entries(root.output.Resources).flatMap(([logicalId, { Type, Properties }]) =>
    (Object.hasOwn(PLACES, Type) ? (PLACES[Type] ?? []) : []).flatMap(
      place => localFile(read, logicalId, place, Properties) ?? [],
    ),
  );
  return found.sort((a, b) => a.range[0] - b.range[0]);
}

function localFile(
  read: TemplateText,
  logicalId: string,
  place: Place,
  properties: unknown,
): LocalFile | undefined {
  const written = place.path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    properties,
  );
  if (typeof written !== 'string' || isRemote(written)) return undefined;
  const range = read.rangeOf('Resources', logicalId, 'Properties', ...place.path);
  return range && { ...place, logicalId, written, range };
}

function isRemote(written: string): boolean {
  return /^(?:https?|s3):\/\//i.test(written) || written.trim() === '';
}

export interface Published {
  readonly file: LocalFile;
  readonly bucket: string;
  readonly key: string;
}

/** Everything else of the text stays as it was written, comments included. */
export function withPublished(text: string, published: readonly Published[], region: string): string {
  return [...published]
    .sort((a, b) => b.file.range[0] - a.file.range[0])
    .reduce((soFar, { file: { range, form }, bucket, key }) => {
      const [start, end] = range;
      return soFar.slice(0, start) + JSON.stringify(writtenAs(form, bucket, key, region)) + soFar.slice(end);
    }, text);
}

function writtenAs(form: Form, bucket: string, key: string, region: string): unknown {
  switch (form.kind) {
    case 's3':
      return `s3://${bucket}/${key}`;
    case 'https':
      return objectUrl(bucket, key, region);
    case 'map':
      return { [form.bucket]: bucket, [form.key]: key };
  }
}

export function objectUrl(bucket: string, key: string, region: string): string {
  return `https://${bucket}.s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}/${key}`;
}
