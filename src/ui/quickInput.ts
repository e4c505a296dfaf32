/** Questions to a person, one at a time, with a way back. Leaving (Escape) throws `Cancelled`; bad input loses nothing. */
import * as vscode from 'vscode';
import { Cancelled } from '../base/cancellation.ts';

export const BACK = Symbol('back');
export type Answer<T> = T | typeof BACK;

export interface Place {
  readonly title: string;
  /** From 1; without it no step and no way back is shown. */
  readonly step?: number;
  readonly totalSteps?: number;
}

export interface TextQuestion {
  readonly prompt: string;
  readonly placeholder?: string;
  readonly value?: string;
  readonly password?: boolean;
  /** What is wrong with a value, as a sentence; undefined when nothing is. */
  readonly problem?: (value: string) => string | undefined;
  /** A button beside the title that asks for more; it stays on this question. */
  readonly more?: { readonly tooltip: string; readonly chosen: () => void };
}

export function askText(place: Place, question: TextQuestion): Promise<Answer<string>> {
  const box = vscode.window.createInputBox();
  box.prompt = question.prompt;
  box.placeholder = question.placeholder ?? '';
  box.value = question.value ?? '';
  box.password = question.password ?? false;
  return shown(box, place, (resolve, keep) => {
    if (question.more) keep(moreButton(box, question.more));
    keep(
      box.onDidChangeValue(() => {
        box.validationMessage = '';
      }),
    );
    keep(
      box.onDidAccept(() => {
        const value = question.password ? box.value : box.value.trim();
        const problem = question.problem?.(value);
        if (problem === undefined) resolve(value);
        else box.validationMessage = problem;
      }),
    );
  });
}

export interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

function moreButton(
  box: vscode.InputBox,
  { tooltip, chosen }: NonNullable<TextQuestion['more']>,
): vscode.Disposable {
  const button = { iconPath: new vscode.ThemeIcon('settings-gear'), tooltip };
  box.buttons = [...box.buttons, button];
  return box.onDidTriggerButton(pressed => {
    if (pressed !== button) return;
    chosen();
    box.buttons = box.buttons.filter(other => other !== button);
    box.prompt = `${box.prompt} (more options follow)`;
  });
}

export interface PickQuestion<T> {
  readonly placeholder: string;
  readonly choices: readonly Choice<T>[];
  readonly active?: T;
}

export function askChoice<T>(place: Place, question: PickQuestion<T>): Promise<Answer<T>> {
  const pick = vscode.window.createQuickPick<Choice<T>>();
  pick.placeholder = question.placeholder;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.items = question.choices;
  const active = question.choices.find(({ value }) => value === question.active);
  if (active) pick.activeItems = [active];
  return shown(pick, place, (resolve, keep) => {
    keep(
      pick.onDidAccept(() => {
        const chosen = pick.selectedItems[0] ?? pick.activeItems[0];
        if (chosen) resolve(chosen.value);
      }),
    );
  });
}

/** All choices have to be ticked: an answer without one of them is not taken. */
export async function askTicks<T>(place: Place, question: Omit<PickQuestion<T>, 'active'>): Promise<T[]> {
  const pick = vscode.window.createQuickPick<Choice<T>>();
  pick.canSelectMany = true;
  pick.placeholder = question.placeholder;
  pick.items = question.choices;
  const answer = await shown<T[]>(pick, place, (resolve, keep) => {
    keep(
      pick.onDidAccept(() => {
        const all = question.choices.length;
        const chosen = pick.selectedItems.map(({ value }) => value);
        if (chosen.length === all) resolve(chosen);
        else pick.title = `${place.title}: ${chosen.length} of ${all} ticked`;
      }),
    );
  });
  return answer === BACK ? [] : answer;
}

type Wire<T> = (resolve: (value: T) => void, keep: (disposable: vscode.Disposable) => void) => void;

function shown<T>(input: vscode.QuickInput & Buttons, place: Place, wire: Wire<T>): Promise<Answer<T>> {
  input.title = place.title;
  input.ignoreFocusOut = true;
  input.step = place.step;
  input.totalSteps = place.totalSteps;
  if ((place.step ?? 1) > 1) input.buttons = [vscode.QuickInputButtons.Back];
  const kept: vscode.Disposable[] = [input];
  return new Promise<Answer<T>>((resolve, reject) => {
    wire(resolve, disposable => kept.push(disposable));
    kept.push(
      input.onDidTriggerButton(button => button === vscode.QuickInputButtons.Back && resolve(BACK)),
      input.onDidHide(() => reject(new Cancelled())),
    );
    input.show();
  }).finally(() => vscode.Disposable.from(...kept).dispose());
}

interface Buttons {
  buttons: readonly vscode.QuickInputButton[];
  readonly onDidTriggerButton: vscode.Event<vscode.QuickInputButton>;
}

/** One step of a form: asks, and returns the form with the answer in it. */
export type FormStep<F> = (form: F, place: Place) => Promise<Answer<F>>;

/**
 * Walks through the steps that `steps` gives for the form as it is so far (an answer may add or drop later steps);
 * Back returns to the step before, with what was entered.
 */
export async function fillForm<F>(
  title: string,
  start: F,
  steps: (form: F) => readonly FormStep<F>[],
): Promise<F> {
  let form = start;
  for (let index = 0; ; ) {
    const current = steps(form);
    const step = current[index];
    if (!step) return form;
    const answer = await step(form, { title, step: index + 1, totalSteps: current.length });
    if (answer === BACK) index = Math.max(0, index - 1);
    else {
      form = answer;
      index += 1;
    }
  }
}
