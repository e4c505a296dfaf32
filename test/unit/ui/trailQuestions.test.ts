import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { TrailFilter } from '../../../src/trail/trailFilter.ts';
import { trailQuestions } from '../../../src/ui/trailQuestions.ts';

const CASES: readonly [TrailFilter | undefined, 'at once' | 'in a thread'][] = [
  [undefined, 'at once'],
  [{ service: 's3.amazonaws.com', errorsOnly: true }, 'at once'],
  [{ text: '' }, 'at once'],
  [{ text: '  ' }, 'at once'],
  [{ text: 'bucket' }, 'in a thread'],
  [{ text: 'bucket', from: 1 }, 'in a thread'],
  [{ among: [] }, 'in a thread'],
];

for (const [filter, where] of CASES)
  it(`${JSON.stringify(filter)} is asked ${where}`, async () => {
    const { signal } = new AbortController();
    const asked: unknown[] = [];
    const at = (place: string) => (signalled?: AbortSignal) => asked.push([place, signalled === signal]);
    const [once, thread] = [at('at once'), at('in a thread')];
    const questions = trailQuestions({
      groups() {
        once(signal);
        return [];
      },
      events() {
        once(signal);
        return { events: [] };
      },
      aside: {
        async groups(_by, _filter, signalled) {
          thread(signalled);
          return [];
        },
        async events(_ask, signalled) {
          thread(signalled);
          return { events: [] };
        },
      },
    });
    const answers = [
      questions.groups('actor', filter ?? {}, signal),
      questions.events({ limit: 1, ...(filter && { filter }) }, signal),
    ];
    assert.deepEqual(
      answers.map(answer => answer instanceof Promise),
      [where === 'in a thread', where === 'in a thread'],
    );
    assert.deepEqual(asked, [
      [where, true],
      [where, true],
    ]);
  });

const DAYS: readonly [TrailFilter, 'at once' | 'in a thread'][] = [
  [{}, 'at once'],
  [{ actorKind: 'agent', errorsOnly: true, text: '' }, 'at once'],
  [{ service: 's3.amazonaws.com' }, 'in a thread'],
  [{ actor: 'alice' }, 'in a thread'],
  [{ from: 1 }, 'in a thread'],
];

for (const [filter, where] of DAYS)
  it(`by day, ${JSON.stringify(filter)} is asked ${where}`, async () => {
    const never = async (): Promise<never> => assert.fail();
    const questions = trailQuestions({
      groups: () => [],
      events: () => assert.fail(),
      aside: { groups: async () => [], events: never },
    });
    const answer = questions.groups('day', filter, new AbortController().signal);
    assert.equal(answer instanceof Promise ? 'in a thread' : 'at once', where);
  });
