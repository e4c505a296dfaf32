/** Asks for a period: a stretch up to now, or from one time to another in the person's own time zone. */
import { type Answer, askChoice, askText, BACK, type Place } from './quickInput.ts';
import { type Period, parsePeriod } from './trailPeriod.ts';

const STRETCHES: readonly { readonly label: string; readonly value: Period | 'between' }[] = [
  { label: 'Last hour', value: { lastHours: 1 } },
  { label: 'Last 24 hours', value: { lastHours: 24 } },
  { label: 'Last 7 days', value: { lastHours: 7 * 24 } },
  { label: 'Last 30 days', value: { lastHours: 30 * 24 } },
  { label: '$(calendar) Between two times …', value: 'between' },
  { label: '$(circle-large-outline) Any time', value: {} },
];

/** @throws Cancelled */
export async function askTime(place: Place): Promise<Answer<Period>> {
  const chosen = await askChoice(place, { placeholder: 'When?', choices: STRETCHES });
  if (chosen !== 'between') return chosen;
  const text = await askText(place, {
    prompt: 'From – to, in your time zone; either may be missing. To is not part of it.',
    placeholder: '2026-03-29 – 2026-03-30 14:30',
    problem: value => (parsePeriod(value) === undefined ? PROBLEM : undefined),
  });
  return text === BACK ? BACK : (parsePeriod(text) ?? {});
}

const PROBLEM = 'Write dates as 2026-03-29 or 2026-03-29 14:30, with – between them.';
