/** What a person does about a leak: look at its evidence, or say that it is fine. */
import type { Leak } from '../trail/leaks/leakStore.ts';
import type { Leaks } from '../trail/leaks/leaks.ts';
import type { CommandHandlers } from './commands.ts';
import { LEAK_TITLES, leakDocument, openLeaks } from './leakText.ts';
import { askChoice, askText, BACK } from './quickInput.ts';
import type { TextDocuments } from './textDocuments.ts';
import { leakOf } from './trailNodes.ts';
import type { TrailTree } from './trailTree.ts';
import { ANY_LEAK } from './trailView.ts';

export interface LeakHandlersInput {
  readonly leaks: Pick<Leaks, 'list' | 'get' | 'acknowledge' | 'withdraw'>;
  readonly documents: TextDocuments;
  readonly tree: () => TrailTree;
}

type LeakHandlers = Pick<
  CommandHandlers,
  | 'noWing.trail.openLeak'
  | 'noWing.trail.showLeakEvents'
  | 'noWing.trail.acknowledgeLeak'
  | 'noWing.trail.withdrawLeak'
>;

export function leakHandlers({ leaks, documents, tree }: LeakHandlersInput): LeakHandlers {
  return {
    async 'noWing.trail.openLeak'(argument) {
      const leak = await leakFor(leaks, argument, 'Open Leak');
      if (leak) await documents.show('Leak.md', leakDocument(leak, localTime));
    },
    /** Without a leak those of all, for who was told of several at once. */
    async 'noWing.trail.showLeakEvents'(argument) {
      tree().show('actor', { leak: leakOf(argument)?.key ?? ANY_LEAK });
      await tree().reveal();
    },
    'noWing.trail.withdrawLeak'(argument) {
      const leak = leakOf(argument);
      if (leak) leaks.withdraw(leak.key);
    },
    async 'noWing.trail.acknowledgeLeak'(argument) {
      const leak = await leakFor(leaks, argument, 'This Is Fine');
      if (!leak) return;
      const reason = await askText(
        { title: `This Is Fine: ${LEAK_TITLES[leak.kind]}` },
        {
          prompt:
            'Why is it fine? Whoever reads the list later sees this. In another form, it is shown again.',
          problem: text => (text.trim() === '' ? 'It needs a reason.' : undefined),
        },
      );
      if (reason !== BACK) leaks.acknowledge(leak.key, reason);
    },
  };
}

async function leakFor(
  leaks: LeakHandlersInput['leaks'],
  argument: unknown,
  title: string,
): Promise<Leak | undefined> {
  const key = typeof argument === 'string' ? argument : leakOf(argument)?.key;
  if (key !== undefined) return leaks.get(key);
  const choices = openLeaks(leaks.list()).map(leak => ({
    label: LEAK_TITLES[leak.kind],
    detail: leak.sentence,
    value: leak,
  }));
  const chosen = await askChoice({ title }, { placeholder: 'Which leak?', choices });
  return chosen === BACK ? undefined : chosen;
}

function localTime(at: number): string {
  return new Date(at).toLocaleString();
}
