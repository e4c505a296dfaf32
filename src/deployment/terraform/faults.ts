/** What went wrong, for a person: from Terraform's own errors. Pure. */
import { redact } from '../../base/redact.ts';
import { UserError } from '../../base/userError.ts';
import { lockText, stateLockIn } from './stateLock.ts';
import type { Diagnostic } from './toolLog.ts';

export interface Doing {
  /** "plan shop/web/default" */
  readonly what: string;
  readonly who: string;
  /** Whether AWS may look different now. */
  readonly changed: 'nothing' | 'maybe';
}

/** @param rest what was said otherwise, when there is no error in it. */
export function explainErrors(errors: readonly Diagnostic[], rest: string, doing: Doing): UserError {
  const all = errors.map(({ summary, detail }) => `${summary}\n${detail}`).join('\n') || rest;
  const rule = RULES.find(({ test }) => test.test(all));
  const lock = stateLockIn(all);
  if (lock !== undefined)
    return told('terraform.locked', `the state is locked by ${lockText(lock)}`, LOCKED, doing);
  if (rule !== undefined) return told(rule.code, rule.says(all) ?? shortText(errors, rest), rule.hint, doing);
  return told('terraform.failed', shortText(errors, rest), 'Correct what it names, then plan again.', doing);
}

const LOCKED =
  'Wait until that has ended and plan again. If it is dead, unlock it yourself with `force-unlock`: No Wing never does.';

interface Rule {
  readonly code: string;
  readonly test: RegExp;
  says(all: string): string | undefined;
  readonly hint: string;
}

const asIs = (): undefined => undefined;

const RULES: readonly Rule[] = [
  {
    code: 'terraform.planOutdated',
    test: /Saved plan is stale|saved plan does not match the given state|different state lineage/i,
    says: () => 'the state has changed since the plan was made',
    hint: 'Plan again and review the new plan.',
  },
  {
    code: 'terraform.valuesNeeded',
    test: /No value for required variable/,
    says: all => `values are missing for ${namesIn(all, /variable "([\w-]+)" is not set/g)}`,
    hint: 'Choose a file of variables or type the values. Secret ones are never kept, so they are asked for each time.',
  },
  {
    code: 'terraform.version',
    test: /Unsupported Terraform Core version|Unsupported OpenTofu Core version/,
    says: asIs,
    hint: 'Install the version that the configuration wants, or set its path in the settings.',
  },
  {
    code: 'terraform.noProvider',
    test: /Failed to query available provider packages|Failed to install provider/,
    says: asIs,
    hint: 'Check the network. Mirrors are set in a CLI configuration file, whose path is a setting of No Wing.',
  },
  {
    code: 'terraform.credentials',
    test: /ExpiredToken|No valid credential sources found|failed to refresh cached credentials|security token included in the request is expired/i,
    says: asIs,
    hint: 'The session of the agent could not be used or renewed: sign in again, then plan again.',
  },
  {
    code: 'terraform.denied',
    test: /AccessDenied|UnauthorizedOperation|not authorized to perform|StatusCode: 403/,
    says: asIs,
    hint: 'The agent lacks a permission: give its role what the message names, then plan again.',
  },
  {
    code: 'terraform.noFile',
    test: /Invalid value for "path" parameter: no file exists|no such file or directory/i,
    says: asIs,
    hint: 'Only files that the configuration names as text are taken along: name the file, or its folder, in the configuration.',
  },
];

function namesIn(text: string, pattern: RegExp): string {
  return [...text.matchAll(pattern)].map(([, name = '']) => name).join(', ') || 'variables';
}

const LONGEST = 600;

/** The first error with its place; Terraform's last one is often about the ones before. */
function shortText(errors: readonly Diagnostic[], rest: string): string {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const text = first === undefined ? rest.trim() : `${diagnosticText(first)}${more}`;
  return oneLine(text.slice(0, LONGEST)) || 'it gave no reason';
}

export function diagnosticText({ summary, detail, range, address }: Diagnostic): string {
  const place = range === undefined ? (address ?? '') : `${range.filename}:${range.start.line}`;
  const text = detail === '' ? summary : `${summary.replace(/\.$/, '')}: ${detail}`;
  return oneLine(redact(place === '' ? text : `${place}: ${text}`));
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function told(code: string, reason: string, hint: string, { what, who, changed }: Doing): UserError {
  const after = changed === 'nothing' ? ' Nothing was changed.' : '';
  return new UserError(
    code,
    `Terraform could not ${what} for ${who}: ${reason.replace(/\.$/, '')}.${after}`,
    {
      hint,
    },
  );
}
