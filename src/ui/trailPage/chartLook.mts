/** Chart.js with the parts that are used, in the editor's colours. */
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  LinearScale,
  PointElement,
  ScatterController,
  Tooltip,
  type TooltipOptions,
} from 'chart.js';
import { firstColour, themeFont } from '../webview/theme.mts';

Chart.register(
  ...[BarController, BarElement, ScatterController, PointElement, CategoryScale, LinearScale, Tooltip],
);

export { Chart };

export function textColour(): string {
  return firstColour('foreground', 'editor-foreground');
}

export function axis() {
  const grid = firstColour('editorIndentGuide-background1', 'contrastBorder', 'panel-border');
  return {
    grid: { color: grid, tickColor: grid },
    border: { color: grid },
    ticks: { color: textColour(), font: chartFont(), maxRotation: 0, autoSkipPadding: 24 },
  } as const;
}

export function chartFont() {
  const { family, size } = themeFont();
  return { family, size: size - 1 };
}

export function tooltipLook(): Partial<
  Pick<TooltipOptions, 'backgroundColor' | 'borderColor' | 'borderWidth'>
> {
  const text = firstColour('editorHoverWidget-foreground', 'foreground');
  return {
    backgroundColor: firstColour('editorHoverWidget-background', 'editor-background'),
    borderColor: firstColour('editorHoverWidget-border', 'contrastBorder', 'panel-border'),
    borderWidth: 1,
    ...{ titleColor: text, bodyColor: text, footerColor: text, padding: 8, usePointStyle: true },
    ...{ titleFont: chartFont(), bodyFont: chartFont(), footerFont: chartFont() },
  };
}
