/** What of a source may be kept: everything but the values of variables that the configuration calls sensitive. Pure. */
import { UserError } from '../../base/userError.ts';
import { allDeclarations, type Variable } from './configuration.ts';
import { outlineOf } from './hcl.ts';
import type { ProjectFile, TerraformSource } from './terraformSource.ts';

/** The root module's own. */
function rootVariables(source: Pick<TerraformSource, 'files' | 'root'>): readonly Variable[] {
  return allDeclarations(rootFiles(source)).variables;
}

function rootFiles({ files, root }: Pick<TerraformSource, 'files' | 'root'>): ProjectFile[] {
  const prefix = root === '' ? '' : `${root}/`;
  return files.filter(({ path }) => path.startsWith(prefix) && !path.slice(prefix.length).includes('/'));
}

export type IsSecret = (variable: string) => boolean;

/** Where a file cannot be read to its end, any of them may be. */
export function secretsOf(source: Pick<TerraformSource, 'files' | 'root'>): IsSecret {
  const { variables, isWhole } = allDeclarations(rootFiles(source));
  const secrets = new Set(variables.flatMap(({ name, isSensitive }) => (isSensitive ? [name] : [])));
  return name => !isWhole || secrets.has(name);
}

export function withoutSecrets(source: TerraformSource): TerraformSource {
  const isSecret = secretsOf(source);
  return {
    ...source,
    files: source.files.map(file => (isVariables(file.path) ? cleaned(file, isSecret) : file)),
    variables: Object.fromEntries(Object.entries(source.variables).filter(([name]) => !isSecret(name))),
  };
}

function isVariables(path: string): boolean {
  return /\.tfvars(?:\.json)?$/.test(path);
}

/** One that cannot be read is not kept at all: a secret could be anywhere in it. */
function cleaned(file: ProjectFile, isSecret: IsSecret): ProjectFile {
  const content = file.path.endsWith('.json')
    ? cleanedJson(file.content, isSecret)
    : cleanedHcl(file.content, isSecret);
  return { path: file.path, encoding: 'utf8', content };
}

function cleanedHcl(text: string, isSecret: IsSecret): string {
  const { items, isWhole } = outlineOf(text);
  if (!isWhole) return '';
  return items.reduceRight(
    (rest, item) =>
      item.kind === 'attribute' && isSecret(item.name)
        ? `${rest.slice(0, item.start)}# ${item.name}: not kept${rest.slice(item.end)}`
        : rest,
    text,
  );
}

function cleanedJson(text: string, isSecret: IsSecret): string {
  const values = valuesOf(text);
  return JSON.stringify(Object.fromEntries(Object.entries(values).filter(([name]) => !isSecret(name))));
}

function valuesOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null ? { ...read } : {};
  } catch {
    return {};
  }
}

/** The names of variables that files give a value. */
function givenIn(files: readonly ProjectFile[]): Set<string> {
  return new Set(
    files.flatMap(({ path, content }) =>
      path.endsWith('.json')
        ? Object.keys(valuesOf(content))
        : outlineOf(content).items.flatMap(item => (item.kind === 'attribute' ? [item.name] : [])),
    ),
  );
}

/** Variables that a person has to give a value: it is nowhere, or was not kept since it is secret. */
export function neededVariables(source: TerraformSource): Variable[] {
  const given = givenIn(source.files.filter(({ path }) => isVariables(path)));
  return rootVariables(source).filter(
    ({ name, isRequired }) => isRequired && !given.has(name) && source.variables[name] === undefined,
  );
}

/** The file would win, and what a person typed be left out without a word. @throws UserError `terraform.twoValues` */
export function requireOneValue({ files, variables }: Pick<TerraformSource, 'files' | 'variables'>): void {
  const given = givenIn(files.filter(({ path }) => isVariables(path)));
  const twice = Object.keys(variables).filter(name => given.has(name));
  if (twice.length === 0) return;
  throw new UserError(
    'terraform.twoValues',
    `A file of variables has a value already for what was given by hand: ${twice.join(', ')}.`,
    { hint: 'Leave one of the two out, then plan again.' },
  );
}
