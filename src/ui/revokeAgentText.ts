/** What was done to stop an agent, or to let it go on, as Markdown: step by step, with what is left to do by hand. Pure. */
import type { StepResult } from '../broker/revokeAgent.ts';
import { type Profile, who } from '../identity/profile.ts';
import { accountName, environmentName, markdownText } from './wording.ts';

export interface TitledStep {
  readonly title: string;
  readonly result: StepResult;
}

export interface RevokeRecord {
  readonly agent: Profile;
  /** `Revoked`, `Restored`. */
  readonly verb: string;
  readonly at: number;
  readonly steps: readonly TitledStep[];
  /** Steps are still to come. */
  readonly running: boolean;
}

export function revokeText({ agent, verb, at, steps, running }: RevokeRecord): string {
  return [
    `# ${verb} ${markdownText(who(agent))}`,
    '',
    `In ${markdownText(accountName(agent.verified))}, ${environmentName(agent.environment)}. ${new Date(at).toISOString()}`,
    ...steps.flatMap(step => ['', ...stepText(step)]),
    ...(running ? ['', '_Working …_'] : []),
    '',
  ].join('\n');
}

const STATES: Readonly<Record<StepResult['state'], string>> = {
  done: 'Done',
  failed: 'Failed',
  skipped: 'Not done',
};

function stepText({ title, result }: TitledStep): string[] {
  const said = result.state === 'done' ? result.detail : result.why;
  const byHand = result.state === 'done' ? [] : result.byHand;
  return [
    `## ${STATES[result.state]}: ${markdownText(title)}`,
    '',
    markdownText(said),
    ...(byHand.length > 0 ? ['', 'By hand:', '', '```', ...byHand.map(withoutFence), '```'] : []),
  ];
}

/** Names come from records: none of them ends the block. */
function withoutFence(text: string): string {
  return text.replaceAll('```', "'''").replace(/[\r\n]+/g, ' ');
}

/** One sentence for the notification. */
export function revokeSummary({
  agent,
  verb,
  steps,
}: Pick<RevokeRecord, 'agent' | 'verb' | 'steps'>): string {
  const failed = steps.filter(({ result }) => result.state === 'failed').length;
  if (failed > 0)
    return `${verb} ${who(agent)}, but ${failed === 1 ? 'one step' : `${failed} steps`} failed. The record says what to do by hand.`;
  const skipped = steps.filter(({ result }) => result.state === 'skipped');
  return skipped.length === 0
    ? `${verb} ${who(agent)}.`
    : `${verb} ${who(agent)} on this computer. In AWS nothing was changed.`;
}
