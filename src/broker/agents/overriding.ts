/** Files that win over a tool's own for a project or the whole machine. They are looked at, never written. */
import type { FileWay, Surroundings } from './agentTool.ts';
import type { Variables } from './environmentFormat.ts';
import { lookAt } from './lookAt.ts';
import { overridden } from './setUpPlan.ts';

export interface Overriding {
  readonly file: string;
  /** What it sets otherwise; none when it cannot be read. */
  readonly names: readonly string[];
}

export function overriding(
  way: FileWay,
  surroundings: Surroundings,
  folders: readonly string[],
  wanted: Variables,
): Overriding[] {
  const files = folders.length === 0 ? [undefined] : folders;
  const all = new Set(files.flatMap(folder => way.overriding(surroundings, folder)));
  return [...all].flatMap(file => {
    const text = lookAt(file);
    if (text === undefined) return [];
    const names = namesIn(way, text, wanted);
    return names?.length === 0 && !way.replaces ? [] : [{ file, names: names ?? [] }];
  });
}

function namesIn(way: FileWay, text: string, wanted: Variables): string[] | undefined {
  try {
    return overridden(way.format.read(text).variables, wanted);
  } catch {
    return undefined;
  }
}
