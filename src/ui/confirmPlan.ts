/**
 * A human's yes to one exact plan. The plan is on its page; what the guardrails ask is ticked, production is typed, and
 * the last step is a modal dialog, which nothing but a person at the window can answer: no message of a page, no command.
 */
import * as vscode from 'vscode';
import { isCancelled } from '../base/cancellation.ts';
import { type Approval, questionsOf } from '../deployment/approval.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { Plan } from '../deployment/plan.ts';
import { ruleTitle } from './guardrailWords.ts';
import { planWords, unitWord } from './planText.ts';
import type { PlanPanels } from './planView/planPanels.ts';
import { askText, askTicks, BACK } from './quickInput.ts';

export interface ConfirmInput {
  readonly planPanels: Pick<PlanPanels, 'decision'>;
  /** Who says yes: the name of the human, as it stands in the record. */
  readonly human: () => string;
  readonly now: () => number;
  readonly refuse: (deploymentId: string, reason: string) => Promise<unknown>;
}

/** @returns undefined after a no, or when the page was closed: the plan then goes on waiting and can be reviewed again. */
export async function confirmPlan(
  input: ConfirmInput,
  deployment: Deployment,
  plan: Plan,
): Promise<Approval | undefined> {
  for (;;) {
    const decision = await input.planPanels.decision(deployment, plan);
    if (decision === 'later') return undefined;
    if (decision === 'refuse') {
      await input.refuse(deployment.id, `${input.human()} said no.`);
      return undefined;
    }
    const approvedBy = input.human();
    const acknowledged = await saysYes(deployment, plan);
    if (acknowledged) return { planHash: plan.hash, approvedBy, at: input.now(), acknowledged };
  }
}

/** @returns the rules that the human agreed to expressly; undefined when any of the steps was left: back to the page. */
async function saysYes(deployment: Deployment, plan: Plan): Promise<string[] | undefined> {
  try {
    const acknowledged = await ticked(plan);
    if (isTyped(plan)) await typedName(plan);
    const { title, detail, verb } = planWords(deployment, plan);
    const answer = await vscode.window.showWarningMessage(title, { modal: true, detail }, verb);
    return answer === verb ? acknowledged : undefined;
  } catch (error) {
    if (isCancelled(error)) return undefined;
    throw error;
  }
}

/** Each question is ticked on its own: a yes to the plan in general is not one to a guardrail. */
async function ticked(plan: Plan): Promise<string[]> {
  const rules = questionsOf(plan);
  if (rules.length === 0) return [];
  const choices = rules.map(rule => {
    const found = plan.guardrails.verdicts.filter(one => one.rule === rule && one.verdict === 'ask');
    const [first] = found;
    const subject = [first?.resource, first?.value].filter(part => part !== undefined).join(': ');
    const more = found.length > 1 ? ` and ${found.length - 1} more` : '';
    return {
      value: rule,
      label: first === undefined ? rule : ruleTitle(first.rule),
      description: `${subject}${more}`,
      detail: `Limit: ${first?.limit ?? ''}`,
    };
  });
  const placeholder = 'Tick each that you agree to. Without all of them the plan cannot be approved.';
  return await askTicks({ title: 'The guardrails ask you' }, { placeholder, choices });
}

/** Production is confirmed by typing, so that no reflex does it. */
function isTyped({ environment, guardrails }: Plan): boolean {
  return environment === 'prod' || guardrails.approval === 'typedName';
}

async function typedName(plan: Plan): Promise<void> {
  const { environment, stackName, action } = plan;
  const where = environment === 'prod' ? 'PRODUCTION' : environment;
  const verb = action === 'delete' ? 'delete it from' : 'deploy it to';
  const typed = await askText(
    { title: action === 'delete' ? `Delete from ${where}` : `Deploy to ${where}` },
    {
      prompt: `Type the name of the ${unitWord(plan)} to ${verb} ${where}: ${stackName}`,
      problem: value => (value === stackName ? undefined : `This is not ${stackName}.`),
    },
  );
  if (typed === BACK) throw new Error('There is no step before the name of the stack');
}
