/** A human's yes to one exact plan. It is asked in a modal dialog that nothing but a person at the window can answer. */
import * as vscode from 'vscode';
import type { Deployment } from '../deployment/deployment.ts';
import type { Plan } from '../deployment/plan.ts';
import { planWords } from './planText.ts';
import { askText, BACK } from './quickInput.ts';

export interface ConfirmInput {
  readonly showPlan: (deployment: Deployment, plan: Plan) => Promise<void>;
}

const SHOW = 'Show Whole Plan';
const DECIDE = 'Decide';

export async function confirmPlan(input: ConfirmInput, deployment: Deployment, plan: Plan): Promise<boolean> {
  const { title, detail, verb, cut } = planWords(deployment, plan);
  for (;;) {
    const buttons = cut ? [verb, SHOW] : [verb];
    const answer = await vscode.window.showWarningMessage(title, { modal: true, detail }, ...buttons);
    if (answer === verb) return deployment.environment !== 'prod' || typedName(plan);
    if (answer !== SHOW) return false;
    await input.showPlan(deployment, plan);
    if (
      (await vscode.window.showInformationMessage(
        `The plan of ${plan.stackName} waits for your yes.`,
        DECIDE,
      )) !== DECIDE
    )
      return false;
  }
}

/** Production is confirmed by typing, so that no reflex does it. */
async function typedName(plan: Plan): Promise<boolean> {
  const typed = await askText(
    { title: 'Deploy to PRODUCTION' },
    {
      prompt: `Type the name of the stack to deploy it to production: ${plan.stackName}`,
      problem: value => (value === plan.stackName ? undefined : `This is not ${plan.stackName}.`),
    },
  );
  return typed !== BACK;
}
