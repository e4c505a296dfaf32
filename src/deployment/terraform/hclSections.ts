/** The sections of a file in HCL's own syntax. */
import { attributeOf, type Block, blocksOf, literalText, outlineOf } from './hcl.ts';
import { type Section, type Sections, TYPES } from './section.ts';

/** Characters that Terraform takes for a blank, the end of a line or an error, and a pattern here for something else. */
const ODD =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that are looked for
  /[\0-\x08\v\f\x0e-\x1f\x7f\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]|\r(?!\n)/;

export function inHcl(text: string): Sections {
  const { items, isWhole } = outlineOf(text);
  const blocks = items.filter((item): item is Block => item.kind === 'block');
  const known = blocks.filter(({ type }) => Object.hasOwn(TYPES, type));
  return {
    sections: known.map(sectionOf),
    isWhole: isWhole && items.length === blocks.length && !ODD.test(text) && known.every(isPlain),
  };
}

/** Escapes in a label are read by the tool; in all that matters nobody needs them. */
function isPlain(block: Block): boolean {
  const { labels, body } = block;
  const { items, isWhole } = outlineOf(body);
  return (
    isWhole &&
    labels.every(label => !/[\\$%]/.test(label)) &&
    items.every(item => item.kind === 'attribute' || isPlain(item))
  );
}

function sectionOf({ type, labels, body }: Block): Section {
  return {
    type,
    labels,
    names: outlineOf(body).items.map(item => (item.kind === 'attribute' ? item.name : nameOf(item))),
    raw: name => attributeOf(body, name),
    literal: name => literalText(attributeOf(body, name)),
    inside: inner => blocksOf(body, inner).map(sectionOf),
  };
}

/** `dynamic "endpoints"` makes blocks of that name. */
function nameOf({ type, labels }: Block): string {
  return type === 'dynamic' ? (labels[0] ?? type) : type;
}
