// The questions that every form is made of, asked in a real workbench and answered by its own commands.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Cancelled } from '../../src/base/cancellation.ts';
import { askChoice, askText, BACK, type FormStep, fillForm } from '../../src/ui/quickInput.ts';

interface Form {
  readonly name?: string;
  readonly kind?: string;
}

const accept = () => vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
const back = () => vscode.commands.executeCommand('workbench.action.quickInputBack');
const leave = () => vscode.commands.executeCommand('workbench.action.closeQuickOpen');

describe('a question', () => {
  it('takes the value that stands in it', async () => {
    const answer = askText({ title: 'T' }, { prompt: 'P', value: 'alice' });
    await untilSettled(answer, accept);
    assert.equal(await answer, 'alice');
  });

  it('starts on the choice that was made before', async () => {
    const choices = ['a', 'b', 'c'].map(value => ({ value, label: value }));
    const answer = askChoice({ title: 'T' }, { placeholder: 'P', choices, active: 'b' });
    await untilSettled(answer, accept);
    assert.equal(await answer, 'b');
  });

  it('ends as cancelled when it is left', async () => {
    const answer = askText({ title: 'T' }, { prompt: 'P' });
    await untilSettled(answer, leave);
    await assert.rejects(answer, error => error instanceof Cancelled);
  });
});

describe('a form', () => {
  it('goes back to the question before, with what was entered', async () => {
    const asked: string[] = [];
    const ask =
      (field: keyof Form): FormStep<Form> =>
      async (form, place) => {
        asked.push(`${place.step} ${field}: ${form[field] ?? ''}`);
        const answer = await askText(place, { prompt: field, value: `the ${field}` });
        return answer === BACK ? BACK : { ...form, [field]: answer };
      };
    const filled = fillForm<Form>('F', {}, () => [ask('name'), ask('kind')]);
    await untilSettled(filled, () => (asked.length === 2 ? back() : accept()));
    assert.deepEqual(await filled, { name: 'the name', kind: 'the kind' });
    assert.deepEqual(asked, ['1 name: ', '2 kind: ', '1 name: the name', '2 kind: ']);
  });
});

/** Presses until it counts: a question is on the screen only some time after it was asked. */
async function untilSettled(answer: Promise<unknown>, press: () => Thenable<unknown>): Promise<void> {
  let settled = false;
  answer.then(
    () => (settled = true),
    () => (settled = true),
  );
  while (!settled) {
    await press();
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
