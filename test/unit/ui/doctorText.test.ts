import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Finding, Report } from '../../../src/broker/doctor/report.ts';
import { doctorText, doctorTitle, placeText } from '../../../src/ui/doctorText.ts';
import { revokeSummary, revokeText, type TitledStep } from '../../../src/ui/revokeAgentText.ts';
import { COPILOT } from '../identity/world.ts';

const FINDING: Finding = {
  id: 'x',
  severity: 'high',
  title: 'A key [here](command:x)',
  what: 'Every process can read /home/alice/.aws/credentials.',
  where: { file: '/home/alice/.aws/credentials', line: 2 },
  fix: 'chmod 600 /home/alice/.aws/credentials',
};
const report = (parts: Partial<Report>): Report => ({
  at: 0,
  tookMs: 1,
  findings: [],
  fine: [],
  unchecked: [],
  ...parts,
});

describe("the doctor's report", () => {
  it('has a title that says how it is', () => {
    const titles = [
      report({}),
      report({ findings: [FINDING] }),
      report({ findings: [FINDING, FINDING], unchecked: [{ about: 'a', why: 'b' }] }),
    ];
    assert.deepEqual(titles.map(doctorTitle), [
      'Doctor: nothing found',
      'Doctor: 1 finding',
      'Doctor: 2 findings, 1 not checked',
    ]);
  });

  it('shows what was found with its place, and what others wrote as text', () => {
    const text = doctorText(
      report({ findings: [FINDING], fine: [{ about: 'Keychain', text: 'It is.' }] }),
      '/home/alice',
    );
    assert.match(text, /## High: A key \\\[here\\\]/);
    assert.match(text, /`~\/\.aws\/credentials:2`/);
    assert.match(text, /\*\*What to do:\*\* chmod 600 \\~\/\.aws\/credentials/);
    assert.match(text, /## Checked, and as it should be\n\n- \*\*Keychain\*\*: It is\./);
    assert.ok(!text.includes('Could not be checked'));
  });

  it('shortens only what is below the home folder', () => {
    assert.equal(placeText({ file: '/home/alice2/x' }, '/home/alice'), '/home/alice2/x');
    assert.equal(placeText({ file: '/x', line: 3 }, '/'), '/x:3');
  });
});

describe('the record of a revocation', () => {
  const step = (state: 'done' | 'failed' | 'skipped'): TitledStep =>
    state === 'done'
      ? { title: 'a', result: { state, detail: 'Done.' } }
      : { title: 'b', result: { state, why: 'AWS.', byHand: ['aws iam x\n```\n# y'] } };
  const cases: readonly [steps: TitledStep[], expected: string][] = [
    [[step('done')], 'Revoked agent copilot.'],
    [[step('done'), step('skipped')], 'Revoked agent copilot on this computer. In AWS nothing was changed.'],
    [
      [step('failed'), step('skipped')],
      'Revoked agent copilot, but one step failed. The record says what to do by hand.',
    ],
  ];
  for (const [steps, expected] of cases) {
    it(expected, () => assert.equal(revokeSummary({ agent: COPILOT, verb: 'Revoked', steps }), expected));
  }

  it('says what is left to do by hand, in a block that nothing in it ends', () => {
    const text = revokeText({
      agent: COPILOT,
      verb: 'Revoked',
      at: 0,
      steps: [step('failed')],
      running: false,
    });
    assert.match(text, /## Failed: b\n\nAWS\.\n\nBy hand:\n\n```\naws iam x ''' # y\n```/);
  });
});
