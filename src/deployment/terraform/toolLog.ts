/** What Terraform says with `-json`, line by line. Pure. Format: Terraform documentation, "Machine-Readable UI". */
import * as v from 'valibot';

const Diagnostic = v.object({
  severity: v.string(),
  summary: v.string(),
  detail: v.optional(v.string(), ''),
  address: v.exactOptional(v.string()),
  range: v.exactOptional(v.object({ filename: v.string(), start: v.object({ line: v.number() }) })),
});
export type Diagnostic = Readonly<v.InferOutput<typeof Diagnostic>>;

const Hook = v.object({
  resource: v.object({ addr: v.string(), resource_type: v.string() }),
  action: v.exactOptional(v.string()),
});

const Line = v.variant('type', [
  v.object({ type: v.literal('diagnostic'), '@timestamp': v.string(), diagnostic: Diagnostic }),
  v.object({
    type: v.picklist(['apply_start', 'apply_complete', 'apply_errored']),
    '@timestamp': v.string(),
    hook: Hook,
  }),
  v.object({
    type: v.literal('change_summary'),
    '@timestamp': v.string(),
    changes: v.object({ operation: v.string() }),
  }),
  v.object({
    type: v.literal('outputs'),
    '@timestamp': v.string(),
    outputs: v.record(
      v.string(),
      v.object({ sensitive: v.optional(v.boolean(), false), value: v.exactOptional(v.unknown()) }),
    ),
  }),
]);
export type Line = v.InferOutput<typeof Line>;

/** Those that matter here, with the number of each. A line that is not finished yet is left for later. */
export function linesOf(text: string): { readonly number: number; readonly line: Line }[] {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole.split('\n').flatMap((written, number) => {
    const line = lineOf(written);
    return line === undefined ? [] : [{ number, line }];
  });
}

function lineOf(text: string): Line | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const read = v.safeParse(Line, JSON.parse(text));
    return read.success ? read.output : undefined;
  } catch {
    return undefined;
  }
}

export function errorsIn(text: string): Diagnostic[] {
  return linesOf(text.endsWith('\n') ? text : `${text}\n`).flatMap(({ line }) =>
    line.type === 'diagnostic' && line.diagnostic.severity === 'error' ? [line.diagnostic] : [],
  );
}

const Validation = v.object({ valid: v.boolean(), diagnostics: v.array(Diagnostic) });

/** @param text the answer of `validate -json`. */
export function validationErrors(text: string): Diagnostic[] {
  const { diagnostics } = v.parse(Validation, JSON.parse(text));
  return diagnostics.filter(({ severity }) => severity === 'error');
}
