/**
 * The blocks that a file of a configuration declares, in both of its syntaxes. Whoever asks is about to let a tool touch
 * the files, so what is not understood to its end is told as such, and never as if it were nothing.
 */
import { inHcl } from './hclSections.ts';
import { inJson } from './jsonSections.ts';
import { type Sections, UNREADABLE } from './section.ts';
import type { ProjectFile } from './terraformSource.ts';

/** @returns undefined for a file that is no configuration. `.tofu` is OpenTofu's own. */
export function sectionsOf(file: ProjectFile): Sections | undefined {
  const kind = /\.(?:tf|tofu)(\.json)?$/.exec(file.path);
  if (kind === null) return undefined;
  // Kept as bytes: it is not text, or somebody has written the record.
  if (file.encoding !== 'utf8') return UNREADABLE;
  const text = file.content.replace(/^\ufeff/, '');
  try {
    return kind[1] === undefined ? inHcl(text) : inJson(text);
  } catch (error) {
    // Nested too deeply.
    if (error instanceof RangeError) return UNREADABLE;
    throw error;
  }
}
