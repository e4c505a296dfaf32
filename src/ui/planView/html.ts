/** HTML that cannot be broken into: whatever stands in it is text, unless it was made here. Pure. */

export interface Html {
  readonly markup: string;
}

export type Part = string | number | Html | readonly Html[];

/** A tag for template literals: every part is escaped but what this tag has made. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const markup = texts.map((text, index) => {
    const part = parts[index];
    return part === undefined ? text : text + markupOf(part);
  });
  return { markup: markup.join('') };
}

export const NOTHING: Html = { markup: '' };

function markupOf(part: Part): string {
  if (typeof part === 'string') return escaped(part);
  if (typeof part === 'number') return String(part);
  if ('markup' in part) return part.markup;
  return part.map(({ markup }) => markup).join('');
}

/** Without what turns the direction of text, so that no name can rearrange what stands beside it. */
function escaped(text: string): string {
  return text
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
    .replace(/[&<>"'`]/g, sign => `&#${sign.charCodeAt(0)};`);
}
