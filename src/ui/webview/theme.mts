/** The editor's theme for what a style sheet cannot reach: drawings on a canvas. */

/** A theme colour by its id with hyphens: `charts-blue`. Empty when this theme does not have it. */
export function themeColour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--vscode-${name}`).trim();
}

/** The first that the theme has. */
export function firstColour(...names: readonly string[]): string {
  return names.map(themeColour).find(colour => colour !== '') ?? 'currentColor';
}

/** Some theme colours are made to lie over text and let it through: as an area or a sign they would be hard to see. */
export function opaque(colour: string): string {
  return colour.replace(/^(#[\da-f]{6})[\da-f]{2}$/i, '$1').replace(/^rgba\((.+),[^,]+\)$/, 'rgb($1)');
}

export function themeFont(): { readonly family: string; readonly size: number } {
  const { fontFamily, fontSize } = getComputedStyle(document.body);
  return { family: fontFamily, size: Number.parseFloat(fontSize) };
}

export function isHighContrast(): boolean {
  return document.body.classList.contains('vscode-high-contrast');
}

/** VS Code tells of another theme by the body's classes, and sets its colours on the root. */
export function onThemeChange(redraw: () => void): void {
  const observer = new MutationObserver(() => redraw());
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
}
