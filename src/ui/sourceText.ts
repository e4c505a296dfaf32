/** What a deployment was planned from, as a text that can be compared: the source itself, then how it was asked for. Pure. */
import { basename } from 'node:path';
import type { CloudFormationSource, Source } from '../deployment/source.ts';

export interface SourceText {
  /** A file name: its ending tells the language. */
  readonly name: string;
  readonly text: string;
}

export function sourceText(source: Source): SourceText {
  const stack = stackOf(source);
  if (stack) return { name: basename(stack.template.name), text: stack.template.text };
  return { name: 'source.json', text: pretty(source) };
}

/** Everything but the template: parameters, tags and the like. */
export function optionsText(source: Source): string {
  const stack = stackOf(source);
  if (!stack) return pretty(source);
  const { template, ...options } = stack;
  return pretty({ template: template.name, ...options });
}

function stackOf(source: Source): CloudFormationSource | undefined {
  if (source.engine === 'cdk') return source.stack;
  return 'template' in source ? source : undefined;
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, sorted, 2)}\n`;
}

/** The order in which keys were written is no difference. */
function sorted(_key: string, value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
}
