/** Elements made of text and nothing else: what others wrote stays text, whatever it looks like. */

type Attributes = Readonly<Record<string, string>>;
type Child = Node | string;

/** `classes` separated by spaces; empty for none. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  classes: string,
  attributes: Attributes,
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (classes !== '') made.className = classes;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export function button(label: string, spoken: string, onClick: () => void): HTMLButtonElement {
  const made = element('button', '', { type: 'button', 'aria-label': spoken, title: spoken }, label);
  made.addEventListener('click', onClick);
  return made;
}

/** `columns` first; the first cell of each row names it. */
export function table(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly Child[])[],
): HTMLTableElement {
  const head = element('tr', '', {}, ...columns.map(column => element('th', '', { scope: 'col' }, column)));
  const body = rows.map(([name = '', ...cells]) =>
    element(
      'tr',
      '',
      {},
      element('th', '', { scope: 'row' }, name),
      ...cells.map(cell => element('td', '', {}, cell)),
    ),
  );
  return element(
    'table',
    '',
    {},
    element('caption', '', {}, caption),
    element('thead', '', {}, head),
    element('tbody', '', {}, ...body),
  );
}

/** A part that is folded away until somebody wants it. */
export function folded(summary: string, ...children: readonly Child[]): HTMLDetailsElement {
  return element('details', '', {}, element('summary', '', {}, summary), ...children);
}
