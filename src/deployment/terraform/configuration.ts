/**
 * What a configuration's files declare, as far as it matters before a tool may touch them: variables, its own backend,
 * local modules, what runs or acts while it is planned, identities of its own. What cannot be read to its end counts as
 * what runs programs, and all its variables as secret.
 */
import { acts, actsByHeader } from './acting.ts';
import { foreignIdentities } from './foreignIdentity.ts';
import { isLocalSource } from './localSource.ts';
import type { Section } from './section.ts';
import { sectionsOf } from './sections.ts';
import type { ProjectFile } from './terraformSource.ts';

export interface Variable {
  readonly name: string;
  readonly isSensitive: boolean;
  readonly isRequired: boolean;
  readonly description?: string;
}

export interface Declarations {
  readonly variables: readonly Variable[];
  /** `s3`, `cloud` ... */
  readonly backends: readonly string[];
  /** Sources of modules that are folders. */
  readonly modules: readonly string[];
  /** What runs a program or acts while it is planned, for a person; also what cannot be looked into. */
  readonly programs: readonly string[];
  /** What would act as somebody else than the agent, for a person. */
  readonly identities: readonly string[];
  /** The same, of the backend that the configuration has itself. */
  readonly backendIdentities: readonly string[];
  readonly isWhole: boolean;
}

const NOTHING: Declarations = {
  variables: [],
  backends: [],
  modules: [],
  programs: [],
  identities: [],
  backendIdentities: [],
  isWhole: true,
};

export function declarationsOf(file: ProjectFile): Declarations {
  const found = sectionsOf(file);
  if (found === undefined) return NOTHING;
  const { sections, isWhole } = found;
  const of = (type: string): readonly Section[] => sections.filter(section => section.type === type);
  const unread = isWhole ? [] : [`${file.path} cannot be read to its end: it may run anything`];
  const own = [...sections.flatMap(acts), ...unread];
  return {
    variables: of('variable').map(variableOf),
    backends: of('terraform').flatMap(section => [
      ...section.inside('backend', 1).map(({ labels }) => labels[0] ?? ''),
      ...section.inside('cloud', 0).map(() => 'cloud'),
    ]),
    modules: of('module')
      .flatMap(section => section.literal('source') ?? [])
      .filter(isLocalSource),
    programs: own.length > 0 || file.path.endsWith('.json') ? own : actsByHeader(file.path, file.content),
    ...foreignIdentities(sections),
    isWhole,
  };
}

export function allDeclarations(files: readonly ProjectFile[]): Declarations {
  const each = files.map(declarationsOf);
  return {
    variables: each.flatMap(({ variables }) => variables),
    backends: each.flatMap(({ backends }) => backends),
    modules: each.flatMap(({ modules }) => modules),
    programs: each.flatMap(({ programs }) => programs),
    identities: each.flatMap(({ identities }) => identities),
    backendIdentities: each.flatMap(({ backendIdentities }) => backendIdentities),
    isWhole: each.every(({ isWhole }) => isWhole),
  };
}

function variableOf(section: Section): Variable {
  const description = section.literal('description');
  return {
    name: section.labels[0] ?? '',
    // An expression that is not plainly false counts as true.
    isSensitive: (section.raw('sensitive') ?? 'false') !== 'false',
    isRequired: section.raw('default') === undefined,
    ...(description === undefined ? {} : { description }),
  };
}
