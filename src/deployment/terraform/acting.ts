/**
 * What a configuration runs or calls while it is merely planned, for the question that is asked before: in words, since
 * what cannot be looked into counts as well. Pure.
 */
import { isLocalSource } from './localSource.ts';
import type { Section } from './section.ts';

/** Data sources and ephemeral resources that start a program, or make a call that may change something. */
const ACTING: Readonly<Record<string, string>> = {
  external: 'runs a program on this computer',
  local_command: 'runs a program on this computer',
  http: 'sends a request of its own',
  aws_lambda_invocation: 'calls a function in AWS',
};

/** A header of a block, wherever it stands: in a string or a comment it costs a question, and hides nothing. */
const HEADER =
  /\b(data|ephemeral)(?:\s|\/\*(?:[^*]|\*(?!\/)){0,500}\*\/){0,20}(?:"((?:[^"\\\n]|\\.){0,500})"|([\p{L}_][\p{L}\p{N}_-]*)|(\/\*|"))/gu;

/** @param text of a file in HCL. */
export function actsByHeader(path: string, text: string): string[] {
  return [...text.matchAll(HEADER)].flatMap(([, type = '', quoted, bare, odd]) => {
    const label = quoted ?? bare ?? '';
    if (odd !== undefined || /[\\$%]/.test(label))
      return [`${path}: a ${type} block whose name is not plain may run anything`];
    return Object.hasOwn(ACTING, label) ? [`${path}: ${type}.${label} ${ACTING[label]}`] : [];
  });
}

export function acts(section: Section): string[] {
  switch (section.type) {
    case 'data':
    case 'ephemeral':
      return actingBlock(section);
    case 'check':
      return section.inside('data', 2).flatMap(actingBlock);
    case 'module':
      return remoteModule(section);
    case 'provider':
      return execOf(section);
    case 'terraform':
      return section.inside('required_providers', 0).flatMap(foreignProviders);
    default:
      return [];
  }
}

function actingBlock({ type, labels: [kind = '', name = ''] }: Section): string[] {
  return Object.hasOwn(ACTING, kind) ? [`${type}.${kind}.${name} ${ACTING[kind]}`] : [];
}

/** Those of Kubernetes and Helm fetch their credentials with one. */
function execOf(section: Section): string[] {
  const inner = section.inside('kubernetes', 0).flatMap(({ names }) => names);
  const runs =
    [...section.names, ...inner].includes('exec') || /\bexec\b/.test(section.raw('kubernetes') ?? '');
  return runs ? [`provider ${section.labels.join('.')} runs a program on this computer (exec)`] : [];
}

function remoteModule(section: Section): string[] {
  const source = section.literal('source');
  if (source !== undefined && isLocalSource(source)) return [];
  const from = source ?? 'a source that is not plain text';
  return [`module.${section.labels.join('.')} comes from ${from}: it may run anything`];
}

function foreignProviders(required: Section): string[] {
  return required.names
    .filter(name => name !== '//' && !isKnownProvider(required.raw(name) ?? ''))
    .map(name => `provider ${name} is a program that does not come from HashiCorp`);
}

const KNOWN =
  /^(?:(?:registry\.terraform\.io|registry\.opentofu\.org|registry\.opentofu\.io)\/)?hashicorp\/[a-z0-9-]+$|^terraform\.io\/builtin\/terraform$/;

/** @param written `{ source = "hashicorp/aws" }`, or a version alone: then it is HashiCorp's. */
function isKnownProvider(written: string): boolean {
  if (/\\/.test(written)) return false;
  const mentions = written.match(/source/g)?.length ?? 0;
  if (mentions === 0) return true;
  const source = /(?:"source"|\bsource)\s*[=:]\s*"([^"]*)"/.exec(written)?.[1];
  return mentions === 1 && source !== undefined && KNOWN.test(source);
}
