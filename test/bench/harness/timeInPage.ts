// Times what a person waits for: from the click to the moment the page shows the text, by the page's own clock.
import type { Locator } from 'playwright-core';

/** The part of a page's globals that is used here; this project is otherwise none of a page. */
interface PageGlobals {
  readonly document: { querySelectorAll(selector: string): Iterable<PageElement> };
  readonly MouseEvent: new (type: string, options: object) => object;
  requestAnimationFrame(look: () => void): void;
}

interface PageElement {
  readonly textContent: string | null;
  dispatchEvent(event: object): void;
}

/** @returns milliseconds. @throws when the text is not shown within ten seconds. */
export function clickUntilShown(click: Locator, shown: string, within: string): Promise<number> {
  return click.evaluate(timeClick, { shown, within });
}

/** A click as the page sees it; two of the browser's own in a row would be a double click. */
export function clickInPage(click: Locator): Promise<unknown> {
  return click.evaluate(timeClick, { shown: '', within: '*' });
}

// Runs in the page: it may use nothing from outside itself.
function timeClick(target: unknown, { shown, within }: { shown: string; within: string }): Promise<number> {
  const page = globalThis as unknown as PageGlobals;
  const began = performance.now();
  const isShown = (): boolean =>
    [...page.document.querySelectorAll(within)].some(({ textContent }) => textContent?.includes(shown));
  const options = { bubbles: true, cancelable: true, button: 0, detail: 1 };
  for (const type of ['mousedown', 'mouseup', 'click']) {
    (target as PageElement).dispatchEvent(new page.MouseEvent(type, options));
  }
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const took = performance.now() - began;
      if (isShown()) resolve(took);
      else if (took > 10_000) reject(new Error(`${shown} was not shown`));
      else page.requestAnimationFrame(look);
    };
    look();
  });
}
