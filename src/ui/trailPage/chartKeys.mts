/** A chart by keyboard: arrows go from one thing in it to the next, Enter chooses it. */

export interface ChartKeys {
  /** What it is, and how it is used. */
  readonly label: string;
  readonly count: number;
  readonly say: (index: number) => void;
  readonly choose: (index: number) => void;
}

export function chartKeys(canvas: HTMLCanvasElement, { label, count, say, choose }: ChartKeys): void {
  let at = count;
  canvas.tabIndex = 0;
  canvas.setAttribute('role', 'application');
  canvas.setAttribute('aria-label', label);
  const moves: Readonly<Record<string, () => number>> = {
    ArrowLeft: () => at - 1,
    ArrowRight: () => at + 1,
    PageUp: () => at - 24,
    PageDown: () => at + 24,
    Home: () => 0,
    End: () => count - 1,
  };
  canvas.addEventListener('keydown', event => {
    const move = moves[event.key];
    if (event.key === 'Enter' && at < count) choose(at);
    else if (!move) return;
    else {
      at = Math.max(0, Math.min(count - 1, move()));
      say(at);
    }
    event.preventDefault();
  });
}
