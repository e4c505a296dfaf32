/** From a synthesized stack to the source of a deployment: what is planned, and from then on nothing but that. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../base/userError.ts';
import { zipFolder } from '../assets/zipFolder.ts';
import { sha256 } from '../plan.ts';
import type { CdkAsset, CdkSource } from '../source.ts';
import type { AssembledStack } from './assembly.ts';
import type { FileAsset } from './assetManifest.ts';
import type { Synthesis } from './synthesize.ts';

export interface CdkChoice {
  readonly stack: AssembledStack;
  /** The app's folder in the workspace. */
  readonly app: string;
  /** What a person gave; it wins over what the app itself says. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** @throws UserError `cdk.stackErrors`, `cdk.images`, `cdk.programs`, `cdk.legacyAssets`, `assets.*` */
export async function cdkSource(synthesis: Synthesis, choice: CdkChoice): Promise<CdkSource> {
  const { stack, app } = choice;
  requireDeployable(stack);
  const { assembly, tool } = synthesis;
  const assets: CdkAsset[] = [];
  for (const file of stack.assets.files) {
    assets.push({ ...file, sha256: sha256(await assetBody(assembly, file)) });
  }
  return {
    engine: 'cdk',
    app,
    construct: stack.displayName,
    tool: `${tool}, ${schemaText(synthesis)}`,
    ...(stack.accountId === undefined ? {} : { accountId: stack.accountId }),
    ...(stack.region === undefined ? {} : { region: stack.region }),
    assets,
    ...(stack.templatePlace === undefined ? {} : { templatePlace: stack.templatePlace }),
    stack: {
      engine: 'cloudformation',
      template: stack.template,
      parameters: { ...stack.parameters, ...choice.parameters },
      tags: stack.tags,
      // Not taken away where the app says nothing: somebody else may have given it.
      ...(stack.terminationProtection ? { terminationProtection: true } : {}),
    },
    assembly,
  };
}

/** As it is to lie in the bucket. @throws UserError `assets.*`; the file system's error. */
export async function assetBody(
  assembly: string,
  { name, path, packaging }: Pick<FileAsset, 'name' | 'path' | 'packaging'>,
): Promise<Uint8Array> {
  const at = join(assembly, path);
  return packaging === 'zip' ? zipFolder(at, name) : readFile(at);
}

/** Why a stack cannot be deployed by No Wing, as a sentence; undefined when it can. */
export function obstacleOf(stack: AssembledStack): string | undefined {
  return OBSTACLES.map(({ of }) => of(stack)).find(text => text !== undefined);
}

function schemaText({ schema, isNewer }: Pick<Synthesis, 'schema' | 'isNewer'>): string {
  return `assembly ${schema}${isNewer ? ' (newer than this No Wing knows)' : ''}`;
}

interface Obstacle {
  readonly code: string;
  readonly hint: string;
  of(stack: AssembledStack): string | undefined;
}

const OBSTACLES: readonly Obstacle[] = [
  {
    code: 'cdk.stackErrors',
    hint: 'Correct the app, then plan again.',
    of: ({ displayName, errors }) =>
      errors.length === 0
        ? undefined
        : `The app itself says that ${displayName} is wrong: ${errors.join(' ')}`,
  },
  {
    code: 'cdk.images',
    hint: 'Have the image built and pushed by your pipeline, and let the app name it by its repository and digest.',
    of: ({ displayName, assets: { images } }) =>
      images.length === 0
        ? undefined
        : `${displayName} needs container images to be built and pushed (${images.join(', ')}), which No Wing does not do.`,
  },
  {
    code: 'cdk.programs',
    hint: 'Let the app put the file itself into its assembly, as Asset and Code.fromAsset do.',
    of: ({ displayName, assets: { programs } }) =>
      programs.length === 0
        ? undefined
        : `${displayName} needs files that a program makes only while it is published (${programs.join(', ')}); No Wing publishes what was there when it was planned.`,
  },
  {
    code: 'cdk.legacyAssets',
    hint: 'Use the DefaultStackSynthesizer or the CliCredentialsStackSynthesizer.',
    of: ({ displayName, hasLegacyAssets }) =>
      hasLegacyAssets
        ? `${displayName} uses the LegacyStackSynthesizer of CDK 1, whose assets No Wing does not publish.`
        : undefined,
  },
];

function requireDeployable(stack: AssembledStack): void {
  for (const { code, hint, of } of OBSTACLES) {
    const text = of(stack);
    if (text !== undefined) throw new UserError(code, text, { hint: `${hint} Nothing was deployed.` });
  }
}
