/** What a path stands for: the engine is known by what lies there. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { errorMessage } from '../../base/userError.ts';
import { type CommandLine, see, wrong } from '../commandLine.ts';
import { parametersOf, type SourceAsk, type Sourced } from './sourced.ts';

/** @throws UserError `cli.usage` when nothing that can be deployed is there; what the engine says of it. */
export async function sourceOf(ask: SourceAsk): Promise<Sourced> {
  const { desk, line } = ask;
  const [operand] = line.operands;
  if (operand === undefined) throw wrong('Which template, or which folder?', see(line.name));
  const path = resolve(desk.here.cwd, operand);
  if (!isFolder(path, operand)) return templateSource(line, path, operand);
  const names = readdirSync(path);
  if (names.includes('cdk.json')) return (await import('./cdkFolder.ts')).cdkFolder(ask, path);
  if (names.some(name => /\.tf(\.json)?$/.test(name)))
    return (await import('./terraformFolder.ts')).terraformFolder(ask, path);
  throw wrong(`${operand} is a folder with nothing in it that can be deployed.`, see(line.name));
}

function isFolder(path: string, operand: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw wrong(`${operand} cannot be read: ${errorMessage(error)}.`, 'Give a template, or a folder.');
  }
}

/** Larger is no template that AWS takes. */
const MOST_BYTES = 4 * 1024 * 1024;

function templateSource(line: CommandLine, path: string, operand: string): Sourced {
  if (statSync(path).size > MOST_BYTES)
    throw wrong(`${operand} is larger than any template.`, 'Give the template itself.');
  return {
    source: {
      engine: 'cloudformation',
      template: { name: operand, text: readFileSync(path, 'utf8') },
      parameters: parametersOf(line),
    },
    stackName: line.text('stack') ?? basename(path).replace(/(\.template)?\.[^.]+$/, ''),
    dispose: () => undefined,
  };
}
