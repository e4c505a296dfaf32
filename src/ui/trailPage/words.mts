/** How actors and times are shown on the page: the same words, colours and signs in every chart and table. */
import { firstColour, opaque } from '../webview/theme.mts';
import type { Kind } from './messages.ts';

interface Look {
  readonly word: string;
  /** Theme colours, the first that the theme has; the style sheet has the same. */
  readonly colours: readonly string[];
  /** A shape of its own: colour is never the only sign. */
  readonly point: 'circle' | 'rectRot' | 'triangle' | 'star' | 'rect' | 'rectRounded';
}

const LOOKS: Readonly<Record<Kind, Look>> = {
  user: { word: 'user', colours: ['charts-blue'], point: 'circle' },
  agent: { word: 'agent', colours: ['charts-purple'], point: 'rectRot' },
  service: { word: 'service', colours: ['disabledForeground', 'descriptionForeground'], point: 'triangle' },
  root: { word: 'root user', colours: ['charts-red'], point: 'star' },
  // High contrast has no orange among its chart colours.
  external: {
    word: 'another account',
    colours: ['charts-orange', 'symbolIcon-eventForeground'],
    point: 'rect',
  },
  unknown: { word: 'unknown', colours: ['charts-yellow'], point: 'rectRounded' },
};

export function kindWord(kind: Kind): string {
  return LOOKS[kind].word;
}

export function kindColour(kind: Kind): string {
  const colour = firstColour(...LOOKS[kind].colours);
  // A service's is to stay in the background.
  return kind === 'service' ? colour : opaque(colour);
}

export function kindPoint(kind: Kind): Look['point'] {
  return LOOKS[kind].point;
}

export function number(value: number): string {
  return value.toLocaleString();
}

export function countWords(events: number, failed = 0): string {
  const count = `${number(events)} ${events === 1 ? 'event' : 'events'}`;
  return failed === 0 ? count : `${count}, ${number(failed)} failed`;
}

const HOUR = 3_600_000;

/** Days are counted by UTC, hours are the person's own. */
export function barTime(from: number, step: number): string {
  const at = new Date(from);
  return step > HOUR
    ? at.toLocaleDateString([], { timeZone: 'UTC', year: 'numeric', month: 'short', day: 'numeric' })
    : at.toLocaleString([], { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });
}

export function clockTime(at: number): string {
  return new Date(at).toLocaleString([], { dateStyle: 'medium', timeStyle: 'medium' });
}
