/** What Terraform 1.11.4 really said, recorded, and what we make of it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { applyEnd, doneOf, resourceEvents } from '../../../../src/deployment/terraform/applyLog.ts';
import { outputsOf, plannedChanges } from '../../../../src/deployment/terraform/changes.ts';
import { explainErrors } from '../../../../src/deployment/terraform/faults.ts';
import { guardedResources, programsIn } from '../../../../src/deployment/terraform/guardedChanges.ts';
import { shownPlan } from '../../../../src/deployment/terraform/shownPlan.ts';
import { lockText, stateLockIn } from '../../../../src/deployment/terraform/stateLock.ts';
import { errorsIn, linesOf, validationErrors } from '../../../../src/deployment/terraform/toolLog.ts';

const recorded = (name: string): string => readFileSync(join(import.meta.dirname, 'recorded', name), 'utf8');

describe('what Terraform says', () => {
  const plan = shownPlan(recorded('plan.json'));

  it('of changes', () => {
    const words = plannedChanges(plan).map(
      ({ address, action, replacement, detail }) => `${action} ${address} ${replacement}: ${detail}`,
    );
    assert.deepEqual(words.sort(), [
      'add terraform_data.new["a"] no: ',
      'modify terraform_data.after no: moved from terraform_data.before',
      'modify terraform_data.changed no: input, output',
      'modify terraform_data.replaced yes: replaced because of triggers_replace; replace because cannot update',
      'remove terraform_data.gone no: delete because no resource config',
    ]);
  });

  it('of values before and after, without the secret ones', () => {
    const changed = plannedChanges(plan).find(({ address }) => address === 'terraform_data.changed');
    assert.match(changed?.before ?? '', /"input":{"list":\[1,2\],"name":"old"}/);
    assert.match(changed?.after ?? '', /"input":{"list":\[1,2,3\],"name":"new","password":"\*\*\*\*"}/);
    assert.match(changed?.after ?? '', /"output":"\(known after apply\)"/);
    assert.ok(!JSON.stringify([plannedChanges(plan), outputsOf(plan)]).includes('hunter2'));
  });

  it('of outputs', () => {
    assert.deepEqual(outputsOf(plan), [
      { name: 'known', value: 'v' },
      { name: 'later' },
      { name: 'secret', value: '****' },
    ]);
  });

  it('of what guardrails look at: also what stays as it is, and programs', () => {
    const words = guardedResources(plan).map(
      ({ address, action, facts }) => `${action} ${address} ${facts.unreadable ?? ''}`,
    );
    assert.deepEqual(words.sort(), [
      'add terraform_data.new["a"] it runs a program on this computer (provisioner local-exec)',
      'modify terraform_data.after ',
      'modify terraform_data.changed ',
      'modify terraform_data.replaced ',
      'remove terraform_data.gone ',
      'unchanged terraform_data.kept ',
    ]);
    const deep = {
      module_calls: {
        a: {
          module: {
            module_calls: {
              b: { module: { resources: [{ address: 'data.external.x', mode: 'data', type: 'external' }] } },
            },
          },
        },
      },
    };
    assert.deepEqual(programsIn(deep), [
      { address: 'module.a.module.b.data.external.x', what: 'data external' },
    ]);
  });

  const faults: [file: string, code: string, says: RegExp][] = [
    [
      'locked.jsonl',
      'terraform.locked',
      /locked by root@vm since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \(apply, lock [\w-]{36}\)\. Nothing/,
    ],
    ['stale.jsonl', 'terraform.planOutdated', /the state has changed since the plan was made/],
    ['values.jsonl', 'terraform.valuesNeeded', /values are missing for need\./],
    [
      'broken.jsonl',
      'terraform.failed',
      /bad\.tf:1: Unclosed configuration block: There is no closing brace .* \(and \d more\)/,
    ],
    ['noProvider.jsonl', 'terraform.noProvider', /Failed to query available provider packages/],
    [
      'version.jsonl',
      'terraform.version',
      /t\.tf:1: Unsupported Terraform Core version: This configuration does not support Terraform version 1\.11\.4/,
    ],
  ];
  for (const [file, code, says] of faults) {
    it(`of ${file}`, () => {
      const error = explainErrors(errorsIn(recorded(file)), '', {
        what: 'plan acme/shop/default',
        who: 'copilot',
        changed: 'nothing',
      });
      assert.equal(error.code, code);
      assert.match(error.message, says);
      assert.match(
        error.message,
        /^Terraform could not plan acme\/shop\/default for copilot: .* Nothing was changed\.$/,
      );
      assert.ok(error.hint);
    });
  }

  it('of a validation', () => {
    assert.deepEqual(
      validationErrors(recorded('invalid.json')).map(({ summary }) => summary),
      ['Unclosed configuration block', 'Unsupported block type'],
    );
  });

  it('of an access that was denied, with the words of AWS', () => {
    const detail =
      'operation error S3: PutObject, https response error StatusCode: 403, api error AccessDenied: User: arn:aws:sts::1:assumed-role/agent/x is not authorized to perform: s3:PutObject';
    const error = explainErrors([{ severity: 'error', summary: 'Failed to save state', detail }], '', {
      what: 'deploy x',
      who: 'copilot',
      changed: 'maybe',
    });
    assert.equal(error.code, 'terraform.denied');
    assert.match(error.message, /not authorized to perform: s3:PutObject\.$/);
  });

  it('while it applies', () => {
    const lines = linesOf(recorded('failed.jsonl'));
    const events = resourceEvents('d1', lines);
    const changes = [
      'terraform_data.a[0]',
      'terraform_data.a[1]',
      'terraform_data.bad',
      'terraform_data.slow',
    ];
    const latest = new Map(events.map(({ address, status }) => [address, status]));
    assert.deepEqual([...latest].sort(), [
      ['terraform_data.a[0]', 'DELETE_COMPLETE'],
      ['terraform_data.a[1]', 'DELETE_COMPLETE'],
      ['terraform_data.bad', 'CREATE_FAILED'],
      ['terraform_data.slow', 'UPDATE_COMPLETE'],
    ]);
    assert.equal(new Set(events.map(({ eventId }) => eventId)).size, events.length);
    const planned = changes.map(
      address =>
        ({ address, type: 'terraform_data', action: 'modify', replacement: 'no', detail: '' }) as const,
    );
    assert.equal(doneOf({ changes: planned }, events), 3);
    const end = applyEnd(lines);
    assert.equal(end.isComplete, false);
    assert.deepEqual(
      end.errors.map(({ address }) => address),
      ['terraform_data.bad'],
    );
  });

  it('at a good end, without secret outputs; and when the end is missing', () => {
    const text = recorded('applied.jsonl');
    const { isComplete, outputs } = applyEnd(linesOf(text));
    assert.ok(isComplete);
    assert.deepEqual(
      outputs.map(({ key, value }) => [key, value.slice(0, 4)]),
      [
        ['ids', '["15'],
        ['p', '****'],
      ],
    );
    const cut = text.slice(0, text.indexOf('Apply complete!'));
    assert.equal(applyEnd(linesOf(cut)).isComplete, false);
    assert.deepEqual(applyEnd(linesOf('not JSON\n{"type": 1}\n{\n')), {
      isComplete: false,
      errors: [],
      outputs: [],
    });
  });

  it('of a lock, as S3 and as a terminal tell it', () => {
    const lock = stateLockIn(
      '│ Lock Info:\n│   ID:        1-2\n│   Path:      b/k\n│   Operation: OperationTypePlan\n│   Who:       bob@laptop\n│   Created:   2026-11-22 08:00:00.5 +0000 UTC\n',
    );
    assert.equal(lock && lockText(lock), 'bob@laptop since 2026-11-22T08:00:00Z (plan, lock 1-2)');
    assert.equal(stateLockIn('Error: something else'), undefined);
  });
});
