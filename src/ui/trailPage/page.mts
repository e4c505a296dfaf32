/** The page of charts: hears what there is to show, draws it, and says what was clicked. */
import { element } from '../webview/elements.mts';
import { connectHost } from '../webview/host.mts';
import { onThemeChange } from '../webview/theme.mts';
import { type Drawn, drawActivity } from './activity.mts';
import { drawDeployment } from './deployment.mts';
import { matrixTable } from './matrix.mts';
import { type Asked, type Charts, type Days, PERIODS } from './messages.ts';

type Kept = Pick<Extract<Asked, { is: 'ready' }>, 'days' | 'deploymentId'>;

const root = document.getElementById('page') ?? document.body;
const host = connectHost<Charts, Asked>(hear);
let last: Charts | undefined;
let lastText = '';
let drawn: readonly Drawn[] = [];

onThemeChange(() => last && draw(last));
host.ask({ is: 'ready', ...kept() });

/** Nothing moves under somebody's hands when nothing has changed. */
function hear(charts: Charts): void {
  const text = JSON.stringify(charts);
  if (text === lastText) return;
  lastText = text;
  last = charts;
  host.keep({
    days: charts.days,
    ...(charts.deployment ? { deploymentId: charts.deployment.id } : {}),
  } satisfies Kept);
  draw(charts);
}

/** What this page itself kept; the extension looks at it before it uses it. */
function kept(): Kept {
  const state = host.kept();
  return typeof state === 'object' && state !== null ? state : {};
}

function draw(charts: Charts): void {
  const focused = document.activeElement?.id ?? '';
  const open = new Set([...root.querySelectorAll('section:has(details[open])')].map(({ id }) => id));
  const scrolled = document.scrollingElement?.scrollTop ?? 0;
  for (const one of drawn) one.destroy();
  const activity = drawActivity(charts.activity, choice => {
    const from = charts.matrix.from === 0 ? {} : { from: charts.matrix.from };
    host.ask({ is: 'show', ...from, ...choice });
  });
  const deployment = deploymentParts(charts);
  drawn = [activity, deployment];
  root.replaceChildren(
    header(charts),
    section('activity', 'Activity over time', activity.parts),
    section(
      'matrix',
      'Actors and services',
      matrixTable(charts.matrix, choice => host.ask({ is: 'show', ...choice })),
    ),
    section('deployment', 'A deployment', deployment.parts),
  );
  for (const id of open) document.querySelector(`#${id} details`)?.setAttribute('open', '');
  document.getElementById(focused)?.focus();
  document.scrollingElement?.scrollTo({ top: scrolled });
}

function section(id: string, title: string, parts: readonly HTMLElement[]): HTMLElement {
  const heading = element('h2', '', { id: `${id}-title` }, title);
  return element('section', '', { id, 'aria-labelledby': `${id}-title` }, heading, ...parts);
}

const PERIOD_WORDS: Readonly<Record<Days, string>> = {
  1: 'Last 24 hours',
  7: 'Last 7 days',
  30: 'Last 30 days',
  90: 'Last 90 days',
  0: 'All there is',
};

function header({ days }: Charts): HTMLElement {
  const choices = PERIODS.map(value => ({ value: String(value), label: PERIOD_WORDS[value] }));
  const select = choice('period', String(days), choices, value => {
    const chosen = PERIODS.find(period => String(period) === value);
    if (chosen !== undefined) host.ask({ is: 'period', days: chosen });
  });
  return element(
    'header',
    '',
    {},
    element('h1', '', {}, 'Audit Trail'),
    element('label', '', { for: 'period' }, 'Period ', select),
  );
}

function deploymentParts({ deployments, deployment }: Charts): Drawn {
  if (deployments.length === 0)
    return {
      parts: [element('p', 'empty', {}, 'Nothing has been deployed from this computer yet.')],
      destroy: () => undefined,
    };
  const choices = deployments.map(({ id, label }) => ({ value: id, label }));
  const select = choice('deployment-id', deployment?.id ?? '', choices, id =>
    host.ask({ is: 'deployment', id }),
  );
  if (!deployment) return { parts: [select], destroy: () => undefined };
  const { parts, destroy } = drawDeployment(deployment, {
    open: ({ accountId, eventId, name }) => host.ask({ is: 'open', accountId, eventId, name }),
    showAll: () => host.ask({ is: 'show', deploymentId: deployment.id }),
  });
  return {
    parts: [element('label', '', { for: 'deployment-id' }, 'Deployment ', select), ...parts],
    destroy,
  };
}

function choice(
  id: string,
  chosen: string,
  choices: readonly { readonly value: string; readonly label: string }[],
  choose: (value: string) => void,
): HTMLSelectElement {
  const options = choices.map(({ value, label }) =>
    element('option', '', { value, ...(value === chosen ? { selected: '' } : {}) }, label),
  );
  const select = element('select', '', { id }, ...options);
  select.addEventListener('change', () => choose(select.value));
  return select;
}
